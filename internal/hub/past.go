package hub

import (
	"context"
	"errors"
	"slices"

	"tandem/internal/collab"
)

// A Person is whom a subscription is for.
type Person struct {
	ID collab.ID
	// Hides returns those of the entities that the person may not see by now. nil hides nothing.
	Hides Hides
}

// NewPerson returns a person, by an id as text.
func NewPerson(id string, hides Hides) Person { return Person{ID: collab.ID(id), Hides: hides} }

// Hides finds out which of some entities are hidden. The result has no others.
type Hides func(ctx context.Context, entityIDs []collab.ID) (map[collab.ID]bool, error)

// A past decides which events from before a member was judged it is still told. The audience of
// such an event says who could see its entity then; the person also has to see the entity now, as
// with every read of the past. An event from after that position is told by its audience alone,
// since the member turns at each later change of its access.
type past struct {
	hides  Hides
	judged int64 // what altered access up to here is counted in the member's scope
	// known is what hides said of the entities of the events at hand. They are asked about together,
	// so that it has no others.
	known map[collab.ID]bool
}

// decides reports whether an event is told or not by what may be seen now.
func (p *past) decides(position int64, about collab.ID) bool {
	return p.hides != nil && position <= p.judged && about != ""
}

// over reports whether none of some events, which are in the order of the log, is of the past.
func (p *past) over(events []Event) bool {
	return p.hides == nil || len(events) == 0 || events[0].Position > p.judged
}

// unknown returns the entities that decide over events, if hides was not asked about all of them yet.
func (p *past) unknown(events []Event) (ids []collab.ID) {
	if p.over(events) {
		return nil
	}
	known := true
	for i := range events {
		ids = p.ask(ids, events[i].Position, events[i].about)
		known = known && p.knows(events[i].Position, events[i].about)
	}
	if known {
		return nil
	}
	return ids
}

// ask adds the entity of an event to those that hides is to be asked about.
func (p *past) ask(ids []collab.ID, position int64, about collab.ID) []collab.ID {
	if !p.decides(position, about) || slices.Contains(ids, about) {
		return ids
	}
	return append(ids, about)
}

// knows reports whether it is known if an event may be told.
func (p *past) knows(position int64, about collab.ID) bool {
	_, known := p.known[about]
	return known || !p.decides(position, about)
}

// shows reports whether an event may be told. Its entity must be known if that decides.
func (p *past) shows(position int64, about collab.ID) bool {
	return !p.decides(position, about) || !p.known[about]
}

// shown returns the events that may be told.
func (p *past) shown(events []Event) []Event {
	if p.over(events) {
		return events
	}
	shown := make([]Event, 0, len(events))
	for _, e := range events {
		if p.shows(e.Position, e.about) {
			shown = append(shown, e)
		}
	}
	return shown
}

// find asks hides about entities, and forgets what it said before. It waits for a database that is
// away. Few members ask at a time, so that those of a crowd that returns at once are answered by
// what the first of them found out.
func (m *Member) find(ctx context.Context, entityIDs []collab.ID) error {
	var hidden map[collab.ID]bool
	err := Persist(ctx, unanswered, func() (err error) {
		hidden, err = m.b.all.hub.askHidden(ctx, m.b.feed.OrgID, m.past.hides, entityIDs)
		return err
	})
	if err != nil {
		return err
	}
	known := make(map[collab.ID]bool, len(entityIDs))
	for _, id := range entityIDs {
		known[id] = hidden[id]
	}
	m.b.mu.Lock()
	defer m.b.mu.Unlock()
	m.past.known = known
	return nil
}

// Hidden reports whether the one entity that the member follows is hidden from its person now.
func (m *Member) Hidden(ctx context.Context) (bool, error) {
	id := m.b.feed.EntityID
	if id == "" || m.past.hides == nil {
		return false, nil
	}
	hidden, err := m.past.hides(ctx, []collab.ID{id})
	return hidden[id], err
}

// unanswered reports whether a question to the database may be answered when it is asked again.
func unanswered(err error) bool {
	return Away(err) || errors.Is(err, context.DeadlineExceeded)
}

// askHidden asks which entities are hidden, when it is its turn.
func (h *Hub) askHidden(ctx context.Context, orgID collab.ID, hides Hides, entityIDs []collab.ID) (map[collab.ID]bool, error) {
	turn, err := h.catchUp(ctx, orgID)
	if err != nil {
		return nil, err
	}
	defer turn.Release()
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	return hides(ctx, entityIDs)
}
