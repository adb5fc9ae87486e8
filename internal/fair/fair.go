// Package fair shares a scarce resource, such as render slots, database statements or bytes of
// memory, between organizations and people. It grants free units in turn: one organization after
// another, and within an organization one person after another. So nobody waits longer because
// somebody else requests more.
package fair

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ErrFull is returned when too many requests of one person wait already.
var ErrFull = errors.New("too many requests of this person are waiting")

// A Key identifies the holder of units. Person is empty for work that an organization shares.
type Key struct{ Org, Person string }

// Limits bound what is held at a time, in units of the caller's choice. 0 means no bound.
type Limits struct {
	// Total bounds what all hold together, PerOrg what one organization holds,
	// and PerPerson what one person holds. It does not bound shared work.
	Total, PerOrg, PerPerson int64
	// Waiting bounds how many requests of one person wait at a time.
	Waiting int
}

// A Queue grants units within its limits. A request that is larger than a
// limit is granted once nothing else is held under that limit, so it never
// waits forever.
type Queue struct {
	mu      sync.Mutex // guards the fields below, and everything reached from them; innermost
	limits  Limits
	held    int64
	waiting int
	orgs    map[string]*org
	turns   []*org // organizations with waiting requests, the next one first
}

// New returns a queue with limits.
func New(limits Limits) *Queue {
	return &Queue{limits: limits, orgs: make(map[string]*org)}
}

// SetTotal changes how many units all holders may hold together. It does not revoke grants.
func (q *Queue) SetTotal(units int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.limits.Total = units
	q.dispatch()
}

// Stats returns how many units are held, and how many requests wait.
func (q *Queue) Stats() (held int64, waiting int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.held, q.waiting
}

// A Grant is units that are held until Release.
type Grant struct {
	queue    *Queue
	person   *person
	units    int64 // guarded by Queue.mu, as is released
	released bool
}

// Acquire waits for units. The error is ErrFull, or the context's.
func (q *Queue) Acquire(ctx context.Context, who Key, units int64) (*Grant, error) {
	q.mu.Lock()
	p := q.enter(who)
	if q.limits.Waiting > 0 && len(p.waiting) >= q.limits.Waiting {
		q.leave(p)
		q.mu.Unlock()
		return nil, ErrFull
	}
	g := &Grant{queue: q, person: p}
	r := &request{grant: g, units: units}
	q.enqueue(r)
	q.dispatch()
	if r.granted {
		q.mu.Unlock()
		return g, nil
	}
	r.ready = make(chan struct{})
	q.mu.Unlock()
	defer Waited(ctx, time.Now())
	select {
	case <-r.ready:
		return g, nil
	case <-ctx.Done():
	}
	q.mu.Lock()
	if !r.granted {
		q.withdraw(r)
	}
	q.mu.Unlock()
	g.Release()
	return nil, ctx.Err()
}

// Charge counts units that are already in use. It never waits: units beyond a limit keep others
// from being granted more until they are released.
func (q *Queue) Charge(who Key, units int64) *Grant {
	q.mu.Lock()
	defer q.mu.Unlock()
	g := &Grant{queue: q, person: q.enter(who)}
	g.hold(units)
	return g
}

// Resize changes how many units are held. Like Charge, it never waits. It may be called on nil.
func (g *Grant) Resize(units int64) {
	if g == nil {
		return
	}
	g.queue.mu.Lock()
	defer g.queue.mu.Unlock()
	if g.released {
		return
	}
	g.hold(units - g.units)
	g.queue.dispatch()
}

// Release gives the units back. It may be called more than once, and on nil.
func (g *Grant) Release() {
	if g == nil {
		return
	}
	g.queue.mu.Lock()
	defer g.queue.mu.Unlock()
	if g.released {
		return
	}
	g.hold(-g.units)
	g.released = true
	g.queue.leave(g.person)
	g.queue.dispatch()
}
