package postgres

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tandem/internal/collab"
	"tandem/internal/eventually"
)

// bound is how long something may take that is to happen within seconds.
const bound = 15 * time.Second

func within15s(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), bound)
	t.Cleanup(cancel)
	return ctx
}

// An instance that hangs in the middle of a write, or whose network does, holds its
// locks for seconds only.
func TestLocksOfStalledInstances(t *testing.T) {
	for name, stall := range map[string]func(*relay){
		"between its batches": (*relay).cutNow,
		"10 bytes missing":    func(r *relay) { r.keepBack(10) },
		"30 bytes missing":    func(r *relay) { r.keepBack(30) },
		"60 bytes missing":    func(r *relay) { r.keepBack(60) },
		"90 bytes missing":    func(r *relay) { r.keepBack(90) },
		"600 bytes missing":   func(r *relay) { r.keepBack(600) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database := newDatabase(t)
			s, _ := open(t, database)
			for _, id := range []collab.ID{"cus", "other"} {
				if err := prepare(t.Context(), s, "org", id); err != nil {
					t.Fatal(err)
				}
			}
			relay, address := through(t, database)
			stalled, err := Open(t.Context(), address)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(stalled.Close)
			ctx, cancel := context.WithCancel(t.Context())
			began, ended := make(chan struct{}), make(chan error, 1)
			go func() {
				intent := collab.Intent{OrgID: "org", ActorID: "ann", EntityID: "cus"}
				_, err := stalled.Write(ctx, intent, func(st *collab.State) (*collab.Decision, error) {
					d := rename(st.Entity)
					d.Change.Snapshot.(*collab.Customer).Notes = new(strings.Repeat("x", 19_000))
					stall(relay)
					close(began)
					return d, nil
				})
				ended <- err
			}()
			<-began
			for _, id := range []collab.ID{"other", "cus"} {
				intent := collab.Intent{OrgID: "org", ActorID: "ann", EntityID: id}
				_, err := s.Write(within15s(t), intent, func(st *collab.State) (*collab.Decision, error) { return rename(st.Entity), nil })
				if err != nil {
					t.Errorf("an edit of %s by another instance answers %v", id, err)
				}
			}
			cancel()
			if err := <-ended; err == nil {
				t.Error("the edit of the instance that hangs was committed")
			}
		})
	}
}

// Edits that wait for a lock leave the pool to others, and are made once they have it.
func TestWaitingEditsDoNotExhaustPool(t *testing.T) {
	t.Parallel()
	s, _ := open(t, newDatabase(t))
	for _, org := range []collab.ID{"org", "other"} {
		if err := prepare(t.Context(), s, org, "cus"); err != nil {
			t.Fatal(err)
		}
	}
	lock, err := pgx.ConnectConfig(t.Context(), s.pool.Config().ConnConfig)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Close(t.Context()) }()
	for _, statement := range []string{"BEGIN", "SELECT set_config('tandem.org', 'org', true)", "SELECT 1 FROM entities WHERE id = 'cus' FOR UPDATE"} {
		if _, err := lock.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	var edits sync.WaitGroup
	for range 40 {
		edits.Go(func() {
			if err := write(t.Context(), s, func() {}); err != nil {
				t.Error(err)
			}
		})
	}
	for _, waiting := s.pool.rows.Stats(); waiting < 40-writersPerRow; _, waiting = s.pool.rows.Stats() {
		if t.Failed() {
			return
		}
		if !pause(t.Context(), time.Millisecond) {
			t.Fatal("the edits do not wait for each other")
		}
	}
	for _, org := range []collab.ID{"org", "other"} {
		if found, err := s.Entities(within15s(t), collab.Scope{OrgID: org, All: true}, []collab.ID{"cus"}); err != nil || len(found) != 1 {
			t.Errorf("a read of %s finds %d, %v", org, len(found), err)
		}
	}
	if n := s.pool.Stat().AcquiredConns(); n > writersPerRow {
		t.Errorf("%d connections are held for one entity, want at most %d", n, writersPerRow)
	}
	if _, err := lock.Exec(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	edits.Wait()
}

// A caller that leaves has its statement canceled, and not its connection closed.
func TestCanceledStatementsKeepTheirConnections(t *testing.T) {
	t.Parallel()
	s, _ := open(t, newDatabase(t))
	running := func() int {
		n, err := count(t.Context(), s.forOrg(noTenant), newQuery("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' AND query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid()"))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := s.pool.Stat().NewConnsCount()
	for range 2 * defaultMaxConns { // one after another: a server that is slow to cancel many at once loses their connections
		ctx, cancel := context.WithCancel(t.Context())
		answer := make(chan error, 1)
		go func() {
			_, err := count(ctx, s.forOrg("org"), newQuery("SELECT 1 FROM pg_sleep(600)"))
			answer <- err
		}()
		eventually.Is(t, "statements that run", running, 1)
		cancel()
		if err := <-answer; !errors.Is(err, context.Canceled) {
			t.Errorf("a canceled statement answers %v", err)
		}
		eventually.Is(t, "statements that run after they were canceled", running, 0)
	}
	if n := s.pool.Stat().NewConnsCount() - before; n > defaultMaxConns/2 {
		t.Errorf("%d connections were made for %d statements", n, 2*defaultMaxConns)
	}
}

// alter changes a setting of a database.
func alter(t *testing.T, database, change string) {
	t.Helper()
	address, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	asSuperuser(t, fmt.Sprintf("ALTER DATABASE %s %s", address.Path[1:], change))
}

// Sessions that can only read are dropped, and the next ones write again.
func TestReadOnlySessionsAreDropped(t *testing.T) {
	t.Parallel()
	database := newDatabase(t)
	s, _ := open(t, database)
	if err := prepare(t.Context(), s, "org", "cus"); err != nil {
		t.Fatal(err)
	}
	for name, recovers := range map[string]func() error{
		"a ping":  func() error { return s.Ping(t.Context()) },
		"a write": func() error { _ = write(t.Context(), s, func() {}); return nil },
	} {
		alter(t, database, "SET default_transaction_read_only = on")
		s.pool.Reset()
		if err := write(t.Context(), s, func() {}); collab.CodeOf(err) != collab.Unavailable {
			t.Errorf("a write to a server that can only read answers %v", err)
		}
		if err := s.Ping(t.Context()); collab.CodeOf(err) != collab.Unavailable {
			t.Errorf("a ping of it answers %v", err)
		}
		alter(t, database, "RESET default_transaction_read_only")
		if err := recovers(); err != nil {
			t.Errorf("%s answers %v afterwards", name, err)
		}
		if err := write(t.Context(), s, func() {}); err != nil {
			t.Errorf("after %s, a write answers %v", name, err)
		}
	}
}

// Where Postgres allows fewer connections than the pool has, calls wait for those.
func TestFewerConnectionsThanWanted(t *testing.T) {
	t.Parallel()
	database := newDatabase(t)
	s, _ := open(t, database)
	alter(t, database, "CONNECTION LIMIT 6")
	var calls sync.WaitGroup
	for i := range 40 {
		calls.Go(func() {
			for range 5 {
				if err := s.forOrg(collab.ID(fmt.Sprint("org", i))).query(t.Context(), batchQuery{newQuery("SELECT pg_sleep(0.01)"), func(row) error { return nil }}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	calls.Wait()
	if n := s.pool.Stat().TotalConns(); n > 6 {
		t.Errorf("%d connections are open", n)
	}
}

// Closing does not wait for a server that hangs, and what is under way is Unavailable.
func TestCloseWithHangingServer(t *testing.T) {
	t.Parallel()
	database := newDatabase(t)
	relay, address := through(t, database)
	s, err := Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	relay.cutNow()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		_, _ = s.Heads(ctx, nil)
		close(ended)
	}()
	for s.pool.Stat().AcquiredConns() == 0 {
		if !pause(t.Context(), time.Millisecond) {
			t.Fatal("nothing is under way")
		}
	}
	closed := make(chan struct{})
	go func() {
		s.Close()
		close(closed)
	}()
	select {
	case <-closed:
	case <-within15s(t).Done():
		t.Fatal("it waits")
	}
	if _, err := s.Heads(t.Context(), nil); collab.CodeOf(err) != collab.Unavailable {
		t.Errorf("after closing, it answers %v", err)
	}
	cancel()
	<-ended
}

// A caller that comes when the store is closed, at the end of a drain, is told to try again.
func TestClosedStore(t *testing.T) {
	t.Parallel()
	s, _ := open(t, newDatabase(t))
	if err := prepare(t.Context(), s, "org", "cus"); err != nil {
		t.Fatal(err)
	}
	s.Close()
	_, reading := s.Changes(t.Context(), "org", 0, 1)
	for what, err := range map[string]error{"a read": reading, "a write": write(t.Context(), s, func() {}), "a ping": s.Ping(t.Context())} {
		if collab.CodeOf(err) != collab.Unavailable {
			t.Errorf("%s answers %v", what, err)
		}
	}
}
