package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"testing"
)

// No return statement has a variable beside a call that sets it: Go does not say whether it reads the variable before or after the call.
func TestReturnsDoNotDependOnOrder(t *testing.T) {
	t.Parallel()
	fset, found := token.NewFileSet(), 0
	err := filepath.WalkDir("../..", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || len(entry.Name()) > 2 && entry.Name()[0] == '.'):
			return fs.SkipDir
		case filepath.Ext(name) != ".go":
			return nil
		}
		file, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		found++
		for _, variable := range setWhileReturned(file) {
			t.Errorf("%s: a call beside %s sets it: call before the return statement", fset.Position(variable.Pos()), variable.Name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 300 {
		t.Errorf("found %d files; the program has more", found)
	}
}

func TestSetWhileReturned(t *testing.T) {
	t.Parallel()
	for statement, want := range map[string]int{
		"return v, f(&v)":     1,
		"return f(&v), v":     1,
		"return v, f(&v.a.b)": 1,
		"return v.a, f(&v)":   1,
		"return v, each(func(r row) error { return r.Scan(&v) })": 1,
		"return v, f(&w)":             0,
		"return f(&v)":                0,
		"return v, v.f()":             0,
		"return &v, f(w)":             0,
		"return &T{v}, g(T{b: &w.v})": 0,
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc f() (t, error) {\n"+statement+"\n}", parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(setWhileReturned(file)); got != want {
			t.Errorf("%s: found %d, want %d", statement, got, want)
		}
	}
}

// setWhileReturned returns the variables of return statements that another result of the statement passes to a call by address.
func setWhileReturned(file *ast.File) (variables []*ast.Ident) {
	ast.Inspect(file, func(n ast.Node) bool {
		statement, is := n.(*ast.ReturnStmt)
		if !is {
			return true
		}
		for i, result := range statement.Results {
			variable := root(result)
			for j, other := range statement.Results {
				if variable != nil && i != j && passesAddress(other, variable.Name) {
					variables = append(variables, variable)
				}
			}
		}
		return true
	})
	return variables
}

// passesAddress reports whether an expression has a call whose arguments take the address of a variable, or of a field of it.
func passesAddress(e ast.Expr, variable string) (passes bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		call, is := n.(*ast.CallExpr)
		if !is {
			return true
		}
		for _, argument := range call.Args {
			ast.Inspect(argument, func(n ast.Node) bool {
				address, is := n.(*ast.UnaryExpr)
				if is && address.Op == token.AND {
					of := root(address.X)
					passes = passes || of != nil && of.Name == variable
				}
				return true
			})
		}
		return true
	})
	return passes
}

// root returns the variable of an expression that is one, or a field of one; nil for other expressions.
func root(e ast.Expr) *ast.Ident {
	for {
		switch of := e.(type) {
		case *ast.Ident:
			return of
		case *ast.SelectorExpr:
			e = of.X
		default:
			return nil
		}
	}
}
