package hub_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"tandem/internal/collab"
	"tandem/internal/hub"
)

// An operation renders the positions of changes, and counts what it is asked for.
type operation struct {
	matches      func(*collab.Change) bool // nil for all
	maxPerSecond *float64
	entity       collab.ID     // "" for several
	gate         chan struct{} // closed before it begins; nil for none
	depends      bool          // what it finds out when it begins may be otherwise after a change of access
	render       chan struct{} // closed before its first event is rendered; nil for none
	padding      int           // bytes of an event beside its position
	fails        error
	skips        func(position int64) bool // of an event that is left out while it is rendered; nil for none

	begun, open, rendered atomic.Int64
}

func (o *operation) start(feed *hub.Feed) (hub.Execution, error) {
	if o.fails != nil {
		return nil, o.fails
	}
	if o.gate != nil {
		<-o.gate
	}
	o.begun.Add(1)
	o.open.Add(1)
	e := &changeText{operation: o, feed: feed}
	matches := o.matches
	if matches == nil {
		matches = func(*collab.Change) bool { return true }
	}
	feed.Changes(hub.ChangeFeed{OrgID: acme, EntityID: o.entity, MaxPerSecond: o.maxPerSecond, Depends: o.depends, Matches: matches, Push: func(c *collab.Change) { e.pushed = c }})
	return e, nil
}

// A changeText is one execution of an operation. It may be used by one goroutine
// at a time, which the race detector sees to.
type changeText struct {
	*operation
	feed   *hub.Feed
	pushed *collab.Change
	closed bool
}

func (e *changeText) Render(context.Context) ([]byte, bool) {
	if e.closed {
		panic("rendered after it was closed")
	}
	if e.render != nil {
		<-e.render
	}
	e.rendered.Add(1)
	change := e.pushed
	e.pushed = nil
	if e.skips != nil && e.skips(change.Cursor.Position) {
		e.feed.Skip()
	}
	return append(fmt.Append(nil, change.Cursor.Position), make([]byte, e.padding)...), false
}

func (e *changeText) Close() {
	if e.closed {
		panic("closed twice")
	}
	e.closed = true
	e.open.Add(-1)
}

// A stage is a hub, its log and its broadcasts.
type stage struct {
	*testHub
	t   *testing.T
	all *hub.Broadcasts
}

// broadcasting runs a test where time is made up, and checks that it leaves
// nothing behind: no goroutine, no broadcast, no ring.
func broadcasting(t *testing.T, test func(t *testing.T, s *stage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := startHub(t, newLog(acme))
		s := &stage{testHub: h, t: t, all: hub.NewBroadcasts(h.Hub, hub.BroadcastOptions{})}
		test(t, s)
		s.quiet(t)
		if stats := s.all.Stats(); stats.Broadcasts != 0 || stats.Members != 0 {
			t.Errorf("%d broadcasts with %d members are left", stats.Broadcasts, stats.Members)
		}
	})
}

// write commits changes and announces them.
func (s *stage) write(n int) {
	for range n {
		s.Announce(s.log.commit(acme))
	}
}

// A follower is a subscriber of a broadcast, as a connection is one. It checks
// that every change that matches comes, once and in order.
type follower struct {
	s       *stage
	member  *hub.Member
	pulls   sync.Mutex // held while it pulls
	refuses func() bool

	mu    sync.Mutex
	got   []int64
	ended error
}

// follow joins and goes on until the follower is live. refuses says when it is behind.
func (s *stage) follow(o *operation, after *collab.Cursor, refuses func() bool) *follower {
	s.t.Helper()
	f := &follower{s: s, refuses: refuses}
	member, err := s.all.Join(s.t.Context(), "key", hub.Person{ID: "ada"}, o.start, after, f)
	if err != nil {
		s.t.Fatal(err)
	}
	f.member = member
	f.pull()
	return f
}

// pull goes on until the follower is live, or its broadcast ended.
func (f *follower) pull() {
	f.pulls.Lock()
	defer f.pulls.Unlock()
	for {
		events, err := f.member.Next(f.s.t.Context())
		if err != nil {
			f.end(err)
			return
		}
		if events == nil {
			return
		}
		f.take(events)
	}
}

func (f *follower) take(events []hub.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range events {
		if position := strings.TrimRight(string(e.Payload), "\x00"); position != fmt.Sprint(e.Position) {
			f.s.t.Errorf("the payload at %d is of %s", e.Position, position)
		}
		f.got = append(f.got, e.Position)
	}
}

// Take is called by the broadcast.
func (f *follower) Take(events []hub.Event) bool {
	if f.refuses != nil && f.refuses() {
		return false
	}
	f.take(events)
	return true
}

// End is called by the broadcast.
func (f *follower) End(err error) { f.end(err) }

// Resume is called by the broadcast.
func (f *follower) Resume() { go f.pull() }

func (f *follower) end(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended != nil {
		f.s.t.Errorf("it ended twice: %v, %v", f.ended, err)
	}
	f.ended = err
}

// want checks what it got, once all is still: the changes from one position to another.
func (f *follower) want(from, to int64) {
	f.s.t.Helper()
	f.wantMatching(from, to, func(int64) bool { return true })
}

func (f *follower) wantMatching(from, to int64, matches func(int64) bool) {
	f.s.t.Helper()
	synctest.Wait()
	f.mu.Lock()
	defer f.mu.Unlock()
	var want []int64
	for position := from; position <= to; position++ {
		if matches(position) {
			want = append(want, position)
		}
	}
	if !slices.Equal(f.got, want) {
		f.s.t.Errorf("got %v, want %d to %d", f.got, from, to)
	}
}
