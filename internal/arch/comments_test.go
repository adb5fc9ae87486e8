package arch

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// The comment of a function or of a single constant, variable or type names it in its first words, so
// that it follows when the name changes. The comments of tests say what they show instead.
func TestCommentsNameWhatTheyDescribe(t *testing.T) {
	t.Parallel()
	for _, file := range goFiles(t) {
		if strings.HasSuffix(file.name, "_test.go") || file.isBelow("graph") || file.isBelow("internal/collabtest") {
			continue
		}
		for _, declaration := range file.Decls {
			names, comment := described(declaration)
			if comment.Text() != "" && !namesAny(comment.Text(), names) {
				t.Errorf("%s: the comment of %s does not begin with the name: %q", file.name, names[0], comment.Text())
			}
		}
	}
}

// described returns the names that a declaration declares, and its comment; a nil comment for a group.
func described(declaration ast.Decl) (names []string, comment *ast.CommentGroup) {
	switch d := declaration.(type) {
	case *ast.FuncDecl:
		return []string{d.Name.Name}, d.Doc
	case *ast.GenDecl:
		if d.Lparen.IsValid() || len(d.Specs) != 1 {
			return nil, nil
		}
		switch spec := d.Specs[0].(type) {
		case *ast.TypeSpec:
			return []string{spec.Name.Name}, d.Doc
		case *ast.ValueSpec:
			for _, name := range spec.Names {
				names = append(names, name.Name)
			}
			return names, d.Doc
		}
	}
	return nil, nil
}

// namesAny reports whether one of the first two words of a comment is one of the names: "Name is …", "A Name is …".
func namesAny(comment string, names []string) bool {
	words := strings.Fields(comment)
	return slices.ContainsFunc(words[:min(2, len(words))], func(word string) bool {
		word = strings.TrimSuffix(strings.TrimRight(word, ",.:;"), "'s")
		return slices.Contains(names, word)
	})
}
