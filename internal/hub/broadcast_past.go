package hub

import (
	"context"
	"errors"
	"slices"

	"tandem/internal/collab"
)

// A Person is the person for whom a subscription runs.
type Person struct {
	ID collab.ID
	// Hides reports which entities the person may not see now. nil hides nothing.
	Hides Hides
}

// NewPerson returns a person with an id.
func NewPerson(id string, hides Hides) Person { return Person{ID: collab.ID(id), Hides: hides} }

// Hides returns those of the entities that are hidden.
type Hides func(ctx context.Context, entityIDs []collab.ID) (map[collab.ID]bool, error)

// A past decides which events up to its end a member sees. The audience of such an event says
// who could see its entity then; in addition the person must see the entity now, as with every read of the
// past. For later events the audience is enough, since the member leaves at each later change of its access.
type past struct {
	hides          Hides
	scopeCheckedAt int64 // the member's scope includes changes of access up to this position
	// end is scopeCheckedAt, or the position of a later change of access that was announced before the member was identified:
	// what hides returns includes it.
	end int64
	// known has the results of hides for the entities of the events in memory, which are looked up
	// together. It has no other entities.
	known map[collab.ID]bool
}

// decides reports whether an event depends on what the person may see now.
func (p *past) decides(position int64, about collab.ID) bool {
	return p.hides != nil && position <= p.end && about != ""
}

// isOver reports whether none of the events, which are in the order of the log, depends on what the person
// may see now.
func (p *past) isOver(events []Event) bool {
	return p.hides == nil || len(events) == 0 || events[0].Position > p.end
}

// unknown returns the entities on which events depend, if one of them is not known yet.
func (p *past) unknown(events []Event) (ids []collab.ID) {
	if p.isOver(events) {
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

// ask adds the entity of an event to the ids to look up, if the event depends on it.
func (p *past) ask(ids []collab.ID, position int64, about collab.ID) []collab.ID {
	if !p.decides(position, about) || slices.Contains(ids, about) {
		return ids
	}
	return append(ids, about)
}

// knows reports whether shows can decide about an event.
func (p *past) knows(position int64, about collab.ID) bool {
	_, known := p.known[about]
	return known || !p.decides(position, about)
}

// shows reports whether the person may see an event, for which knows is true.
func (p *past) shows(position int64, about collab.ID) bool {
	return !p.decides(position, about) || !p.known[about]
}

// shown returns the events that the person may see.
func (p *past) shown(events []Event) []Event {
	if p.isOver(events) {
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

// hidesLeaving returns the position of the last event by which an entity leaves the reader's list, if the entity is hidden
// from them now; 0 if there is none. The member then renders the event for itself, without contents.
func (p *past) hidesLeaving(events []Event) (position int64) {
	for i := range events {
		if e := &events[i]; e.leaves && !p.shows(e.Position, e.about) {
			position = e.Position
		}
	}
	return position
}

// resolveHidden looks up which entities are hidden, and replaces the earlier results. It waits while the
// database is unavailable. Few members look up at a time, so that most clients of a crowd that returns at
// once find the results of the first in a cache.
func (m *Member) resolveHidden(ctx context.Context, entityIDs []collab.ID) error {
	var hidden map[collab.ID]bool
	err := Retry(ctx, mayRetry, func() (err error) {
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

// mayRetry reports whether a read of the database may succeed when it is repeated.
func mayRetry(err error) bool {
	return IsUnavailable(err) || errors.Is(err, context.DeadlineExceeded)
}

// askHidden returns which entities are hidden, when the organization may read.
func (h *Hub) askHidden(ctx context.Context, orgID collab.ID, hides Hides, entityIDs []collab.ID) (map[collab.ID]bool, error) {
	grant, err := h.awaitLogRead(ctx, orgID)
	if err != nil {
		return nil, err
	}
	defer grant.Release()
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	return hides(ctx, entityIDs)
}
