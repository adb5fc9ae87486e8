package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// productionFiles parses the Go files of folders, without tests.
func productionFiles(t *testing.T, folders ...string) (files []*ast.File) {
	t.Helper()
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			files = append(files, file)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// selectorsOf returns "Type.member" for the methods and fields of all types.
func selectorsOf(files []*ast.File) map[string]bool {
	selectors := map[string]bool{}
	for _, file := range files {
		for _, declaration := range file.Decls {
			switch d := declaration.(type) {
			case *ast.FuncDecl:
				if d.Recv != nil {
					selectors[receiverOf(d.Recv.List[0].Type)+"."+d.Name.Name] = true
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if spec, ok := spec.(*ast.TypeSpec); ok {
						addMembers(selectors, spec)
					}
				}
			}
		}
	}
	return selectors
}

// receiverOf returns the name of a method's type.
func receiverOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiverOf(e.X)
	case *ast.IndexExpr:
		return receiverOf(e.X)
	case *ast.IndexListExpr:
		return receiverOf(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// addMembers adds the fields of a struct, or the methods of an interface.
func addMembers(selectors map[string]bool, spec *ast.TypeSpec) {
	var members *ast.FieldList
	switch declared := spec.Type.(type) {
	case *ast.StructType:
		members = declared.Fields
	case *ast.InterfaceType:
		members = declared.Methods
	default:
		return
	}
	for _, member := range members.List {
		for _, name := range member.Names {
			selectors[spec.Name.Name+"."+name.Name] = true
		}
	}
}

// textsOf returns the string literals of files.
func textsOf(files []*ast.File) (texts []string) {
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				if text, err := strconv.Unquote(literal.Value); err == nil {
					texts = append(texts, text)
				}
			}
			return true
		})
	}
	return texts
}
