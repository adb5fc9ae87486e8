package hub

import (
	"context"
	"slices"

	"tandem/internal/collab"
	"tandem/internal/fair"
)

// A Sink is a connection that takes a member's events as they come.
type Sink interface {
	// Take takes the events, all or none, without blocking. A sink that takes
	// none is handed no more, and calls Member.Next when it can go on.
	Take(events []Event) bool
	// Resume tells that the member is handed no more for now, and that the one that has
	// it calls Member.Next. It must not block.
	Resume()
	// End tells that the broadcast can't go on. It must not block.
	End(err error)
}

// A Member is one subscriber of a broadcast: a cursor into it. Next may be used
// by one goroutine at a time.
type Member struct {
	b      *broadcast
	user   collab.ID // whose it is
	past   past      // guarded by b.mu
	told   bool      // it was given an event; guarded by b.mu
	cursor int64     // the newest position that it was given; guarded by b.mu, but for own's time
	// safe is where the member resumes: nothing before it is still to come. It is cursor, or
	// before it while folds that overlap with what it was given are still to come.
	safe   int64
	sink   Sink     // nil for a member that only pulls
	own    *catchUp // while the broadcast does not reach back to the cursor
	liveAt int      // its place among the live members, or notLive; guarded by b.mu
}

const notLive = -1

// take hands events to a live member. b.mu is held.
func (m *Member) take(batch []Event) bool {
	for len(batch) > 0 && batch[0].Position <= m.cursor {
		batch = batch[1:] // the member joined from ahead of the broadcast
	}
	if len(batch) == 0 {
		return true
	}
	if m.past.unknown(batch) != nil {
		m.sink.Resume() // Next finds out
		return false
	}
	shown := m.past.shown(batch)
	if len(shown) > 0 && !m.sink.Take(shown) {
		m.b.all.behind.Add(1)
		return false
	}
	m.given(batch)
	m.told = m.told || len(shown) > 0
	m.b.all.deliveries.Add(int64(len(shown)))
	return true
}

// given notes events that the member was given, or may not see. b.mu is held.
func (m *Member) given(events []Event) {
	last := events[len(events)-1]
	m.cursor, m.safe = last.Position, max(m.safe, last.Cursor.Position)
}

// Next returns the events after the last ones, at least one, and waits for them.
// A member with a sink does not wait: when it has all there is, it is live, and
// Next returns nothing. The error is ErrScopeChanged when the member's person may
// see something else after the cursor that the member has then.
func (m *Member) Next(ctx context.Context) ([]Event, error) {
	for {
		if m.own != nil {
			events, err := m.own.next(ctx, m)
			if err != nil || events != nil {
				m.tell(events)
				return events, err
			}
			continue
		}
		next, err := m.look()
		if err != nil || len(next.events) > 0 || next.live {
			return next.events, err
		}
		switch {
		case next.unknown != nil:
			if err := m.find(ctx, next.unknown); err != nil {
				return nil, err
			}
		case next.moved != nil:
			select {
			case <-next.moved:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
	}
}

// A prospect is what comes next for a member. All zero, it has to look again.
type prospect struct {
	events  []Event
	unknown []collab.ID     // entities of the past that it has to find out about first
	moved   <-chan struct{} // closed when there may be more
	live    bool            // it is handed what comes
}

// tell notes that the member is given events.
func (m *Member) tell(events []Event) {
	m.b.mu.Lock()
	defer m.b.mu.Unlock()
	m.told = m.told || len(events) > 0
}

// Told reports whether the member was given any event.
func (m *Member) Told() bool {
	m.b.mu.Lock()
	defer m.b.mu.Unlock()
	return m.told
}

// Cursor returns where the member is: resuming after it misses nothing that the
// member was not given.
func (m *Member) Cursor() collab.Cursor {
	m.b.mu.Lock()
	defer m.b.mu.Unlock()
	return collab.Cursor{Epoch: m.b.epoch, Position: m.safe}
}

// look finds out what comes next for the member. Where the broadcast does not reach
// back to it, the member goes on by an execution of its own.
func (m *Member) look() (prospect, error) {
	b := m.b
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended != nil {
		return prospect{}, b.ended
	}
	if m.cursor < b.floor {
		m.own = &catchUp{}
		return prospect{}, nil
	}
	events := b.after(m.cursor)
	if turn := b.nextTurn(m); turn != nil {
		if events = upTo(events, turn.change.Cursor.Position-1); len(events) == 0 {
			m.has(turn.left)
			return prospect{}, ErrScopeChanged
		}
	}
	if len(events) > 0 {
		return m.receive(events[:min(len(events), together)]), nil
	}
	if m.sink != nil {
		b.enlist(m)
		return prospect{live: true}, nil
	}
	if b.moved == nil {
		b.moved = make(chan struct{})
	}
	return prospect{moved: b.moved}, nil
}

// receive gives the member events, those of them that it may see. b.mu is held.
func (m *Member) receive(events []Event) prospect {
	if ids := m.past.unknown(events); ids != nil {
		return prospect{unknown: ids}
	}
	m.given(events)
	shown := slices.Clone(m.past.shown(events))
	m.told = m.told || len(shown) > 0
	m.b.all.deliveries.Add(int64(len(shown)))
	return prospect{events: shown}
}

// upTo returns those of the events that are not after a position.
func upTo(events []Event, position int64) []Event {
	for len(events) > 0 && events[len(events)-1].Position > position {
		events = events[:len(events)-1]
	}
	return events
}

// Entity is the id of the one entity that the member follows, or "".
func (m *Member) Entity() collab.ID { return m.b.feed.EntityID }

// Rest lets go of what the member has read ahead, for a subscriber that does not
// take its events for now. Next reads it again. What is folded stays: it is little,
// and its place in the log is not exact.
func (m *Member) Rest() {
	if m.own == nil || m.own.source == nil || m.own.feed.MaxPerSecond != nil {
		return
	}
	reached := m.own.source.reached().Position
	if held := m.own.held; held != nil {
		reached = held.Cursor.Position - 1
	}
	m.reach(reached)
	m.forgo()
}

// forgo ends the member's own execution, if it has one.
func (m *Member) forgo() {
	if m.own != nil {
		m.own.close()
		m.own = nil
	}
}

// Close takes the member out of the broadcast, which ends with its last one.
func (m *Member) Close() {
	m.forgo()
	if m.sink == nil {
		m.b.all.pulling.Add(-1)
	}
	m.b.mu.Lock()
	m.b.retire(m)
	m.b.mu.Unlock()
	m.b.all.leave(m.b)
}

// catchUp is an execution of a member's own, from its cursor until the broadcast
// has all that comes after.
type catchUp struct {
	feed      *ChangeFeed
	execution Execution
	source    source
	turn      *fair.Grant    // to read the log
	held      *collab.Change // read already, and not rendered
}

func (c *catchUp) open(ctx context.Context, m *Member) (err error) {
	if c.turn, err = m.b.all.reads.Acquire(ctx, m.b.all.who(ctx), 1); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			c.turn.Release()
		}
	}()
	var feed Feed
	execution, err := m.b.start(&feed)
	if err != nil {
		return err
	}
	after := collab.Cursor{Epoch: m.b.epoch, Position: m.safe}
	source, err := m.b.all.hub.openSource(ctx, feed.changes, &after)
	for retry := (backoff{}); err != nil && collab.CodeOf(err) != collab.ResyncRequired; { // a log that is away is waited for
		if !sleep(ctx, retry.next()) {
			err = ctx.Err()
			break
		}
		source, err = m.b.all.hub.openSource(ctx, feed.changes, &after)
	}
	if err != nil {
		execution.Close()
		return err
	}
	c.feed, c.execution, c.source = feed.changes, execution, source
	c.feed.source = source
	return nil
}

// next returns the next event, or nothing when the member met the broadcast.
//
// The position at which they meet is exact: the broadcast has every event after
// its floor, and this source has yielded every one up to the place it reached.
func (c *catchUp) next(ctx context.Context, m *Member) ([]Event, error) {
	if c.source == nil {
		if err := c.open(ctx, m); err != nil {
			return nil, err
		}
	}
	for {
		change := c.held
		if c.held = nil; change == nil {
			if met := m.reach(c.source.reached().Position); met {
				m.forgo()
				return nil, nil
			}
			var err error
			if change, err = c.source.next(ctx); err != nil {
				return nil, err
			}
		}
		if m.altered(change) {
			c.held = change // for a member that stays
			m.reach(leftAt(change, c.source))
			return nil, ErrScopeChanged
		}
		if batch, err := c.gather(ctx, m, change); err != nil || len(batch) > 0 {
			return batch, err
		}
	}
}

// gather renders the events of a change and of those that need not be waited for,
// up to one that alters the member's access.
func (c *catchUp) gather(ctx context.Context, m *Member, change *collab.Change) (batch []Event, err error) {
	for bytes := 0; change != nil; change = c.source.ready() {
		if m.altered(change) {
			c.held = change
			break
		}
		if !c.feed.tells(change) {
			continue
		}
		if shown, err := c.shows(ctx, m, change); err != nil {
			return nil, err
		} else if !shown {
			continue
		}
		event, err := c.render(ctx, m, change)
		if err != nil {
			return nil, err
		}
		batch = append(batch, event)
		if bytes += len(event.Payload); len(batch) == together || bytes > togetherBytes {
			break
		}
	}
	m.b.all.caughtUp.Add(int64(len(batch)))
	return batch, nil
}

// shows reports whether the member may be told of a change. What has to be found out for it is
// found out for those at hand too.
func (c *catchUp) shows(ctx context.Context, m *Member, change *collab.Change) (bool, error) {
	if !m.past.knows(position(change), c.feed.about(change)) {
		ids := m.past.ask(nil, position(change), c.feed.about(change))
		for _, next := range c.source.ahead() {
			if c.feed.tells(next) && len(ids) < catchUpPage {
				ids = m.past.ask(ids, position(next), c.feed.about(next))
			}
		}
		if err := m.find(ctx, ids); err != nil {
			return false, err
		}
	}
	return m.past.shows(position(change), c.feed.about(change)), nil
}

// reach notes that the member has all up to a position, and reports whether the
// broadcast has what comes after.
func (m *Member) reach(position int64) (met bool) {
	m.b.mu.Lock()
	defer m.b.mu.Unlock()
	m.has(position)
	return m.cursor >= m.b.floor
}

// has notes that the member has all up to a position. b.mu is held.
func (m *Member) has(position int64) {
	m.cursor, m.safe = max(m.cursor, position), max(m.safe, position)
}

// render makes the event of a change as soon as there is room for it.
func (c *catchUp) render(ctx context.Context, m *Member, change *collab.Change) (Event, error) {
	if room := m.b.all.Room; room != nil {
		if err := room(ctx); err != nil {
			return Event{}, err
		}
	}
	return m.b.all.render(ctx, fair.Key{Org: string(c.feed.OrgID), Person: string(m.user)}, c.feed, c.execution, change)
}

func (c *catchUp) close() {
	c.turn.Release()
	if c.source != nil {
		c.source.close()
		c.execution.Close()
	}
}
