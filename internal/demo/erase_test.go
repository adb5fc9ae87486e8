package demo_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/demo"
	"tandem/internal/memory"
	"tandem/internal/sqlite"
)

// After somebody is erased from a company with a past, nothing of them is left in the file,
// whatever moved around in it meanwhile. The place of a value in a page depends on the ids, so the
// test tries several companies: unless the file is rewritten, about one in twenty has something
// left.
func TestErasedFromTheCompanysFile(t *testing.T) {
	t.Parallel()
	for i := range 8 {
		path := filepath.Join(t.TempDir(), "tandem.db")
		at := now.Add(time.Duration(i) * 7 * time.Hour)
		store, err := sqlite.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		seed(t, store, at)
		service := collab.NewService(store, memory.NewBus(), nil, slog.New(slog.DiscardHandler), func() time.Time { return at })
		ada, err := service.Admit(t.Context(), collab.Claims{UserID: "ada", OrganizationID: demo.OrganizationID})
		if err != nil {
			t.Fatal(err)
		}
		if count(t, path, "Marchand") == 0 {
			t.Fatal("there is nobody of that name, so this shows nothing")
		}
		if _, err := service.ErasePersonalData(t.Context(), ada, "chloe"); err != nil {
			t.Fatal(err)
		}
		store.Close()
		if n := count(t, path, "Marchand"); n > 0 {
			t.Errorf("the name is there %d times still", n)
		}
	}
}

// count returns how often a word occurs in the files of a database.
func count(t *testing.T, path, word string) (n int) {
	t.Helper()
	files, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		n += bytes.Count(content, []byte(word))
	}
	return n
}
