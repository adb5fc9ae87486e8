package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// README.md says how many attacks test/attack has.
func TestReadmeCountsTheAttacks(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	said := regexp.MustCompile(`\[(\d+) attacks\]\(test/attack\)`).FindStringSubmatch(string(text))
	if want := strconv.Itoa(attacks(t)); said == nil || said[1] != want {
		t.Errorf("README.md says %q; test/attack has %s", said, want)
	}
}

// attacks returns the number of elements of all variables of test/attack that are lists of attacks.
func attacks(t *testing.T) (count int) {
	t.Helper()
	files, err := filepath.Glob("../attack/*_test.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if list, ok := n.(*ast.CompositeLit); ok && isAttacks(list.Type) {
				count += len(list.Elts)
			}
			return true
		})
	}
	return count
}

func isAttacks(e ast.Expr) bool {
	array, ok := e.(*ast.ArrayType)
	if !ok {
		return false
	}
	element, ok := array.Elt.(*ast.Ident)
	return ok && element.Name == "attack"
}

// The list of decisions links to each of them, with the number of its file and the title of its page.
func TestEveryDecisionIsListed(t *testing.T) {
	t.Parallel()
	list, err := os.ReadFile("../../docs/decisions/README.md")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob("../../docs/decisions/0*.md")
	if err != nil || len(pages) == 0 {
		t.Fatal(pages, err)
	}
	if entries := strings.Count(string(list), ".md)\n"); entries != len(pages) {
		t.Errorf("docs/decisions/README.md has %d lines for %d decisions", entries, len(pages))
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		heading, _, _ := strings.Cut(string(text), "\n")
		number, _, _ := strings.Cut(filepath.Base(page), "-")
		entry := "\n" + strings.TrimLeft(number, "0") + ". [" + strings.TrimPrefix(heading, "# ") + "](" + filepath.Base(page) + ")\n"
		if !strings.Contains(string(list), entry) {
			t.Errorf("docs/decisions/README.md does not have the line %q", strings.TrimSpace(entry))
		}
	}
}
