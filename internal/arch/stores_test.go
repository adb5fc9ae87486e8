package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The two stores are read side by side: a function that both have is in the same file of both, and the
// functions of a file have one order. So a diff of two files shows the differences of the databases.
func TestStoresMirrorEachOther(t *testing.T) {
	t.Parallel()
	postgres, sqlite := functionsByFile(t, "../postgres"), functionsByFile(t, "../sqlite")
	if len(postgres) < 20 || len(sqlite) < 20 {
		t.Fatalf("found %d and %d files; the stores have more", len(postgres), len(sqlite))
	}
	inPostgres, inSQLite := fileOfEach(postgres), fileOfEach(sqlite)
	for file, names := range postgres {
		var shared []string
		for _, name := range names {
			switch other := inSQLite[name]; {
			case inPostgres[name] == "" || other == "":
			case other == file:
				shared = append(shared, name)
			default:
				t.Errorf("%s is in %s of one store and in %s of the other", name, file, other)
			}
		}
		mirrored := slices.DeleteFunc(slices.Clone(sqlite[file]), func(name string) bool { return !slices.Contains(shared, name) })
		if !slices.Equal(shared, mirrored) {
			t.Errorf("%s: the functions that both stores have are in the order\n%s\nand\n%s", file, strings.Join(shared, " "), strings.Join(mirrored, " "))
		}
	}
}

// fileOfEach returns the file of each name that is in one file only. Methods of several types may have
// one name.
func fileOfEach(functions map[string][]string) map[string]string {
	files := make(map[string]string)
	for file, names := range functions {
		for _, name := range names {
			if other, found := files[name]; found && other != file {
				files[name] = ""
			} else {
				files[name] = file
			}
		}
	}
	return files
}

// functionsByFile returns the names of the functions and methods of a package without its tests, in the order of each file.
func functionsByFile(t *testing.T, folder string) map[string][]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	functions := make(map[string][]string)
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range file.Decls {
			if function, is := declaration.(*ast.FuncDecl); is {
				functions[filepath.Base(path)] = append(functions[filepath.Base(path)], function.Name.Name)
			}
		}
	}
	return functions
}
