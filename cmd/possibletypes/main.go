// Possibletypes writes the object types of each interface and union of the schema, for
// clients with a normalized cache: possibleTypes of Apollo Client and graphcache.
//
//	go run ./cmd/possibletypes < schema.graphqls > docs/possible-types.json
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

func main() {
	if err := write(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "possibletypes:", err)
		os.Exit(1)
	}
}

func write(in io.Reader, out io.Writer) error {
	text, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphqls", Input: string(text)})
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(possibleTypes(schema))
}

// possibleTypes returns the object types of each interface and union, in the order of the schema.
func possibleTypes(schema *ast.Schema) map[string][]string {
	possible := map[string][]string{}
	for name, definition := range schema.Types {
		if !definition.IsAbstractType() {
			continue
		}
		for _, object := range schema.GetPossibleTypes(definition) {
			if object.Kind == ast.Object {
				possible[name] = append(possible[name], object.Name)
			}
		}
	}
	return possible
}
