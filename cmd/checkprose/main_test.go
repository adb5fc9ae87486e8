package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRulesFindOldPatterns(t *testing.T) {
	for _, text := range []string{
		"Who comes from one is not limited.",
		"It is read. What is not text is refused.",
		"whoever reads it",
		"It goes on as before, but for /readyz.",
		"it is no command",
		"Tokens that are no JWT",
		"after so long",
		"so many changes at a time",
		"It is kept for as long as the subscription is.",
		"Shorter, and slow ones are cut off; longer, and a deployment waits.",
		"too small, and people are refused; too large, and one person takes all",
		"It is told of each change.",
		"An instance that has not heard of it",
		"One that left is not put back.",
		"It is kept; those that are older are not.",
		"It is a number, else it is refused.",
		"All else is refused.",
		"It is renewed in vain.",
		"It is not known any more.",
	} {
		if len(find(text, false)) == 0 {
			t.Errorf("no rule finds anything in %q", text)
		}
	}
}

func TestRulesForDocuments(t *testing.T) {
	for _, text := range []string{
		"The client is told when to come back.",
		"The database is asked once.",
		"An error that says so",
		"The log tells of lost announcements.",
		"It reads ahead until it hears from the bus.",
		"It has 30 s, and else changes nothing.",
		"Reads go on.",
		"A date that is none",
		"It is asked for seldom.",
		"Restricted entities are hidden. So is all that is about them.",
	} {
		if len(find(text, true)) == 0 {
			t.Errorf("no rule finds anything in %q", text)
		}
		if len(find(text, false)) > 0 {
			t.Errorf("a rule for documents finds something in the comment %q", text)
		}
	}
}

func TestRulesPassPlainEnglish(t *testing.T) {
	for _, text := range []string{
		"A client that reads slowly is not dropped.",
		"Who asks?",
		"There is no second way to write.",
		"It is no longer kept.",
		"It has so many connections that it refuses more.",
		"Everything except /readyz continues.",
		"The newest one that was read",
		"If there is a cursor, it is used. Otherwise the head is.",
		"It lists who changed what.",
		"It asks the database.",
		"Everything else is refused.",
		"An ongoing call",
		"So a client resumes anywhere.",
	} {
		for _, m := range find(text, true) {
			t.Errorf("%q: finds %q: %s", text, text[m.at:m.end], m.rule.instead)
		}
	}
}

func TestPassages(t *testing.T) {
	for _, c := range []struct {
		name, file, content string
		// line is where the one finding is; 0 for none.
		line int
	}{
		{"Go/sentence over two lines", "a.go", "package a\n\n// It names\n// Who asked.\nvar a int\n", 0},
		{"Go/comment", "a.go", "package a\n\n// A is one.\n// Who asks gets it.\nvar a int\n", 4},
		{"Go/string", "a.go", "package a\n\nvar a = \"this is no number\"\n", 3},
		{"Go/separate comments", "a.go", "package a\n\n// It names\n\n// Who asks\n", 5},
		{"Markdown/cell", "a.md", "| a | What it is |\n", 1},
		{"Markdown/heading", "a.md", "## What it is\n", 0},
		{"Markdown/code", "a.md", "```ts\n// Whoever\n```\n\nA `whoever` is a word.\n", 0},
		{"Markdown/item", "a.md", "It names\n- 1.2 Who asks.\n", 2},
		{"schema/description", "a.graphqls", "type A {\n  \"\"\"\n  One.\n  What it is.\n  \"\"\"\n  a: Int\n}\n", 4},
		{"schema/one line", "a.graphqls", "type A {\n  \"What it is.\"\n  a: Int\n}\n", 2},
		{"script", "scripts/a", "#!/bin/sh\n# What it does.\necho whoever\n", 2},
		{"generated", "graph/a.go", "package a\n\n// Whoever\n", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			read := readerOf(c.file)
			if read == nil {
				read = func([]byte) []passage { return nil }
			}
			var lines []int
			for _, p := range read([]byte(c.content)) {
				for _, m := range find(p.text, isDocument(c.file)) {
					lines = append(lines, p.line(m.at))
				}
			}
			if c.line == 0 && len(lines) > 0 || c.line > 0 && (len(lines) != 1 || lines[0] != c.line) {
				t.Errorf("findings on lines %v, want %d", lines, c.line)
			}
		})
	}
}

func TestExemptPaths(t *testing.T) {
	t.Chdir(t.TempDir())
	for file, content := range map[string]string{"old/a.go": "package a\n\n// Whoever\n", "new/a.go": "package a\n\n// A is one.\n"} {
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name   string
		exempt []string
		want   string
	}{
		{"dirty", nil, "old/a.go:3:"},
		{"exempt", []string{"old"}, ""},
		{"clean but exempt", []string{"old", "new"}, "new is clean now"},
		{"moved away", []string{"old", "gone"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			clean, err := check(&out, []string{"old/a.go", "new/a.go"}, c.exempt)
			if err != nil {
				t.Fatal(err)
			}
			if clean != (c.want == "") || !strings.Contains(out.String(), c.want) {
				t.Errorf("clean %t, printed %q", clean, &out)
			}
		})
	}
}
