// Entitygen writes all that follows from the declarations of entity types: the structs of
// internal/collab that embed Record, their fields with their comments and entity tags.
//
//	go run ./cmd/entitygen    (in the root of the repository; `make generate` does)
//
// Each file that it writes has a template of its own: see outputs. docs/adding-an-entity.md
// explains the tags.
package main

import (
	"bytes"
	"embed"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"strings"
	"text/template"
)

// templates has a file for each output; regions of one file are named after its parts.
//
//go:embed templates
var templates embed.FS

// outputs are the Go files that are generated as a whole, by their templates.
var outputs = map[string]string{
	"collab.tmpl":    "internal/collab/entities_gen.go",
	"relay.tmpl":     "internal/relay/entities_gen.go",
	"resolvers.tmpl": "resolvers/entities_gen.go",
}

// regions are hand-written files in which the text between the lines "# generated: name" and "# end
// of generated" is generated.
var regions = map[string]string{
	"schema.tmpl": "schema.graphqls",
	"gqlgen.tmpl": "gqlgen.yml",
}

const (
	regionBegin = "# generated: "
	regionEnd   = "# end of generated"
)

func main() {
	if err := generate("."); err != nil {
		fmt.Fprintln(os.Stderr, "entitygen:", err)
		os.Exit(1)
	}
}

// generate writes the outputs and regions of the repository in a folder.
func generate(root string) error {
	entities, err := read(filepath.Join(root, "internal/collab"))
	if err != nil {
		return err
	}
	for name, path := range outputs {
		code, err := render(name, name, entities, nil)
		if err != nil {
			return err
		}
		if code, err = format.Source(code); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if err := os.WriteFile(filepath.Join(root, path), code, 0o644); err != nil { // #nosec G306 -- source code is readable by everybody
			return err
		}
	}
	for name, path := range regions {
		if err := fill(filepath.Join(root, path), name, entities); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}

// fill replaces the generated regions of a file.
func fill(path, name string, entities []*entity) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	lines := strings.SplitAfter(string(old), "\n")
	var out bytes.Buffer
	for i := 0; i < len(lines); i++ {
		out.WriteString(lines[i])
		region, begins := strings.CutPrefix(strings.TrimSpace(lines[i]), regionBegin)
		if !begins {
			continue
		}
		text, err := render(name, region, entities, lines)
		if err != nil {
			return err
		}
		out.Write(bytes.Trim(text, "\n"))
		out.WriteByte('\n')
		for i++; i < len(lines) && strings.TrimSpace(lines[i]) != regionEnd; i++ {
		}
		if i == len(lines) {
			return fmt.Errorf("the region %q has no line %q", region, regionEnd)
		}
		out.WriteString(lines[i])
	}
	return os.WriteFile(path, out.Bytes(), 0o644) // #nosec G306 -- as above
}

// render runs a template of a file. lines are the lines of the file itself, from which templates
// copy, for instance the fields of an interface.
func render(file, name string, entities []*entity, lines []string) ([]byte, error) {
	functions := template.FuncMap{
		"doc":     describe,
		"list":    enumerate,
		"orders":  allOrders,
		"inherit": func(of string) (string, error) { return body(lines, "interface "+of) },
	}
	t, err := template.New(file).Funcs(functions).ParseFS(templates, "templates/"+file)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = t.ExecuteTemplate(&out, name, entities)
	return out.Bytes(), err
}

// body returns what stands between the braces of a definition.
func body(lines []string, definition string) (string, error) {
	for i, line := range lines {
		if !strings.HasPrefix(line, definition+" ") {
			continue
		}
		for end := i + 1; end < len(lines); end++ {
			if lines[end] == "}\n" {
				return strings.TrimSuffix(strings.Join(lines[i+1:end], ""), "\n"), nil
			}
		}
	}
	return "", fmt.Errorf("there is no %s", definition)
}

const lineLength = 120

// describe writes a description: on one line if it fits, otherwise as a block.
func describe(indent int, text string) string {
	margin := strings.Repeat(" ", indent)
	if len(text)+indent+2 <= lineLength {
		return margin + `"` + text + `"`
	}
	var out strings.Builder
	out.WriteString(margin + `"""`)
	length := lineLength
	for word := range strings.FieldsSeq(text) {
		if length+1+len(word) > lineLength {
			out.WriteString("\n" + margin + word)
			length = indent + len(word)
		} else {
			out.WriteString(" " + word)
			length += 1 + len(word)
		}
	}
	return out.String() + "\n" + margin + `"""`
}

// enumerate joins names as a sentence does.
func enumerate(names []string, last string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " " + last + " " + names[len(names)-1]
}
