package sqlite

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
)

// A second instance on a file is warned; an instance that opens it after the first has closed it is
// not.
func TestSecondInstanceIsWarned(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "test.db")
	open := func() (*Store, string) {
		t.Helper()
		s, err := Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		var log bytes.Buffer
		s.LogTo(slog.New(slog.NewTextHandler(&log, nil)))
		return s, log.String()
	}
	first, said := open()
	if said != "" {
		t.Errorf("the only instance is told %s", said)
	}
	second, said := open()
	if !strings.Contains(said, "another instance uses the same database file") || !strings.Contains(said, path) {
		t.Errorf("the second instance is told %q", said)
	}
	first.Close()
	second.Close()
	if _, said := open(); said != "" {
		t.Errorf("one after both is told %s", said)
	}
}
