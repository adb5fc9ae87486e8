package sqlite

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/collabtest"
	"tandem/internal/memory"
)

// An erasure whose file can't be rewritten is committed and announced all the same,
// says so, and is finished by repeating it.
func TestErasureThatLeavesTheFile(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "tandem.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	bus := memory.NewBus()
	var heard []*collab.Change
	bus.Listen(t.Context(), func(c *collab.Change) { heard = append(heard, c) })
	service := collab.NewService(beforeVacuum{s, t}, bus, nil, slog.New(slog.DiscardHandler), time.Now)
	var ann *collab.Viewer
	for _, name := range []collab.ID{"bob", "ann"} {
		if ann, err = service.Admit(t.Context(), collab.Claims{UserID: name, OrganizationID: "org", Role: collab.RoleAdmin}); err != nil {
			t.Fatal(err)
		}
	}
	before := len(heard)
	if _, err := service.ErasePersonalData(t.Context(), ann, "bob"); collab.CodeOf(err) != collab.Unavailable {
		t.Errorf("got %v", err)
	}
	if len(heard) != before+1 || !heard[before].Erases() {
		t.Errorf("announced were %d changes", len(heard)-before)
	}
	if _, err := s.writer.ExecContext(t.Context(), "PRAGMA query_only = off"); err != nil {
		t.Fatal(err)
	}
	if touched, err := service.ErasePersonalData(t.Context(), ann, "bob"); err != nil || touched != 0 {
		t.Errorf("again, it touched %d: %v", touched, err)
	}
}

// A beforeVacuum store keeps its file from being written between the commit of an
// erasure and what follows it.
type beforeVacuum struct {
	*Store
	t *testing.T
}

func (s beforeVacuum) Write(ctx context.Context, intent collab.Intent, decide collab.Decide) (*collab.Written, error) {
	return s.Store.Write(ctx, intent, func(st *collab.State) (*collab.Decision, error) {
		decision, err := decide(st)
		if err != nil || decision.Change == nil || decision.Erasure == nil {
			return decision, err
		}
		// The next writer gets the connection when the transaction ends.
		waiting := s.writer.Stats().WaitCount
		go func() {
			if _, err := s.writer.ExecContext(ctx, "PRAGMA query_only = on"); err != nil {
				s.t.Error(err)
			}
		}()
		for s.writer.Stats().WaitCount == waiting {
			runtime.Gosched()
		}
		return decision, err
	})
}

// Nothing of who is erased is left in the file, also not in its free parts.
func TestErasedFromTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tandem.db")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	name := "Quirina " + strings.Repeat("von und zu ", 10)
	for _, user := range []collab.ID{"ann", "bob"} {
		if _, err := collabtest.Join(t.Context(), s, collab.Claims{UserID: user, OrganizationID: "org", Role: collab.RoleAdmin, Name: name + string(user)}, collab.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	write := func(intent collab.Intent, d *collab.Decision) {
		t.Helper()
		intent.OrgID = "org"
		if _, err := s.Write(t.Context(), intent, func(*collab.State) (*collab.Decision, error) { return d, nil }); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 100 { // pages of them, which become free
		change := &collab.Change{Type: collab.ChangeMember, ActorID: "bob"}
		change.Notifications = []*collab.Notification{{ID: collab.ID(fmt.Sprint("ntf", i)), UserID: "bob", Kind: collab.NotifyMention, Title: name}}
		write(collab.Intent{ActorID: "bob"}, &collab.Decision{Change: change})
	}
	for _, user := range []collab.ID{"bob", "ann"} {
		write(collab.Intent{ActorID: "ann"}, &collab.Decision{
			Change: &collab.Change{Type: collab.ChangeMember, ActorID: "ann"}, Erasure: &collab.Erasure{UserID: user},
		})
	}
	s.Close()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(bytes.ToLower(content), []byte("quirina")); n > 0 || len(content) < 100_000 {
		t.Errorf("the file of %d bytes has the name %d times still", len(content), n)
	}
}
