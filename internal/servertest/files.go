package servertest

import (
	"os"
	"path/filepath"
	"testing"
)

// Root returns the path of a file of the repository, by its path from the root, whichever package asks.
func Root(t testing.TB, path string) string {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return filepath.Join(folder, path)
		}
		if folder == filepath.Dir(folder) {
			t.Fatal("there is no go.mod in any folder above")
		}
		folder = filepath.Dir(folder)
	}
}
