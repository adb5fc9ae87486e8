package hub

import (
	"errors"
	"strings"

	"tandem/internal/collab"
)

// ErrScopeChanged ends a member, or a stream of a room, whose person may see
// something else from now on. The follower of each finds out what its person may see
// now, and goes on after the member's cursor, as after any other interruption; or with the
// same member, if it may stay.
var ErrScopeChanged = errors.New("what the person may see has changed")

// ErrAccessLost is why the subscription to one entity ends that the person may no
// longer see.
var ErrAccessLost = collab.Errorf(collab.Forbidden, "you may no longer see this")

// keptTurns bounds the changes of access that a broadcast keeps. A member that is
// further behind meets them in the log.
const keptTurns = 64

// A turn is a change of access, as the members of a broadcast meet it.
type turn struct {
	change *collab.Change
	left   int64 // where members leave that turn
	// outdates tells that what the broadcast's execution found out is no longer so: all
	// members turn, also those that joined after the change but before it was met here.
	outdates bool
}

// leftAt returns the place in the log where members leave that turn at a change which a source has just
// yielded: before the change, and before the first part of every fold that is still to come.
func leftAt(change *collab.Change, s source) int64 {
	return min(change.Cursor.Position-1, s.reached().Position)
}

// turn has the members whose access a change alters go their own way, before the
// change itself is delivered. They have all events before it, and find out by
// their new scope whether it and what comes after it are for them: so somebody is
// told of the very change that lets them in, and of none that shuts them out.
func (b *broadcast) turn(change *collab.Change) {
	outdates := b.outdated(change)
	if outdates {
		b.all.forget(b) // first, so that nobody who turns comes back to it
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	left := leftAt(change, b.source)
	if change.Erases() {
		b.erase()
	}
	b.turns = append(b.turns, turn{change, left, outdates})
	if drop := len(b.turns) - keptTurns; drop > 0 {
		b.floor = max(b.floor, b.turns[drop-1].change.Cursor.Position)
		b.turns = b.turns[drop:]
	}
	for i := len(b.live) - 1; i >= 0; i-- { // backwards, since a member that turns leaves
		m := b.live[i]
		m.has(left)
		if outdates || m.altered(change) {
			b.retire(m)
			m.sink.Resume()
		}
	}
	if b.moved != nil {
		close(b.moved)
		b.moved = nil
	}
}

// erase drops the events that are kept: they may have been rendered before somebody
// was erased. Members that are behind render them anew. b.mu is held.
func (b *broadcast) erase() {
	b.drop(func() bool { return true })
}

// alter takes note of a change of access. It is called within update.
func (h *Hub) alter(change *collab.Change) {
	h.alterations.Add(1)
	if h.Altered != nil {
		h.Altered(change)
	}
}

// begin begins the execution, and notes up to where changes of access are counted
// in what it found out. One of its organization that comes meanwhile has it begin
// once more; before it began the first time, the organization is not known.
func (b *broadcast) begin() error {
	var orgID collab.ID
	for {
		var feed Feed
		before := b.all.hub.altered(orgID)
		execution, err := b.start(&feed)
		if err != nil {
			return err
		}
		b.feed, b.execution, b.judged = feed.changes, execution, b.all.hub.ringHead(feed.changes.OrgID)
		if b.all.hub.altered(orgID) == before {
			return nil
		}
		execution.Close()
		orgID = feed.changes.OrgID
	}
}

// altered returns a number that is another one after each change of access in an
// organization that is followed; "" is in any.
func (h *Hub) altered(orgID collab.ID) int64 {
	if orgID == "" {
		return h.alterations.Load()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if r := h.rings[orgID]; r != nil {
		return r.altered()
	}
	return 0
}

// outdated reports whether what the execution found out when it began, such as
// whether it is about something hidden, may be otherwise after the change: if that
// alters what everybody may see, or all members are one person's, whom it alters.
func (b *broadcast) outdated(change *collab.Change) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.feed.Depends && change.Cursor.Position > b.judged && (change.Regards.Others != "" || !b.several && change.EffectOn(b.user, "") != "")
}

// altered reports whether the change alters what the member's person may see or
// do. What came before the member joined was counted in when it did.
func (m *Member) altered(change *collab.Change) bool {
	return change.Regards != nil && change.Cursor.Position > m.past.judged && change.EffectOn(m.user, "") != ""
}

// nextTurn returns the first change that outdates the broadcast, or alters the member's access
// and is not counted in its scope yet, or nil. It may be before the member's cursor: one that the member
// passed over still counts. b.mu is held.
func (b *broadcast) nextTurn(m *Member) *turn {
	for i := range b.turns {
		if b.turns[i].outdates || m.altered(b.turns[i].change) {
			return &b.turns[i]
		}
	}
	return nil
}

// Stay has a member that turned go on where it is, with what it read and folded. Its follower
// calls Stay first, and then finds out the scope and the standing, which have to be the same as before.
// It reports false for a member that has to begin anew, since its execution found out more than those.
func (m *Member) Stay() bool {
	if m.b.feed.Depends {
		return false
	}
	m.b.mu.Lock()
	defer m.b.mu.Unlock()
	m.past.judged = max(m.past.judged, m.b.all.hub.ringHead(m.b.feed.OrgID))
	m.past.known = nil // it was found out before
	return true
}

// In reports whether the member's broadcast is of a key that begins like this.
func (m *Member) In(prefix string) bool { return strings.HasPrefix(m.b.key, prefix) }
