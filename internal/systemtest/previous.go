package systemtest

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// migrations is where releases differ: a release that needs other tables has one migration more.
const migrations = "internal/postgres/migrations"

// BuildPrevious builds the release before this one, for a test in a package of test/: the newest commit whose migrations end one
// before the newest.
func BuildPrevious(t testing.TB) (program, commit string) {
	t.Helper()
	newest := newestMigration(t)
	for _, commit := range strings.Fields(git(t, "rev-list", "--first-parent", "HEAD")) {
		files := git(t, "ls-tree", "--name-only", commit, migrations+"/")
		if number := lastNumber(files); number < newest {
			if number != newest-1 {
				t.Fatalf("the migrations before number %d end with %d in %s", newest, number, commit)
			}
			return buildCommit(t, commit), commit
		}
	}
	t.Fatalf("the history of this clone begins with migration %d already; run git fetch --unshallow, and then this again", newest)
	return "", ""
}

// newestMigration returns the number of the newest migration of the working tree.
func newestMigration(t testing.TB) int {
	t.Helper()
	files, err := fs.Glob(os.DirFS("../.."), migrations+"/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	return lastNumber(strings.Join(files, "\n"))
}

// lastNumber returns the number of the last of the migrations, which are in order; 0 if there are none.
func lastNumber(files string) (number int) {
	lines := strings.Fields(files)
	if len(lines) > 0 {
		_, _ = fmt.Sscanf(filepath.Base(lines[len(lines)-1]), "%04d_", &number)
	}
	return number
}

// buildCommit builds the program as it was at a commit.
func buildCommit(t testing.TB, commit string) (program string) {
	t.Helper()
	folder := t.TempDir()
	archive := filepath.Join(folder, "sources.tar")
	sources := filepath.Join(folder, "sources")
	if err := os.Mkdir(sources, 0o700); err != nil {
		t.Fatal(err)
	}
	git(t, "archive", "--output", archive, commit)
	if out, err := exec.CommandContext(t.Context(), "tar", "-xf", archive, "-C", sources).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return BuildIn(t, sources)
}

// git runs git at the root of the repository, and returns what it prints.
func git(t testing.TB, arguments ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "git", append([]string{"-c", "safe.directory=*"}, arguments...)...)
	command.Dir = "../.."
	var problem strings.Builder
	command.Stderr = &problem
	out, err := command.Output()
	if err != nil {
		t.Fatalf("git %s: %v: %s\nThe release before comes from the history; run this in a clone that has it.", arguments[0], err, problem.String())
	}
	return string(out)
}
