// Includes puts files into documents. A code block below a comment that names a file, as in
//
//	<!-- e2e/setups/apollo.ts -->
//
// gets the content of that file. Paths begin at the folder in which it runs, the root of the repository.
//
//	go run ./cmd/includes docs/protocol.md
package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
)

func main() {
	for _, document := range os.Args[1:] {
		if err := include(document); err != nil {
			fmt.Fprintln(os.Stderr, "includes:", err)
			os.Exit(1)
		}
	}
}

func include(document string) error {
	text, err := os.ReadFile(document)
	if err != nil {
		return err
	}
	filled, err := fill(string(text), os.ReadFile)
	if err != nil {
		return fmt.Errorf("%s: %w", document, err)
	}
	return os.WriteFile(document, []byte(filled), 0o644) // #nosec G306 -- a document that everybody may read
}

var block = regexp.MustCompile("(?s)<!-- (\\S+) -->\n(```\\w+\n)(.*?)```\n")

// fill returns the text with the content of each named file in the block below its name.
func fill(text string, read func(string) ([]byte, error)) (string, error) {
	var failed error
	filled := block.ReplaceAllStringFunc(text, func(found string) string {
		parts := block.FindStringSubmatch(found)
		content, err := read(parts[1])
		if err != nil {
			failed = err
			return found
		}
		return fmt.Sprintf("<!-- %s -->\n%s%s\n```\n", parts[1], parts[2], strings.TrimRight(string(content), "\n"))
	})
	return filled, failed
}
