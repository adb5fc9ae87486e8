package fair_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"tandem/internal/fair"
)

func key(org, person string) fair.Key { return fair.Key{Org: org, Person: person} }

// acquire acquires units at once, or fails the test.
func acquire(t *testing.T, q *fair.Queue, who fair.Key, units int64) *fair.Grant {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // so that it can't wait
	g, err := q.Acquire(ctx, who, units)
	if err != nil {
		t.Fatalf("%v should not have to wait for %d units: %v", who, units, err)
	}
	return g
}

func mustWait(t *testing.T, q *fair.Queue, who fair.Key, units int64) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := q.Acquire(ctx, who, units); !errors.Is(err, context.Canceled) {
		t.Fatalf("%v should have to wait for %d units, got %v", who, units, err)
	}
}

func TestLimits(t *testing.T) {
	q := fair.New(fair.Limits{Total: 10, PerOrg: 6, PerPerson: 4})
	ada, ben, eve := key("acme", "ada"), key("acme", "ben"), key("evil", "eve")
	first := acquire(t, q, ada, 3)
	mustWait(t, q, ada, 2) // of the person
	second := acquire(t, q, ben, 3)
	mustWait(t, q, key("acme", "cy"), 1) // of the organization
	mustWait(t, q, fair.Key{Org: "acme"}, 1)
	acquire(t, q, eve, 4)
	mustWait(t, q, key("free", "fay"), 1) // of all
	second.Release()
	second.Release()
	shared := acquire(t, q, fair.Key{Org: "acme"}, 3)
	first.Release()
	shared.Release()
	if held, waiting := q.Stats(); held != 4 || waiting != 0 {
		t.Errorf("held %d with %d waiting, want 4 and 0", held, waiting)
	}
}

func TestSharedWorkIsNoPerson(t *testing.T) {
	q := fair.New(fair.Limits{PerOrg: 6, PerPerson: 1})
	acquire(t, q, fair.Key{Org: "acme"}, 3)
	acquire(t, q, fair.Key{Org: "acme"}, 3)
	mustWait(t, q, fair.Key{Org: "acme"}, 1)
}

func TestLargeRequestsRunAlone(t *testing.T) {
	q := fair.New(fair.Limits{Total: 10, PerPerson: 5})
	large := acquire(t, q, key("acme", "ada"), 50)
	mustWait(t, q, key("evil", "eve"), 1)
	large.Resize(3)
	acquire(t, q, key("evil", "eve"), 1)
	large.Resize(12) // more than there is: nobody is granted more until it shrinks
	mustWait(t, q, key("free", "fay"), 1)
	large.Release()
	large.Resize(7)
	if held, _ := q.Stats(); held != 1 {
		t.Errorf("a released grant holds units: %d are held, want 1", held)
	}
}

// A turn is a grant that somebody waited for.
type turn struct {
	of    string
	grant *fair.Grant
}

// wait waits for a unit, after all who wait already.
func wait(q *fair.Queue, who fair.Key, turns chan<- turn) {
	go func() {
		g, err := q.Acquire(context.Background(), who, 1)
		if err != nil {
			panic(err)
		}
		turns <- turn{who.Org + "/" + who.Person, g}
	}()
	synctest.Wait()
}

func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := fair.New(fair.Limits{Total: 1})
		turns := make(chan turn)
		for range 3 {
			wait(q, key("a", "1"), turns)
		}
		wait(q, key("a", "2"), turns)
		wait(q, key("b", "1"), turns)
		wait(q, key("b", "1"), turns)
		for i, want := range []string{"a/1", "a/1", "b/1", "a/2", "b/1", "a/1"} {
			got := <-turns
			if got.of != want {
				t.Errorf("turn %d was that of %s, want %s", i, got.of, want)
			}
			got.grant.Release()
		}
	})
}

func TestSmallRequestsWaitBehindLarge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := fair.New(fair.Limits{Total: 10})
		held := acquire(t, q, key("a", "1"), 8)
		large := make(chan *fair.Grant)
		go func() {
			g, _ := q.Acquire(context.Background(), key("b", "1"), 9)
			large <- g
		}()
		synctest.Wait()
		mustWait(t, q, key("c", "1"), 1)
		held.Release()
		if g := <-large; g == nil {
			t.Fatal("the large request was not granted")
		}
	})
}

func TestWaitingIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := fair.New(fair.Limits{Total: 1, Waiting: 2})
		acquire(t, q, key("a", "1"), 1)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		for range 2 {
			go func() {
				_, err := q.Acquire(ctx, key("a", "1"), 1)
				ended <- err
			}()
		}
		synctest.Wait()
		if _, err := q.Acquire(ctx, key("a", "1"), 1); !errors.Is(err, fair.ErrFull) {
			t.Errorf("a third request waits: %v", err)
		}
		mustWait(t, q, key("a", "2"), 1) // another person may still wait
		cancel()
		for range 2 {
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("a request that was given up ended with %v", err)
			}
		}
		if held, waiting := q.Stats(); held != 1 || waiting != 0 {
			t.Errorf("held %d with %d waiting, want 1 and 0", held, waiting)
		}
	})
}
