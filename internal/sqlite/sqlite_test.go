package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/ncruces/go-sqlite3"

	"tandem/internal/collab"
	"tandem/internal/collabtest"
)

// open opens a file twice, as by two programs, and closes both at the end.
func open(t testing.TB, path string) (one, other *Store) {
	t.Helper()
	for _, s := range []**Store{&one, &other} {
		var err error
		if *s, err = Open(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		t.Cleanup((*s).Close)
	}
	return one, other
}

// run runs a statement of the test's own.
func (s *Store) run(t *testing.T, text string, args ...any) {
	t.Helper()
	if _, err := s.exec(t.Context(), "", newQuery(text, args...)); err != nil {
		t.Fatal(err)
	}
}

// dump is all rows of an organization in all tables, as text.
func (s *Store) dump(t *testing.T, orgID collab.ID) string {
	t.Helper()
	text := scanColumn[string]
	tables, err := collect(t.Context(), s.readers, newQuery("SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'org_id'"), text)
	if err != nil || len(tables) < 8 {
		t.Fatalf("tables %v: %v", tables, err)
	}
	var dump []string
	for _, table := range tables {
		columns, err := collect(t.Context(), s.readers, newQuery("SELECT name FROM pragma_table_info(?)", table), text)
		if err != nil {
			t.Fatal(err)
		}
		all := "COALESCE(" + strings.Join(columns, ", '') || ' ' || COALESCE(") + ", '')"
		rows, err := collect(t.Context(), s.readers, newQuery("SELECT "+all+" FROM "+table+" WHERE org_id = ?", orgID), text)
		if err != nil {
			t.Fatal(err)
		}
		dump = append(dump, rows...)
	}
	return strings.Join(dump, "\n")
}

func TestStore(t *testing.T) {
	collabtest.Store(t, func(t *testing.T) collabtest.StoreFixture {
		one, other := open(t, filepath.Join(t.TempDir(), "test.db"))
		return collabtest.StoreFixture{
			Store: one, Other: other,
			Prune: func(t *testing.T, orgID collab.ID, upTo int64) {
				one.run(t, "DELETE FROM log WHERE org_id = ? AND position <= ?", orgID, upTo)
			},
			SetEpoch: func(t *testing.T, orgID collab.ID, epoch uint32) {
				one.run(t, "UPDATE organizations SET epoch = ? WHERE id = ?", int64(epoch), orgID)
			},
			Dump: func(t *testing.T, orgID collab.ID) string { return one.dump(t, orgID) },
			Remove: func(t *testing.T, orgID, userID collab.ID) {
				one.run(t, "UPDATE members SET removed_at = 1 WHERE org_id = ? AND user_id = ?", orgID, userID)
			},
			Exec:  func(t *testing.T, text string) { one.run(t, text) },
			Later: "UPDATE audit SET occurred_at = occurred_at + 1 WHERE org_id = org AND number = 2",
		}
	})
}

func TestOpenAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new folder", "a 100% odd?name#.db")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			s, err := Open(t.Context(), path)
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			if err := s.Ping(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func TestOpenKeepsWhatIsThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	claims := collab.Claims{UserID: "ann", OrganizationID: "acme", Role: collab.RoleAdmin}
	if _, err := collabtest.Join(t.Context(), s, claims, collab.Time{}); err != nil {
		t.Fatal(err)
	}
	s.Close()
	again, _ := open(t, path)
	if org, member, err := again.Member(t.Context(), "acme", "ann"); org == nil || member == nil || err != nil {
		t.Errorf("opened again, there are %v, %v, %v", org, member, err)
	}
}

// A failure to open gives one sentence that says what to do.
func TestOpenFails(t *testing.T) {
	folder := t.TempDir()
	text := filepath.Join(folder, "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("this is not a database", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		text:                             text + " is not a SQLite database; move it away, or name another file in DATABASE_URL",
		folder:                           folder + " cannot be written to; make it and its folder writable, or name another file in DATABASE_URL",
		filepath.Join(text, "folder.db"): filepath.Join(text, "folder.db") + " cannot be written to; make it and its folder writable, or name another file in DATABASE_URL",
	} {
		if s, err := Open(t.Context(), path); err == nil || err.Error() != want {
			t.Errorf("%s opens as %v, %v", path, s, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Open(ctx, filepath.Join(folder, "new.db")); err == nil {
		t.Error("opened after the context had ended")
	}
}

func TestFaults(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	broken := errors.New("broken")
	for err, want := range map[error]collab.Code{
		sqlite3.BUSY: collab.Unavailable, sqlite3.LOCKED: collab.Unavailable, sqlite3.BUSY_SNAPSHOT: collab.Unavailable,
		sqlite3.CONSTRAINT: collab.Internal, sqlite3.FULL: collab.Unavailable, sqlite3.IOERR_WRITE: collab.Unavailable,
		sqlite3.READONLY_DBMOVED: collab.Unavailable, sqlite3.CANTOPEN: collab.Unavailable, sqlite3.CORRUPT: collab.Internal, broken: collab.Internal,
	} {
		if got := fault(t.Context(), err); collab.CodeOf(got) != want || !errors.Is(got, err) {
			t.Errorf("%v becomes %v", err, got)
		}
	}
	if got := fault(ended, sqlite3.INTERRUPT); !errors.Is(got, context.Canceled) {
		t.Errorf("an ended context becomes %v", got)
	}
	if got := fault(t.Context(), nil); got != nil {
		t.Errorf("nothing becomes %v", got)
	}
}

func BenchmarkWrite(b *testing.B) {
	s, _ := open(b, filepath.Join(b.TempDir(), "bench.db"))
	collabtest.BenchmarkWrite(b, s)
}

func BenchmarkChanges(b *testing.B) {
	s, _ := open(b, filepath.Join(b.TempDir(), "bench.db"))
	collabtest.BenchmarkChanges(b, s)
}

func BenchmarkPushContent(b *testing.B) {
	s, _ := open(b, filepath.Join(b.TempDir(), "bench.db"))
	collabtest.BenchmarkPushContent(b, s)
}

func BenchmarkNotify(b *testing.B) {
	s, _ := open(b, filepath.Join(b.TempDir(), "test.db"))
	collabtest.BenchmarkNotify(b, s)
}

func BenchmarkSnooze(b *testing.B) {
	s, _ := open(b, filepath.Join(b.TempDir(), "bench.db"))
	collabtest.BenchmarkSnooze(b, s)
}

// Nobody but the server's own user reads the files, whatever the umask is.
func TestFilesArePrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "folder", "new.db")
	s, _ := open(t, path)
	if _, err := collabtest.Join(t.Context(), s, collab.Claims{UserID: "ann", OrganizationID: "acme", Role: collab.RoleAdmin}, collab.Time{}); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(files) < 3 {
		t.Fatalf("there are %v, %v: want the database, its log and its index", files, err)
	}
	for _, file := range files {
		if info, err := file.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the mode %v, %v", file.Name(), info.Mode(), err)
		}
	}
}
