// Package newentity shows that a type of entities is one declaration: it adds the one of docs/adding-an-entity.md to a
// copy of the repository, generates, builds, and runs the tests of the contract, of access and of ids over the result.
package newentity

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// declared is the code in docs/adding-an-entity.md, and the file that it names.
var declared = regexp.MustCompile("(?s)One new file, `([^`]+)`:\n\n```go\n(.*?)```")

func TestFifthTypeOfEntities(t *testing.T) {
	t.Parallel()
	root := clone(t)
	page, err := os.ReadFile(filepath.Join(root, "docs/adding-an-entity.md"))
	if err != nil {
		t.Fatal(err)
	}
	found := declared.FindSubmatch(page)
	if found == nil {
		t.Fatal("docs/adding-an-entity.md has no declaration")
	}
	if err := os.WriteFile(filepath.Join(root, string(found[1])), found[2], 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, root, "make", "generate")
	run(t, root, "go", "build", "./...")
	// Clients do not rely on any of it yet. From here on it is part of the contract, as it would be with its
	// release.
	schema := packageOf(t, root, "TestContractListsTheSchema")
	run(t, root, "go", "test", "-run", "TestContract", schema, "-update-contract")
	for _, suite := range []struct{ test, run string }{
		{"TestNounsAreDistinct", "."},
		{"TestSchemaHasAllNouns", "."},
		{"TestContractListsTheSchema", "TestSchema|TestContract"},
		{"TestHiddenFromQueries", "TestHiddenFrom|TestAccessByMutation"},
		{"TestEveryPageIsBounded", "TestEveryPageIsBounded"},
		{"TestDocumentedOperationsAreValid", "TestDocumentedOperationsAreValid"},
		{"TestIDsOfOtherOrganizations", "TestIDsOfOtherOrganizations/sqlite"},
	} {
		out := run(t, root, "go", "test", "-v", "-timeout", "10m", "-parallel", "12", "-run", suite.run, packageOf(t, root, suite.test))
		if !strings.Contains(out, "--- PASS: "+suite.test) {
			t.Errorf("%s was not run", suite.test)
		}
	}
	text, err := os.ReadFile(filepath.Join(root, "schema.graphqls"))
	if err != nil {
		t.Fatal(err)
	}
	for _, generated := range []string{"type Task implements Entity & Node {", "  createTask(", "  taskChanged(", "  tasks(", "union UpdateTaskResult ="} {
		if !strings.Contains(string(text), generated) {
			t.Errorf("the schema lacks %q", generated)
		}
	}
}

// clone copies the repository, except the files of npm and git, and returns the folder of the copy.
func clone(t *testing.T) string {
	t.Helper()
	from, to := "../..", t.TempDir()
	skipped := []string{".git", "node_modules", "bin", "tandem-data"}
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		at := filepath.Join(to, strings.TrimPrefix(path, from))
		switch {
		case path != from && slices.Contains(skipped, d.Name()):
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case d.IsDir():
			return os.MkdirAll(at, 0o700)
		case !d.Type().IsRegular():
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(at, content, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// packageOf finds the package that has a test, by its folder in the copy.
func packageOf(t *testing.T, root, test string) string {
	t.Helper()
	var found string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || found != "" || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if strings.Contains(string(text), "func "+test+"(") {
			found, err = filepath.Rel(root, filepath.Dir(path))
		}
		return err
	})
	if err != nil || found == "" {
		t.Fatalf("there is no test %s (%v)", test, err)
	}
	return "./" + found
}

// run runs a command in the copy and returns what it prints.
func run(t *testing.T, root, name string, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), name, args...)
	command.Dir = root
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}
