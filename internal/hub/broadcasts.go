package hub

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"tandem/internal/collab"
	"tandem/internal/fair"
)

// Broadcasts are the executions that subscriptions of this instance share.
type Broadcasts struct {
	hub *Hub

	// Max bounds how many run at a time. Too few, and people who follow things of
	// their own are refused; too many, and their executions take all memory.
	Max int
	// MaxPerPerson bounds how many of them are one person's alone; 0 does not. A person who
	// shares the executions of others needs few.
	MaxPerPerson int
	// KeptBytes bounds, in bytes, the events that all of them keep together for members
	// that are a little behind; 0 does not. Fewer, and those read the log.
	KeptBytes int64
	// Who, if set, says on whose behalf a subscriber joins.
	Who func(context.Context) fair.Key
	// Room, if set, waits until an event may be rendered for a subscriber that catches
	// up, which is then in memory until it is sent.
	Room func(context.Context) error
	// Delivered, if set, is told after each delivery of an event how long ago it was
	// committed, by the clock of who wrote it, and how long ago this instance
	// learned of it. It must be quick.
	Delivered func(sinceCommit, sinceHeard time.Duration)

	mu      sync.Mutex // taken before broadcast.mu, never after
	byKey   map[string]*broadcast
	owned   map[fair.Key]int // how many are one person's alone
	watches map[collab.ID]*accessWatch

	renders, reads *fair.Queue  // events that are rendered, and members that catch up
	kept, number   atomic.Int64 // bytes that all keep, and how many there are

	deliveries, executions, behind, caughtUp atomic.Int64
	live, pulling, resumed, refused          atomic.Int64
}

// maxBroadcasts is the bound where nobody sets another: a broadcast that rests
// takes some kilobytes.
const maxBroadcasts = 100_000

// NewBroadcasts returns broadcasts of what a hub has.
func NewBroadcasts(h *Hub) *Broadcasts {
	return &Broadcasts{
		hub: h, Max: maxBroadcasts, byKey: make(map[string]*broadcast), owned: make(map[fair.Key]int),
		watches: make(map[collab.ID]*accessWatch), renders: newRenders(), reads: newCatchUps(),
	}
}

// Join makes a subscriber a member of the broadcast of a key, and begins the
// broadcast with start if it is the first. Operations of one key must render
// equal bytes for each event, wherever they begin. The member's first event is
// the first after a cursor; nil is now. sink is nil for a subscriber that only
// pulls.
//
// The caller follows the organization up to the cursor (Hub.Follow), and finds out the
// scope once more after Join returned: the member counts as judged at the ring's head.
// From then on the member meets every change that alters its access, before any event that
// comes after the change.
//
// The error is for the subscriber to see; RESYNC_REQUIRED if the log can't be
// read after the cursor; ErrScopeChanged if access changed meanwhile, so that the caller
// identifies the person once more and joins again.
func (all *Broadcasts) Join(ctx context.Context, key string, person Person, start Start, after *collab.Cursor, sink Sink) (*Member, error) {
	b, first, err := all.enter(key, all.who(ctx), start)
	if err != nil {
		all.refused.Add(1)
		return nil, err
	}
	if first {
		if err := b.open(after); err != nil {
			b.end(err)
		} else {
			go b.run()
		}
		close(b.ready)
	}
	m := &Member{b: b, user: person.ID, past: past{hides: person.Hides}, sink: sink, liveAt: notLive}
	if err := b.await(ctx); err != nil {
		all.leave(b)
		return nil, err
	}
	if err := all.place(ctx, m, after); err != nil {
		all.leave(b)
		return nil, err
	}
	if !all.current(b) {
		all.leave(b)
		return nil, ErrScopeChanged
	}
	if sink == nil {
		all.pulling.Add(1)
	}
	if after != nil {
		all.resumed.Add(1)
	}
	return m, nil
}

// Follow is Hub.Follow, with a cursor as text; "" is none.
func (all *Broadcasts) Follow(ctx context.Context, orgID, after string) (release func(), err error) {
	cursor, err := ParseAfter(after)
	if err != nil {
		return nil, err
	}
	return all.hub.Follow(ctx, collab.ID(orgID), cursor)
}

// enter returns the broadcast of a key, and whether it was made for this call; an
// error if there is none and no room for one.
func (all *Broadcasts) enter(key string, who fair.Key, start Start) (b *broadcast, first bool, err error) {
	all.mu.Lock()
	defer all.mu.Unlock()
	if b := all.byKey[key]; b != nil {
		b.joined++
		if b.owner != who {
			all.disown(b) // it is shared from now on
		}
		return b, false, nil
	}
	if len(all.byKey) >= all.Max {
		return nil, false, collab.Errorf(collab.LimitExceeded, "this instance has no room for another subscription of its own kind; try again later")
	}
	b = &broadcast{all: all, key: key, start: start, ready: make(chan struct{}), joined: 1}
	if !all.own(b, who) {
		return nil, false, collab.Errorf(collab.LimitExceeded,
			"a person may have at most %d subscriptions that nobody else has, by document and variables; complete some first", all.MaxPerPerson)
	}
	b.ctx, b.cancel = context.WithCancel(context.Background())
	all.byKey[key] = b
	all.number.Store(int64(len(all.byKey)))
	return b, true, nil
}

// who is on whose behalf a subscriber joins.
func (all *Broadcasts) who(ctx context.Context) fair.Key {
	if all.Who == nil {
		return fair.Key{}
	}
	return all.Who(ctx)
}

// current reports whether newcomers still join a broadcast. It is not the case when a change
// of access outdated what its execution found out; a member that was placed before turns at
// that change.
func (all *Broadcasts) current(b *broadcast) bool {
	all.mu.Lock()
	defer all.mu.Unlock()
	return all.byKey[b.key] == b
}

// place puts a member where it begins.
func (all *Broadcasts) place(ctx context.Context, m *Member, after *collab.Cursor) error {
	b := m.b
	if after != nil && b.feed != nil {
		if err := all.hub.check(ctx, b.feed.OrgID, *after); err != nil {
			return err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.several = b.several || b.user != "" && b.user != m.user
	b.user = m.user
	switch {
	case b.ended != nil:
		return b.ended
	case after != nil:
		// The broadcast may not have come to an erasure yet that the ring has.
		if erased := all.hub.ringErasures(b.feed.OrgID); erased != b.erasures {
			b.erasures = erased
			b.erase()
		}
		m.cursor = after.Position
	case len(b.events) > 0:
		m.cursor = b.events[len(b.events)-1].Position
	default:
		m.cursor = b.floor
	}
	// The scope is found out once more after Join, so it holds at the ring's head.
	m.past.judged = all.hub.ringHead(b.feed.OrgID)
	if after == nil {
		// The broadcast may be on its way from further back.
		m.cursor = max(m.cursor, m.past.judged)
	}
	m.safe = m.cursor
	return nil
}

// leave ends what enter began. The last one out ends the broadcast.
func (all *Broadcasts) leave(b *broadcast) {
	all.mu.Lock()
	defer all.mu.Unlock()
	if b.joined--; b.joined > 0 {
		return
	}
	all.disown(b)
	// In one go, so that nobody joins what is about to end.
	if all.byKey[b.key] == b {
		delete(all.byKey, b.key)
		all.number.Store(int64(len(all.byKey)))
	}
	b.cancel()
}

// forget lets the next subscriber of the key begin another broadcast.
func (all *Broadcasts) forget(b *broadcast) {
	all.mu.Lock()
	defer all.mu.Unlock()
	if all.byKey[b.key] == b {
		delete(all.byKey, b.key)
		all.number.Store(int64(len(all.byKey)))
	}
}

// A BroadcastStats is measures of the broadcasts.
type BroadcastStats struct {
	Broadcasts int   // that run now
	Members    int   // of all of them
	Executions int64 // events rendered
	Deliveries int64 // events handed to members
	Behind     int64 // times that a member fell behind
	BehindNow  int   // members that would be handed events at once, if they were not catching up
	Resumed    int64 // subscriptions after a cursor
	Refused    int64 // subscriptions for which there was no room
	Kept       int64 // bytes of events that all keep together
	CaughtUp   int64 // events rendered for one member that the broadcast did not reach back to
}

// Stats returns the measures until now.
func (all *Broadcasts) Stats() BroadcastStats {
	all.mu.Lock()
	defer all.mu.Unlock()
	members := 0
	for _, b := range all.byKey {
		members += b.joined
	}
	return BroadcastStats{
		Broadcasts: len(all.byKey), Members: members, Executions: all.executions.Load(),
		Deliveries: all.deliveries.Load(), Behind: all.behind.Load(), CaughtUp: all.caughtUp.Load(), Kept: all.kept.Load(),
		BehindNow: max(0, members-int(all.live.Load()+all.pulling.Load())), Resumed: all.resumed.Load(), Refused: all.refused.Load(),
	}
}
