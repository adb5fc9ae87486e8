// Package arch checks how the program is built.
package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// Each mutex says what it guards. The order in which mutexes are locked is in internal/hub/doc.go.
func TestMutexesSayWhatTheyGuard(t *testing.T) {
	t.Parallel()
	found := 0
	err := filepath.WalkDir("../..", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == "graph" || len(entry.Name()) > 2 && entry.Name()[0] == '.'):
			return fs.SkipDir
		case filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			field, is := n.(*ast.Field)
			if !is || !isMutex(field.Type) {
				return true
			}
			found++
			if comment := field.Doc.Text() + field.Comment.Text(); !strings.Contains(comment, "guards") && !strings.Contains(comment, "held") {
				t.Errorf("%s: say what this mutex guards, and what may be locked while it is held", fset.Position(field.Pos()))
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 30 {
		t.Errorf("found %d mutexes; the program has more", found)
	}
}

func isMutex(of ast.Expr) bool {
	selector, is := of.(*ast.SelectorExpr)
	if !is {
		return false
	}
	from, is := selector.X.(*ast.Ident)
	return is && from.Name == "sync" && (selector.Sel.Name == "Mutex" || selector.Sel.Name == "RWMutex")
}
