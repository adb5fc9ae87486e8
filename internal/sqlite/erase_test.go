package sqlite

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tandem/internal/collab"
)

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
		if _, err := s.Join(t.Context(), collab.Claims{UserID: user, OrganizationID: "org", Role: collab.RoleAdmin, Name: name + string(user)}, collab.Time{}); err != nil {
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
