package hub

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"tandem/internal/collab"
	"tandem/internal/fair"
)

// BroadcastOptions are the bounds of Broadcasts, and what they call.
type BroadcastOptions struct {
	// Max bounds the broadcasts of this instance; 0 means 100,000. A low value rejects people whose
	// subscriptions nobody shares. A high value lets their executions take all memory.
	Max int
	// MaxPerPerson bounds the broadcasts whose members are all one person's; 0 sets no bound.
	MaxPerPerson int
	// KeptBytes bounds, in bytes, the events that all broadcasts keep for members that are a little
	// behind; 0 sets no bound. A low value makes those members read the log.
	KeptBytes int64
	// PersonOf, if set, returns the person for whom a subscriber joins.
	PersonOf func(context.Context) fair.Key
	// Room, if set, waits until there is memory for another event of a subscriber that catches up.
	Room func(context.Context) error
	// Delivered, if set, is called after each delivery of an event, with the time since its commit,
	// by the clock of the writer, and the time since this instance learned of it. It must be quick.
	Delivered func(sinceCommit, sinceHeard time.Duration)
	// Traced, if set, is called after each delivery of a change that has a Trace, with the name of the operation, the number
	// of members and the time at which the broadcast turned to the change. It must be quick.
	Traced func(change *collab.Change, operation string, members int, turned time.Time)
}

// Broadcasts are the executions that subscriptions of this instance share.
type Broadcasts struct {
	hub     *Hub
	options BroadcastOptions

	mu    sync.Mutex // guards byKey, owned, and the joined and owner of each broadcast; locked before broadcast.mu
	byKey map[string]*broadcast
	owned map[fair.Key]int // the weight of each person's unshared broadcasts

	renders           *fair.Queue  // of events that are rendered
	catchUps          *fair.Queue  // of members that catch up
	throttledCatchUps *fair.Queue  // of members that catch up at a bounded rate
	kept, number      atomic.Int64 // bytes of events in all broadcasts, and the number of broadcasts

	deliveries, executions, behind, caughtUp atomic.Int64
	live, pulling, refused                   atomic.Int64
}

// maxBroadcasts is the default of BroadcastOptions.Max. An idle broadcast takes some kilobytes.
const maxBroadcasts = 100_000

// NewBroadcasts returns broadcasts of the changes of a hub.
func NewBroadcasts(h *Hub, options BroadcastOptions) *Broadcasts {
	options.Max = cmp.Or(options.Max, maxBroadcasts)
	return &Broadcasts{
		hub: h, options: options, byKey: make(map[string]*broadcast), owned: make(map[fair.Key]int),
		renders: newRenders(), catchUps: newCatchUps(), throttledCatchUps: newThrottledCatchUps(),
	}
}

// Join makes a subscriber a member of the broadcast with a key, and starts the broadcast if it is the first
// member. Operations with one key must render equal bytes for each event, wherever they begin. The member's
// first event is the first after the cursor, or the next one for nil. sink is nil for a subscriber that
// always calls Next.
//
// The caller has made the hub follow the organization up to the cursor (Hub.Follow), and checks after Join
// that the person's scope is unchanged: the member takes it as of the ring's head. From then on the member
// meets every change of its access, before all later events.
//
// The error is for the client. It is RESYNC_REQUIRED if the log can't be read after the cursor, and
// ErrScopeChanged if access changed meanwhile; the caller then identifies the person and joins again.
func (all *Broadcasts) Join(ctx context.Context, key string, person Person, start Start, after *collab.Cursor, sink Sink) (*Member, error) {
	b, first, err := all.acquire(key, all.personOf(ctx), start)
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
		all.release(b)
		return nil, err
	}
	if err := all.start(ctx, m, after); err != nil {
		all.release(b)
		return nil, err
	}
	if !all.current(b) {
		all.release(b)
		return nil, ErrScopeChanged
	}
	if sink == nil {
		all.pulling.Add(1)
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

// Head returns the newest cursor of an organization's log at some moment after the call. A crowd that asks at
// once costs a few reads.
func (all *Broadcasts) Head(ctx context.Context, orgID string) (collab.Cursor, error) {
	head, found, err := all.hub.heads.of(ctx, collab.ID(orgID))
	if err == nil && !found {
		err = fmt.Errorf("organization %q has no log", orgID)
	}
	return head.Cursor, err
}

// acquire returns the broadcast with a key, and whether this call created it. The error says that a bound is
// reached.
func (all *Broadcasts) acquire(key string, who fair.Key, start Start) (b *broadcast, first bool, err error) {
	all.mu.Lock()
	defer all.mu.Unlock()
	if b := all.byKey[key]; b != nil {
		b.joined++
		if b.owner != who {
			all.uncount(b) // the broadcast is shared from now on
		}
		return b, false, nil
	}
	if len(all.byKey) >= all.options.Max {
		return nil, false, collab.Errorf(collab.LimitExceeded, "this instance has too many subscriptions that nobody shares; try again later")
	}
	b = &broadcast{all: all, key: key, start: start, ready: make(chan struct{}), joined: 1}
	if !all.countFor(b, who) {
		return nil, false, collab.Errorf(collab.LimitExceeded,
			"a person may have at most %d subscriptions that nobody else has, by document and variables; complete some first", all.options.MaxPerPerson)
	}
	b.ctx, b.cancel = context.WithCancel(context.Background())
	all.byKey[key] = b
	all.number.Store(int64(len(all.byKey)))
	return b, true, nil
}

// personOf returns the person for whom a subscriber joins.
func (all *Broadcasts) personOf(ctx context.Context) fair.Key {
	if all.options.PersonOf == nil {
		return fair.Key{}
	}
	return all.options.PersonOf(ctx)
}

// current reports whether new members still join a broadcast. They do not after a change of access has
// outdated its execution; earlier members leave at that change.
func (all *Broadcasts) current(b *broadcast) bool {
	all.mu.Lock()
	defer all.mu.Unlock()
	return all.byKey[b.key] == b
}

// start sets the position at which a member begins, and the events that it begins with.
func (all *Broadcasts) start(ctx context.Context, m *Member, after *collab.Cursor) error {
	feed := m.b.feed
	if after != nil || feed == nil || feed.Initial == nil {
		return all.setStart(ctx, m, after)
	}
	var initial []*collab.Change
	var cursor collab.Cursor
	err := Retry(ctx, mayRetry, func() (err error) {
		initial, cursor, err = feed.Initial(ctx)
		return err
	})
	if err != nil {
		return err
	}
	release, err := all.hub.Follow(ctx, feed.OrgID, &cursor)
	if err != nil {
		return err
	}
	defer release()
	if len(initial) > 0 {
		m.catchUp = &catchUp{own: initial}
	}
	return all.setStart(ctx, m, &cursor)
}

// setStart sets the position at which a member begins.
func (all *Broadcasts) setStart(ctx context.Context, m *Member, after *collab.Cursor) error {
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
		// The ring may have an erasure that the broadcast has not reached yet.
		if erased := all.hub.ringErasures(b.feed.OrgID); erased != b.erasures {
			b.erasures = erased
			b.dropKept()
		}
		m.cursor = after.Position
	case len(b.events) > 0:
		m.cursor = b.events[len(b.events)-1].Position
	default:
		m.cursor = b.floor
	}
	// The caller checks the scope after Join, so it is valid at the ring's head.
	m.identified()
	if after == nil {
		// The broadcast may still be catching up.
		m.cursor = max(m.cursor, m.past.scopeCheckedAt)
	}
	m.safe = m.cursor
	m.aloneTo = b.aloneTo(m)
	return nil
}

// release ends one use of a broadcast. The last one ends the broadcast.
func (all *Broadcasts) release(b *broadcast) {
	all.mu.Lock()
	defer all.mu.Unlock()
	if b.joined--; b.joined > 0 {
		return
	}
	all.uncount(b)
	// With all.mu held, so that nobody joins a broadcast that is about to end.
	if all.byKey[b.key] == b {
		delete(all.byKey, b.key)
		all.number.Store(int64(len(all.byKey)))
	}
	b.cancel()
}

// forget makes the next subscriber with the key start another broadcast.
func (all *Broadcasts) forget(b *broadcast) {
	all.mu.Lock()
	defer all.mu.Unlock()
	if all.byKey[b.key] == b {
		delete(all.byKey, b.key)
		all.number.Store(int64(len(all.byKey)))
	}
}

// BroadcastStats are figures of the broadcasts.
type BroadcastStats struct {
	Broadcasts int   // running now
	Members    int   // of all of them
	Executions int64 // events rendered
	Deliveries int64 // events delivered to members
	Behind     int64 // times that a member fell behind
	BehindNow  int   // members with a sink that are catching up
	Refused    int64 // subscriptions refused because of a bound
	Kept       int64 // bytes of kept events
	CaughtUp   int64 // events rendered for a single member that was further behind than the kept events
	// Renders are of events for all members, CatchUps and ThrottledCatchUps of single members, the latter at a bounded rate.
	Renders, CatchUps, ThrottledCatchUps Turns
}

// Stats returns the current figures.
func (all *Broadcasts) Stats() BroadcastStats {
	stats := BroadcastStats{
		Executions: all.executions.Load(), Deliveries: all.deliveries.Load(), Behind: all.behind.Load(), Refused: all.refused.Load(),
		Kept: all.kept.Load(), CaughtUp: all.caughtUp.Load(),
		Renders: turnsOf(all.renders), CatchUps: turnsOf(all.catchUps), ThrottledCatchUps: turnsOf(all.throttledCatchUps),
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	stats.Broadcasts = len(all.byKey)
	for _, b := range all.byKey {
		stats.Members += b.joined
	}
	stats.BehindNow = max(0, stats.Members-int(all.live.Load()+all.pulling.Load()))
	return stats
}
