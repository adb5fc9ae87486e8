package hub

import (
	"context"
	"slices"

	"tandem/internal/collab"
)

// A Sink is a connection that receives a member's events as they happen.
type Sink interface {
	// Take accepts all of the events or none, without blocking. A sink that accepts none receives no more
	// events, and its owner calls Member.Next when it can continue.
	Take(events []Event) bool
	// Resume is called when the member receives no more events for now. The owner calls Member.Next, but
	// not within Resume, which must not block.
	Resume()
	// End is called when the broadcast has ended with an error. It must not block.
	End(err error)
}

// A Member is one subscriber of a broadcast, with a cursor of its own. One goroutine at a time may call Next.
type Member struct {
	b         *broadcast
	user      collab.ID // the person
	past      past      // guarded by b.mu, except while catchUp is set
	delivered bool      // an event was delivered; guarded by b.mu
	cursor    int64     // the position of the last event; guarded by b.mu, except while catchUp is set
	// safe is the position to resume after: all events up to it were delivered. It is before cursor while
	// coalesced changes that overlap with delivered ones are still to come. Guarded by b.mu.
	safe int64
	// aloneTo is the position up to which the member has an execution of its own, because a change before it concerns
	// its person. Guarded by b.mu.
	aloneTo int64
	sink    Sink     // nil for a member that always calls Next
	catchUp *catchUp // set while the member is further behind than the kept events
	liveAt  int      // its index in broadcast.live, or notLive; guarded by b.mu
}

const notLive = -1

// offer passes events to a live member, and reports whether it accepts them. b.mu is held.
func (m *Member) offer(batch []Event) bool {
	for len(batch) > 0 && batch[0].Position <= m.cursor {
		batch = batch[1:] // the member began ahead of the broadcast
	}
	if len(batch) == 0 {
		return true
	}
	if m.past.unknown(batch) != nil || m.past.hidesLeaving(batch) > 0 {
		m.sink.Resume() // Next looks them up, or renders them
		return false
	}
	shown := m.past.shown(batch)
	if len(shown) > 0 && !m.sink.Take(shown) {
		m.b.all.behind.Add(1)
		return false
	}
	m.advancePast(batch)
	m.delivered = m.delivered || len(shown) > 0
	m.b.all.deliveries.Add(int64(len(shown)))
	return true
}

// advancePast moves the member past events that it has received or may not see. b.mu is held.
func (m *Member) advancePast(events []Event) {
	last := events[len(events)-1]
	m.cursor, m.safe = last.Position, max(m.safe, last.Cursor.Position)
}

// Next waits for the next events, and returns at least one. For a member with a sink that has received all
// events it does not wait, but makes the member live and returns none. The error is ErrScopeChanged if the
// person's scope or standing changes after the member's cursor.
func (m *Member) Next(ctx context.Context) ([]Event, error) {
	for {
		if m.catchUp != nil {
			events, err := m.catchUp.next(ctx, m)
			if err != nil || events != nil {
				m.markDelivered(events)
				return events, err
			}
			continue
		}
		next, err := m.nextEvents()
		if err != nil || len(next.events) > 0 || next.live {
			return next.events, err
		}
		switch {
		case next.unknown != nil:
			if err := m.resolveHidden(ctx, next.unknown); err != nil {
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

// An upcoming says how a member continues. If it is zero, nextEvents has to be called again.
type upcoming struct {
	events  []Event
	unknown []collab.ID     // entities to look up first, because they may be hidden
	moved   <-chan struct{} // closed when there may be more events
	live    bool            // the member is live
}

// markDelivered records that events are delivered.
func (m *Member) markDelivered(events []Event) {
	m.b.mu.Lock()
	defer m.b.mu.Unlock()
	m.delivered = m.delivered || len(events) > 0
}

// Delivered reports whether any event was delivered to the member.
func (m *Member) Delivered() bool {
	m.b.mu.Lock()
	defer m.b.mu.Unlock()
	return m.delivered
}

// Cursor returns the cursor to resume after: all events up to it were delivered.
func (m *Member) Cursor() collab.Cursor {
	m.b.mu.Lock()
	defer m.b.mu.Unlock()
	return collab.Cursor{Epoch: m.b.epoch, Position: m.safe}
}

// nextEvents returns how the member continues. If the kept events do not reach back to the cursor, the member
// gets an execution of its own.
func (m *Member) nextEvents() (upcoming, error) {
	b := m.b
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended != nil {
		return upcoming{}, b.ended
	}
	if m.cursor < max(b.floor, m.aloneTo) {
		m.catchUp = &catchUp{}
		return upcoming{}, nil
	}
	events := b.after(m.cursor)
	if next := b.nextScopeChange(m); next != nil {
		if events = upTo(events, next.change.Cursor.Position-1); len(events) == 0 {
			m.advance(next.leavesAt)
			return upcoming{}, ErrScopeChanged
		}
	}
	if len(events) > 0 {
		return m.receive(events[:min(len(events), maxBatch)]), nil
	}
	if m.sink != nil {
		b.addLive(m)
		return upcoming{live: true}, nil
	}
	if b.moved == nil {
		b.moved = make(chan struct{})
	}
	return upcoming{moved: b.moved}, nil
}

// receive delivers the events that the member may see. b.mu is held.
func (m *Member) receive(events []Event) upcoming {
	if ids := m.past.unknown(events); ids != nil {
		return upcoming{unknown: ids}
	}
	if at := m.past.hidesLeaving(events); at > 0 {
		m.aloneTo = at
		return upcoming{}
	}
	m.advancePast(events)
	shown := slices.Clone(m.past.shown(events))
	m.delivered = m.delivered || len(shown) > 0
	m.b.all.deliveries.Add(int64(len(shown)))
	return upcoming{events: shown}
}

// upTo returns the events up to a position.
func upTo(events []Event, position int64) []Event {
	for len(events) > 0 && events[len(events)-1].Position > position {
		events = events[:len(events)-1]
	}
	return events
}

// Entity returns the id of the entity that the member follows, or "" if it follows several.
func (m *Member) Entity() collab.ID { return m.b.feed.EntityID }

// DropReadAhead drops the changes that the member has read ahead, for a client that reads no events for now.
// Next reads them again. Coalesced changes stay: they are few, and their position in the log is not exact.
func (m *Member) DropReadAhead() {
	if m.catchUp == nil || m.catchUp.source == nil || len(m.catchUp.own) > 0 {
		return
	}
	if throttled, is := m.catchUp.source.(throttledReader); is {
		throttled.source.dropAhead()
		return
	}
	reached := m.catchUp.source.reached().Position
	if held := m.catchUp.held; held != nil {
		reached = held.Cursor.Position - 1
	}
	m.advanceTo(reached)
	m.endCatchUp()
}

// endCatchUp ends the member's own execution, if there is one.
func (m *Member) endCatchUp() {
	if m.catchUp != nil {
		m.catchUp.close()
		m.catchUp = nil
	}
}

// Close removes the member from the broadcast. The last one ends the broadcast.
func (m *Member) Close() {
	m.endCatchUp()
	if m.sink == nil {
		m.b.all.pulling.Add(-1)
	}
	m.b.mu.Lock()
	m.b.removeLive(m)
	m.b.mu.Unlock()
	m.b.all.release(m.b)
}

// advanceTo records that the member has all events up to a position, and reports whether the broadcast has
// all events after it.
func (m *Member) advanceTo(position int64) (met bool) {
	m.b.mu.Lock()
	defer m.b.mu.Unlock()
	m.advance(position)
	return m.cursor >= max(m.b.floor, m.aloneTo)
}

// advance records that the member has all events up to a position. b.mu is held.
func (m *Member) advance(position int64) {
	m.cursor, m.safe = max(m.cursor, position), max(m.safe, position)
}
