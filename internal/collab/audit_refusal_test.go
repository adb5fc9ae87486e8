package collab_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"path/filepath"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/collab"
	"tandem/internal/memory"
	"tandem/internal/sqlite"
)

// A lobby is a service in a synctest bubble, which records the sign-ins that it refused.
type lobby struct {
	*collab.Service
	t     *testing.T
	store collab.Store
	stop  func() // and wait for the end
}

func inLobby(t *testing.T, test func(t *testing.T, l *lobby)) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "tandem.db")
	synctest.Test(t, func(t *testing.T) {
		store, err := sqlite.Open(t.Context(), file)
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		l := &lobby{t: t, store: store, Service: collab.NewService(store, memory.NewBus(), nil, slog.New(slog.DiscardHandler), time.Now)}
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			l.RecordRefusals(ctx)
		}()
		l.stop = func() {
			cancel()
			<-ended
		}
		defer l.stop()
		test(t, l)
	})
}

// refuse refuses somebody at an address.
func (l *lobby) refuse(claims collab.Claims, address, reason string) {
	ctx := collab.WithOrigin(l.t.Context(), collab.Origin{Address: address})
	l.SignInRefused(ctx, claims, reason)
}

// rows are the trail of an organization, oldest first, as who, address, reason and count.
func (l *lobby) rows(orgID collab.ID) (rows []string, counted int) {
	l.t.Helper()
	entries, _, err := l.store.AuditPage(l.t.Context(), orgID, 0, 1000)
	if err != nil {
		l.t.Fatal(err)
	}
	for _, e := range entries {
		var details struct {
			Reason string
			Count  int
		}
		if err := json.Unmarshal(e.Details, &details); err != nil {
			l.t.Fatal(err)
		}
		counted += details.Count
		rows = append(rows, string(e.ActorID)+" "+e.Origin.Address+" "+details.Reason+" "+strconv.Itoa(details.Count))
	}
	return rows, counted
}

func TestEqualRefusalsAreMerged(t *testing.T) {
	inLobby(t, func(t *testing.T, l *lobby) {
		ben := collab.Claims{UserID: "ben", OrganizationID: "acme"}
		l.refuse(ben, "1", "expired")
		time.Sleep(100 * time.Millisecond)
		l.refuse(collab.Claims{}, "1", "forged")
		l.refuse(ben, "1", "expired")
		time.Sleep(time.Second)
		synctest.Wait()
		if rows, _ := l.rows("acme"); len(rows) != 1 || rows[0] != "ben 1 expired 2" {
			t.Errorf("acme has %q", rows)
		}
		if rows, _ := l.rows(collab.Deployment); len(rows) != 1 || rows[0] != " 1 forged 1" {
			t.Errorf("the deployment has %q", rows)
		}
		l.refuse(ben, "2", "expired")
		l.stop() // which does not leave it out
		if rows, _ := l.rows("acme"); len(rows) != 2 || rows[1] != "ben 2 expired 1" {
			t.Errorf("acme has %q", rows)
		}
	})
}

// However many sign-ins come from however many addresses, the rows of a minute are bounded, and
// every sign-in is counted.
func TestFloodOfRefusals(t *testing.T) {
	inLobby(t, func(t *testing.T, l *lobby) {
		const flood = 60_000
		for i := range flood {
			l.refuse(collab.Claims{UserID: "ben", OrganizationID: collab.ID("org" + strconv.Itoa(i%50))}, strconv.Itoa(i), "expired")
			time.Sleep(time.Millisecond)
		}
		l.stop()
		rows, all := 0, 0
		for i := range 50 {
			own, counted := l.rows(collab.ID("org" + strconv.Itoa(i)))
			rows, all = rows+len(own), all+counted
		}
		others, counted := l.rows(collab.Deployment)
		if rows += len(others); rows > 55 {
			t.Errorf("a minute of it is %d rows", rows)
		}
		if all += counted; all != flood {
			t.Errorf("%d of %d are counted", all, flood)
		}
	})
}
