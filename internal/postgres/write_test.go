package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"reflect"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/internal/collab"
)

// A traffic counts round trips.
type traffic struct{ batches, queries atomic.Int64 }

func (c *traffic) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	c.batches.Add(1)
	return ctx
}

func (c *traffic) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	c.queries.Add(1)
	return ctx
}

func (c *traffic) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}
func (c *traffic) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData)     {}
func (c *traffic) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData)     {}

// counted is a store on the same database whose round trips are counted.
func counted(t *testing.T, one *Store) (*Store, *traffic) {
	t.Helper()
	counter := &traffic{}
	config := one.pool.Config()
	config.ConnConfig.Tracer = counter
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	s := newStore(pool)
	s.enter = one.enter
	return s, counter
}

func TestWriteIsTwoRoundTrips(t *testing.T) {
	one, _ := open(t, newDatabase(t))
	if err := prepare(t.Context(), one, "org", "cus"); err != nil {
		t.Fatal(err)
	}
	s, counter := counted(t, one)
	id := collab.ID("cus")
	intent := collab.Intent{
		OrgID: "org", ActorID: "ann", EntityID: id, BaseVersion: 1, ClientMutationID: &id, ConflictID: id,
		UserIDs: []collab.ID{"bob"}, CustomerID: &id, ViewedSince: &collab.Time{},
	}
	_, err := s.Write(t.Context(), intent, func(st *collab.State) (*collab.Decision, error) {
		d := rename(st.Entity)
		d.Comment = &collab.Comment{ID: "com", EntityID: id}
		d.Conflict = &collab.Conflict{ID: "cfl", EntityID: id}
		d.Change.Notifications = []*collab.Notification{{ID: "ntf", UserID: "ann"}}
		return d, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if batches, queries := counter.batches.Load(), counter.queries.Load(); batches != 2 || queries != 0 {
		t.Errorf("took %d batches and %d queries", batches, queries)
	}
}

// Every call that is neither a write nor a search is one round trip, including the setting of the
// organization.
func TestAllElseIsOneRoundTrip(t *testing.T) {
	one, _ := open(t, newDatabase(t))
	populate(t, one, "org")
	s, counter := counted(t, one)
	ctx, scope, ids := t.Context(), collab.Scope{OrgID: "org"}, []collab.ID{"org", "cus", "com", "cfl", "ntf", "ann"}
	activity := collab.ActivityQuery{Limit: 1}
	for name, call := range map[string]func() (any, error){
		"Heads":             func() (any, error) { return s.Heads(ctx, ids) },
		"Changes":           func() (any, error) { return s.Changes(ctx, "org", 0, 1) },
		"Activity":          func() (any, error) { return s.Activity(ctx, scope, activity) },
		"Histories":         func() (any, error) { return s.Histories(ctx, scope, ids, activity) },
		"EntitiesAt":        func() (any, error) { return s.EntitiesAt(ctx, scope, []collab.EntityVersion{{ID: "cus", Version: 1}}) },
		"Entities":          func() (any, error) { return s.Entities(ctx, scope, ids) },
		"EntityComments":    func() (any, error) { return s.EntityComments(ctx, scope, ids, nil, 1) },
		"CountComments":     func() (any, error) { return s.CountComments(ctx, scope, ids) },
		"ListConflicts":     func() (any, error) { return s.ListConflicts(ctx, scope, collab.ConflictQuery{Limit: 1}) },
		"ListNotifications": func() (any, error) { return s.ListNotifications(ctx, scope, "ann", collab.NotificationQuery{Limit: 1}) },
		"Users":             func() (any, error) { return s.Users(ctx, "org", ids) },
		"Grants":            func() (any, error) { return s.Grants(ctx, "org", "ann", ids) },
		"MarkRead":          func() (any, error) { return s.MarkRead(ctx, scope, "ann", ids, collab.NoBound, 0, collab.Time{}) },
		"AuditTrail":        func() (any, error) { return s.AuditTrail(ctx, "org", collab.AuditQuery{Limit: 1}) },
		"AuditErasures":     func() (any, error) { return s.AuditErasures(ctx, "org") },
		"AuditedOrgs":       func() (any, error) { return s.AuditedOrgs(ctx, "", 1) },
		"AuditPage": func() (any, error) {
			entries, _, err := s.AuditPage(ctx, "org", 0, 1)
			return entries, err
		},
		"Member": func() (any, error) {
			_, m, err := s.Member(ctx, "org", "ann")
			return []*collab.Member{m}, err
		},
	} {
		counter.batches.Store(0)
		found, err := call()
		if n := reflect.ValueOf(found); err != nil || n.IsZero() || n.Kind() != reflect.Int && n.Len() == 0 {
			t.Errorf("%s answers %v, %v", name, found, err)
		}
		if batches, queries := counter.batches.Load(), counter.queries.Load(); batches != 1 || queries != 0 {
			t.Errorf("%s took %d batches and %d queries", name, batches, queries)
		}
	}
}

// A list that the index narrows is one round trip if the bitmaps that it needs are in memory, and
// so is the count of a term that is in the index as it is. The first search after a change of the
// index finds out that they were others, and reads them.
func TestSearchIsOneRoundTrip(t *testing.T) {
	one, _ := open(t, newDatabase(t))
	populate(t, one, "org")
	s, counter := counted(t, one)
	scope, query := collab.Scope{OrgID: "org"}, collab.EntityQuery{Type: collab.TypeCustomer, Search: "acm", Limit: 1}
	search := func(when string, listing, counting uint64) {
		t.Helper()
		counter.batches.Store(0)
		found, err := s.ListEntities(t.Context(), scope, query)
		if batches := counter.batches.Load(); len(found) != 1 || err != nil || uint64(batches) != listing {
			t.Errorf("%s, a list took %d batches, want %d, and has %d, %v", when, batches, listing, len(found), err)
		}
		counter.batches.Store(0)
		count, err := s.CountEntities(t.Context(), scope, query)
		if batches := counter.batches.Load(); count.N != 1 || err != nil || uint64(batches) != counting {
			t.Errorf("%s, a count took %d batches, want %d, and is %d, %v", when, batches, counting, count.N, err)
		}
		if queries := counter.queries.Load(); queries != 0 {
			t.Errorf("%s, %d queries were asked alone", when, queries)
		}
	}
	search("at first", 3, 1) // the state, the bitmaps, the entities
	search("again", 1, 1)
	if err := write(t.Context(), one, func() {}); err != nil {
		t.Fatal(err)
	}
	search("with a change that is not indexed", 1, 1)
	if _, err := one.Index(t.Context(), "org", 1); err != nil {
		t.Fatal(err)
	}
	search("after the index changed", 4, 1)
	search("once more", 1, 1)
}

// write renames the customer cus of org, after it did what meanwhile does.
func write(ctx context.Context, s *Store, meanwhile func()) error {
	intent := collab.Intent{OrgID: "org", ActorID: "ann", EntityID: "cus"}
	_, err := s.Write(ctx, intent, func(st *collab.State) (*collab.Decision, error) {
		meanwhile()
		return rename(st.Entity), nil
	})
	return err
}

func TestWriteOverALostConnection(t *testing.T) {
	s, other := open(t, newDatabase(t))
	if err := prepare(t.Context(), s, "org", "cus"); err != nil {
		t.Fatal(err)
	}
	err := write(t.Context(), s, func() {
		other.run(t, noTenant, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'")
	})
	if collab.CodeOf(err) != collab.Unavailable {
		t.Errorf("without its connection, it answers %v", err)
	}
	if heads, err := s.Heads(t.Context(), []collab.ID{"org"}); err != nil || heads["org"].Position != 2 {
		t.Errorf("afterwards the head is %v, %v", heads["org"], err)
	}
	if err := write(t.Context(), s, func() {}); err != nil {
		t.Errorf("the next one answers %v", err)
	}
}

// A write that ends early, for any reason, gives its connection back with no transaction open.
func TestWriteLeavesNothingOpen(t *testing.T) {
	s, _ := open(t, newDatabase(t))
	if err := prepare(t.Context(), s, "org", "cus"); err != nil {
		t.Fatal(err)
	}
	for range 2 * defaultMaxConns {
		_, _ = s.Write(t.Context(), collab.Intent{OrgID: "org", ActorID: "ann", EntityID: "cus"}, func(*collab.State) (*collab.Decision, error) {
			return nil, errors.New("no")
		})
		func() {
			defer func() { _ = recover() }()
			_ = write(t.Context(), s, func() { panic("no") })
		}()
		ctx, cancel := context.WithCancel(t.Context())
		_ = write(ctx, s, cancel)
	}
	if n := s.pool.Stat().AcquiredConns(); n != 0 {
		t.Errorf("%d connections were not given back", n)
	}
	open, err := count(t.Context(), s.forOrg(noTenant), newQuery("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'"))
	if err != nil || open != 0 {
		t.Errorf("%d transactions are open, %v", open, err)
	}
}

// A write that waits for a lock for longer than its caller does ends with the caller.
func TestWriteWaitsNoLongerThanItsContext(t *testing.T) {
	s, other := open(t, newDatabase(t))
	if err := prepare(t.Context(), s, "org", "cus"); err != nil {
		t.Fatal(err)
	}
	err := write(t.Context(), s, func() {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if err := write(ctx, other, func() { t.Error("got the lock") }); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waiting for the lock, it answers %v", err)
		}
	})
	if err != nil {
		t.Error(err)
	}
	if err := write(t.Context(), other, func() {}); err != nil {
		t.Errorf("the next one answers %v", err)
	}
}

func TestFaults(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	broken := errors.New("broken")
	for _, test := range []struct {
		ctx  context.Context
		err  error
		want collab.Code
	}{
		{t.Context(), &pgconn.PgError{Code: "40P01"}, collab.Unavailable},
		{t.Context(), &pgconn.PgError{Code: "40001"}, collab.Unavailable},
		{t.Context(), &pgconn.PgError{Code: "57P01"}, collab.Unavailable},
		{t.Context(), &pgconn.PgError{Code: "53300"}, collab.Unavailable},
		{t.Context(), &pgconn.PgError{Code: "55P03"}, collab.Unavailable},
		{t.Context(), &pgconn.PgError{Code: "25006"}, collab.Unavailable},
		{t.Context(), &pgconn.PgError{Code: "25P03"}, collab.Unavailable},
		{t.Context(), &pgconn.PgError{Code: "58030"}, collab.Unavailable},
		{t.Context(), &pgconn.PgError{Code: "XX000", SeverityUnlocalized: "PANIC"}, collab.Unavailable},
		{t.Context(), &pgconn.PgError{Code: "XX000", SeverityUnlocalized: "ERROR"}, collab.Internal},
		{t.Context(), &pgconn.PgError{Code: "XX000", SeverityUnlocalized: "ERROR", File: "md.c"}, collab.Unavailable},
		{t.Context(), &pgconn.PgError{Code: "XX000", SeverityUnlocalized: "ERROR", File: "ruleutils.c"}, collab.Internal},
		{t.Context(), &pgconn.PgError{Code: "25P01"}, collab.Internal},
		{t.Context(), &pgconn.PgError{Code: "23505"}, collab.Internal},
		{t.Context(), &pgconn.PgError{Code: "42601"}, collab.Internal},
		{t.Context(), fmt.Errorf("read: %w", io.ErrUnexpectedEOF), collab.Unavailable},
		{t.Context(), &net.OpError{Op: "read", Err: broken}, collab.Unavailable},
		{t.Context(), broken, collab.Internal},
	} {
		got := fault(test.ctx, test.err)
		if collab.CodeOf(got) != test.want || !errors.Is(got, test.err) {
			t.Errorf("%v becomes %v", test.err, got)
		}
	}
	if got := fault(ended, io.EOF); !errors.Is(got, context.Canceled) {
		t.Errorf("an ended context becomes %v", got)
	}
	if got := fault(t.Context(), nil); got != nil {
		t.Errorf("nothing becomes %v", got)
	}
}
