package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"

	"tandem/internal/collab"
)

func as(ctx context.Context, orgID, userID collab.ID) context.Context {
	return collab.WithClaims(ctx, collab.Claims{OrganizationID: orgID, UserID: userID})
}

// One person, and the people of one organization, leave connections to read with to others.
func TestReadersOfOneOrganizationAreBounded(t *testing.T) {
	s, _ := open(t, filepath.Join(t.TempDir(), "test.db"))
	read := func(org, user collab.ID) error {
		ctx, cancel := context.WithCancel(as(t.Context(), org, user))
		cancel() // so that it can't wait
		leave, err := s.readers.enter(ctx)
		if err == nil {
			t.Cleanup(leave)
		}
		return err
	}
	for _, user := range []collab.ID{"mallory", "eve", "oscar"} {
		for range maxReaders / 4 {
			if err := read("evil", user); err != nil {
				t.Fatal(err)
			}
		}
		if err := read("evil", user); !errors.Is(err, context.Canceled) {
			t.Errorf("%s has another connection: %v", user, err)
		}
	}
	if err := read("evil", "trudy"); !errors.Is(err, context.Canceled) {
		t.Errorf("the organization has another connection: %v", err)
	}
	if err := read("calm", "cara"); err != nil {
		t.Errorf("another organization has to wait: %v", err)
	}
}

// A call waits for its turn, whether it is one query or a transaction.
func TestReadsWaitForTheirTurn(t *testing.T) {
	s, _ := open(t, filepath.Join(t.TempDir(), "test.db"))
	ctx := as(t.Context(), "evil", "mallory")
	for range maxReaders / 4 {
		tx, err := s.readers.begin(ctx, &sql.TxOptions{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		defer tx.end()
	}
	waiting, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := count(waiting, s.readers, newQuery("SELECT 1")); !errors.Is(err, context.Canceled) {
		t.Errorf("a query did not wait: %v", err)
	}
	if n, err := count(as(t.Context(), "calm", "cara"), s.readers, newQuery("SELECT 1")); n != 1 || err != nil {
		t.Errorf("somebody else has to wait: %v", err)
	}
}
