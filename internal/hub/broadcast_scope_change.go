package hub

import (
	"errors"
	"strings"

	"tandem/internal/collab"
)

// ErrScopeChanged interrupts a member when its person's access may have changed. The subscriber identifies the
// person again, and resumes after the member's cursor, or keeps the member if scope and standing are
// unchanged.
var ErrScopeChanged = errors.New("what the person may see has changed")

// ErrAccessLost ends a subscription to one entity that the person may no longer see.
var ErrAccessLost = collab.Errorf(collab.Forbidden, "you may no longer see this")

var errNoChanges = errors.New("the resolver of a shared subscription connected no feed of changes; mark its field @perConnection")

// maxScopeChanges bounds the changes of access that a broadcast keeps. A member that is further
// behind reads them from the log.
const maxScopeChanges = 64

// A scopeChange is a change of access that a broadcast has met.
type scopeChange struct {
	change   *collab.Change
	leavesAt int64 // the position at which affected members leave
	// outdates means that the broadcast's execution is outdated: all members leave, including those
	// that joined after the change but before the broadcast met it.
	outdates bool
}

// leavesAt returns the position at which members leave because of a change that a source has just
// yielded: before the change, and before the first part of every coalesced change that is still to
// come.
func leavesAt(change *collab.Change, s source) int64 {
	return min(change.Cursor.Position-1, s.reached().Position)
}

// changeScopes detaches the members whose access a change affects, before it delivers the change.
// They have all events before it, and resubscribe under their new scope: so a person gets the
// change that gives them access, and never one that takes it away.
func (b *broadcast) changeScopes(change *collab.Change) {
	outdates := b.outdated(change)
	if outdates {
		b.all.forget(b) // first, so that no detached member comes back to it
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	left := leavesAt(change, b.source)
	b.scopesMetAt = change.Cursor.Position
	if change.Erases() || b.altersRenders(change) {
		b.dropKept()
	}
	b.scopeChanges = append(b.scopeChanges, scopeChange{change, left, outdates})
	if drop := len(b.scopeChanges) - maxScopeChanges; drop > 0 {
		b.floor = max(b.floor, b.scopeChanges[drop-1].change.Cursor.Position)
		b.scopeChanges = b.scopeChanges[drop:]
	}
	for i := len(b.live) - 1; i >= 0; i-- { // backwards, since a detached member leaves the list
		m := b.live[i]
		m.advance(left)
		if outdates || m.affectedBy(change) {
			b.removeLive(m)
			m.sink.Resume()
		}
	}
	if b.moved != nil {
		close(b.moved)
		b.moved = nil
	}
}

// dropKept drops the kept events, because they may show more than they would now: they were rendered before a person was
// erased, or before a nested entity was hidden. Members that are behind render them again. b.mu is held.
func (b *broadcast) dropKept() {
	b.drop(func() bool { return true })
}

// altersRenders reports whether a change may alter what the execution shows of the entities within an event: it affects
// everybody, or the only person among the members. b.mu is held.
func (b *broadcast) altersRenders(change *collab.Change) bool {
	return change.Cursor.Position > b.scopeCheckedAt && (change.AccessEffects.Others != "" || !b.several && change.EffectOn(b.user, "") != "")
}

// aloneTo returns the position up to which a member renders events for itself: to the newest change that concerns its
// person, and to the newest change of access that this instance knows if the broadcast has not met that one yet. b.mu is held.
func (b *broadcast) aloneTo(m *Member) int64 {
	alone := b.all.hub.lastConcern(b.feed, m.user, m.cursor)
	if at := b.all.hub.newestAccessChange(b.feed.OrgID); at > max(b.scopeCheckedAt, b.scopesMetAt) {
		return max(alone, at)
	}
	return alone
}

// applyAccessChange counts a change of access that a ring got, and invalidates the caches: a change
// that was read from the log has not been announced. It is called within mutate.
func (h *Hub) applyAccessChange(change *collab.Change) {
	h.accessChanges.Add(1)
	h.caches.InvalidateCaches(change)
}

// begin starts the execution, and records the position up to which it knows all changes of access. If one
// happens meanwhile in its organization, begin starts again. The organization is unknown before the first
// start.
func (b *broadcast) begin() error {
	var orgID collab.ID
	for {
		var feed Feed
		before := b.all.hub.accessVersion(orgID)
		execution, err := b.start(&feed)
		if err != nil {
			return err
		}
		if feed.changes == nil {
			execution.Close()
			return errNoChanges
		}
		b.feed, b.execution, b.scopeCheckedAt = feed.changes, execution, b.all.hub.ringHead(feed.changes.OrgID)
		b.operation = feed.Operation
		if b.all.hub.accessVersion(orgID) == before {
			return nil
		}
		execution.Close()
		orgID = feed.changes.OrgID
	}
}

// accessVersion returns a number that changes with each change of access in a followed
// organization, or in any if orgID is "".
func (h *Hub) accessVersion(orgID collab.ID) int64 {
	if orgID == "" {
		return h.accessChanges.Load()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if r := h.rings[orgID]; r != nil {
		return r.lastAccessChange()
	}
	return 0
}

// newestAccessChange returns the position of the newest change of access in an organization that this instance has
// received or that was announced to it, or 0.
func (h *Hub) newestAccessChange(orgID collab.ID) int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	if r := h.rings[orgID]; r != nil {
		return r.newestAccessChange()
	}
	return 0
}

// outdated reports whether the change may alter what the execution read when it began, such as whether its
// entity is hidden: the change affects everybody, or the only person among the members.
func (b *broadcast) outdated(change *collab.Change) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.feed.Depends && b.altersRenders(change)
}

// affectedBy reports whether the change alters what the member's person may see or do. The scope
// already includes changes from before the member joined.
func (m *Member) affectedBy(change *collab.Change) bool {
	return change.AccessEffects != nil && change.Cursor.Position > m.past.scopeCheckedAt && change.EffectOn(m.user, "") != ""
}

// nextScopeChange returns the first change that outdates the broadcast, or affects the member and
// is not included in its scope yet; nil if there is none. It may be before the member's cursor: a
// change that the member passed over still counts. b.mu is held.
func (b *broadcast) nextScopeChange(m *Member) *scopeChange {
	for i := range b.scopeChanges {
		if b.scopeChanges[i].outdates || m.affectedBy(b.scopeChanges[i].change) {
			return &b.scopeChanges[i]
		}
	}
	return nil
}

// Stay lets an interrupted member continue with everything that it has read. The subscriber calls Stay, and then
// checks that scope and standing are unchanged. Stay reports false for a member that has to begin again
// because its execution depends on more than those.
func (m *Member) Stay() bool {
	if m.b.feed.Depends {
		return false
	}
	m.b.mu.Lock()
	defer m.b.mu.Unlock()
	m.identified()
	m.aloneTo = m.b.aloneTo(m)
	m.past.known = nil // it is from before
	return true
}

// identified records that the person's scope includes all changes of access up to the ring's head, and what the person may
// see includes the announced ones too. b.mu is held.
func (m *Member) identified() {
	hub, orgID := m.b.all.hub, m.b.feed.OrgID
	m.past.scopeCheckedAt = max(m.past.scopeCheckedAt, hub.ringHead(orgID))
	m.past.end = max(m.past.end, m.past.scopeCheckedAt, hub.newestAccessChange(orgID))
}

// HasKeyPrefix reports whether the key of the member's broadcast has a prefix.
func (m *Member) HasKeyPrefix(prefix string) bool { return strings.HasPrefix(m.b.key, prefix) }
