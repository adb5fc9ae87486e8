// Command checkprose finds patterns of unidiomatic English in comments, string literals, schema
// descriptions and documents, and prints what to write instead. It reads the files that git knows,
// except those below the paths of exempt.txt, which are not clean yet.
package main

import (
	_ "embed"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
)

//go:embed exempt.txt
var exemptText string

func main() {
	files, err := exec.Command("git", "ls-files", "-z").Output()
	if err != nil {
		fmt.Fprintln(os.Stderr, "checkprose: git ls-files:", err)
		os.Exit(2)
	}
	clean, err := check(os.Stdout, strings.Split(strings.TrimRight(string(files), "\x00"), "\x00"), exemptions(exemptText))
	if err != nil {
		fmt.Fprintln(os.Stderr, "checkprose:", err)
		os.Exit(2)
	}
	if !clean {
		os.Exit(1)
	}
}

// exemptions returns the paths of a list, one a line, without comments.
func exemptions(list string) []string {
	var out []string
	for line := range strings.Lines(list) {
		if path, _, _ := strings.Cut(line, "#"); strings.TrimSpace(path) != "" {
			out = append(out, strings.TrimSpace(path))
		}
	}
	return out
}

// check prints the findings of all files to out, and reports whether there are none. An exempt path
// that has become clean counts as a finding, so that the list shrinks.
func check(out io.Writer, files, exempt []string) (clean bool, err error) {
	clean = true
	exemptFiles, exemptFindings := map[string]int{}, map[string]int{}
	for _, file := range files {
		findings, err := findingsOf(file)
		if err != nil {
			return false, err
		}
		if i := slices.IndexFunc(exempt, func(path string) bool { return covers(path, file) }); i >= 0 {
			exemptFiles[exempt[i]]++
			exemptFindings[exempt[i]] += len(findings)
			continue
		}
		for _, f := range findings {
			clean = false
			fmt.Fprintln(out, f)
		}
	}
	for _, path := range exempt {
		if exemptFiles[path] > 0 && exemptFindings[path] == 0 {
			clean = false
			fmt.Fprintf(out, "cmd/checkprose/exempt.txt: %s is clean now: remove the line\n", path)
		}
	}
	return clean, nil
}

// covers reports whether a file is an exempt path or lies below it. "*.go" are the Go files of the root.
func covers(path, file string) bool {
	if suffix, ok := strings.CutPrefix(path, "*"); ok {
		return !strings.Contains(file, "/") && strings.HasSuffix(file, suffix)
	}
	return file == path || strings.HasPrefix(file, strings.TrimSuffix(path, "/")+"/")
}

// findingsOf returns the findings of a file as "file:line: …" lines.
func findingsOf(file string) ([]string, error) {
	read := readerOf(file)
	if read == nil {
		return nil, nil
	}
	content, err := os.ReadFile(file)
	if os.IsNotExist(err) { // removed, and not committed yet
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []string
	for _, p := range read(content) {
		for _, m := range find(p.text, isDocument(file)) {
			out = append(out, fmt.Sprintf("%s:%d: %q: %s", file, p.line(m.at), excerpt(p.text, m), m.rule.instead))
		}
	}
	return out, nil
}

// excerpt is a match with the words after it.
func excerpt(text string, m match) string {
	end := min(len(text), m.end+30)
	for end < len(text) && text[end]&0xC0 == 0x80 { // not within a character
		end++
	}
	return text[m.at:end]
}
