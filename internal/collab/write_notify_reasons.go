package collab

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"tandem/internal/english"
)

// fixed returns words of what the author of the newest change did. They do not depend on what came before.
func fixed(did, body string) wording {
	return func(_ *Notification, by *Member) (string, string) { return by.shortName() + " " + did, body }
}

// assigned are the reasons of a new owner and of new attendees.
func assigned(was Indexed, e Entity) (reasons []reason) {
	is := e.Indexed()
	if is.OwnerID != nil && (was.OwnerID == nil || *was.OwnerID != *is.OwnerID) {
		reasons = append(reasons, handedTo(*is.OwnerID, e, actHandedOver))
	}
	for _, id := range is.AttendeeIDs {
		if !slices.Contains(was.AttendeeIDs, id) {
			reasons = append(reasons, handedTo(id, e, actInvited))
		}
	}
	return reasons
}

// handedTo is the reason of a person who owns e from now on, or attends it.
func handedTo(id ID, e Entity, did act) reason {
	return reason{kind: NotifyAssignment, userID: id, burst: &Burst{Act: did}, words: func(n *Notification, by *Member) (string, string) {
		if n.RecordCount() > 1 && n.Burst.Act == actMixed {
			return fmt.Sprintf("%s assigned you %s", n.by(by), n.things(e)), n.names(e)
		}
		return fmt.Sprintf("%s %s %s", n.by(by), did, n.things(e)), n.names(e)
	}}
}

// givenRole is the reason of a person who has a role from now on. Several changes of it are one notification, which states the newest.
func givenRole(id ID, role Role) reason {
	return reason{kind: NotifyAccessChanged, userID: id, isDetached: true, burst: &Burst{Act: actGivenRole}, words: func(n *Notification, by *Member) (string, string) {
		title := n.by(by) + " changed your role"
		if n.Count > 1 {
			title += " " + english.Times(n.Count)
		}
		return title, fmt.Sprintf("You became %s.", role.one())
	}}
}

// lost are the reasons of the people who may no longer see the entity, which was before until now. They do not name it. An
// admin among them still sees it, so the text is true for admins too.
func (st *State) lost(c *Change, before Entity) (reasons []reason) {
	if c.AccessEffects == nil {
		return nil
	}
	words := func(n *Notification, by *Member) (string, string) {
		title := fmt.Sprintf("%s no longer shares %s with you", by.shortName(), n.things(before))
		if n.RecordCount() > 1 {
			return title, "Only their creators, their owners, admins and people they are shared with can see them now."
		}
		return title, "Only its creator, its owner, admins and people it is shared with can see it now."
	}
	for _, id := range slices.Sorted(maps.Keys(st.Recipients)) {
		if c.AccessEffects.People[id] == EffectLost || c.AccessEffects.Others == EffectLost && st.misses(id, before, c.Audience) {
			reasons = append(reasons, reason{kind: NotifyAccessChanged, userID: id, isDetached: true, words: words})
		}
	}
	return reasons
}

// misses reports whether an entity that is hidden from all but an audience concerned somebody outside of it: they owned it,
// were invited to it, or watched it.
func (st *State) misses(id ID, before Entity, audience []ID) bool {
	person, was := st.Recipients[id], before.Indexed()
	if person.Role == RoleAdmin || admits(audience, id) {
		return false
	}
	owned := was.OwnerID != nil && *was.OwnerID == id
	return owned || slices.Contains(was.AttendeeIDs, id) || WatchOf(id, before, person.Watches) == WatchWatching
}

// deleted are the reasons of the owner and the attendees.
func deleted(e Entity) (reasons []reason) {
	b := e.Indexed()
	people := b.AttendeeIDs
	if b.OwnerID != nil {
		people = append([]ID{*b.OwnerID}, people...)
	}
	words := fixed("deleted "+typeOf(e).one(), shortNameOf(e))
	for _, id := range people {
		reasons = append(reasons, reason{kind: NotifyEntityDeleted, userID: id, words: words})
	}
	return reasons
}

// commented are the reasons of the people whom a comment mentions, and of the owner, the creator and
// those who commented before.
func (st *State) commented(e Entity, comment *Comment) (reasons []reason) {
	body := english.Excerpt(comment.Body, excerptLength)
	mention := func(n *Notification, by *Member) (string, string) {
		text := shortNameOf(e) + ": " + english.Isolated(by.wrote(body))
		if n.Count > 1 {
			return fmt.Sprintf("%s mentioned you %s", n.by(by), english.Times(n.Count)), text
		}
		return by.shortName() + " mentioned you", text
	}
	for _, id := range comment.MentionIDs {
		reasons = append(reasons, reason{kind: NotifyMention, userID: id, words: mention})
	}
	people := st.commenters()
	if owner := e.Indexed().OwnerID; owner != nil {
		people = append(people, *owner)
	}
	words := func(n *Notification, by *Member) (string, string) { return n.commented(by, e), by.wrote(body) }
	for _, id := range append(people, e.Common().CreatedBy) {
		reasons = append(reasons, reason{kind: NotifyComment, userID: id, words: words})
	}
	return append(reasons, st.watched(e, body, &Burst{Act: actCommented, Comments: 1})...)
}

// collided are the reasons of both sides of a conflict: the person who made the edit, and the others
// who changed the same fields last.
func (st *State) collided(actor *Member, e Entity, conflict *Conflict) []reason {
	fields, ids := conflict.fieldNames(), []ID{conflict.ID}
	own, others := &Burst{Act: actOwnEdit, Fields: fields, ConflictIDs: ids}, &Burst{Act: actOtherEdit, Fields: fields, ConflictIDs: ids}
	met := st.met(actor, conflict)
	reasons := []reason{{kind: NotifyConflict, userID: actor.User.ID, isOwn: true, burst: own, met: met, words: func(n *Notification, by *Member) (string, string) {
		switch {
		case len(met) == 0 && n.Count > 1:
			return fmt.Sprintf("%d of your changes conflict with other changes", n.Count), n.disputed(e)
		case len(met) == 0:
			return "Your change conflicts with another one", n.disputed(e)
		case n.Count > 1:
			return fmt.Sprintf("%d of your changes conflict with changes by %s", n.Count, n.byWithin(by)), n.disputed(e)
		}
		return "Your change conflicts with one by " + n.byWithin(by), n.disputed(e)
	}}}
	words := func(n *Notification, by *Member) (string, string) {
		if n.Count > 1 {
			return fmt.Sprintf("%d changes by %s conflict with yours", n.Count, n.byWithin(by)), n.disputed(e)
		}
		return fmt.Sprintf("A change by %s conflicts with yours", n.byWithin(by)), n.disputed(e)
	}
	for _, id := range met {
		reasons = append(reasons, reason{kind: NotifyConflict, userID: id, burst: others, words: words})
	}
	return reasons
}

// met are the people other than the actor who changed the fields of a conflict last, each once, in the order of the fields.
func (st *State) met(actor *Member, conflict *Conflict) (people []ID) {
	for _, f := range conflict.Fields {
		last := lastChange(st.Since, f.Field, actor.User.ID)
		if last != nil && st.Recipients[last.authorID] != nil && !slices.Contains(people, last.authorID) {
			people = append(people, last.authorID)
		}
	}
	return people
}

// resolved are the reasons of both sides of a conflict that ended; nil for an edit that ends none.
func (r *resolving) resolved(e Entity) (reasons []reason) {
	if r == nil {
		return nil
	}
	words := func(n *Notification, by *Member) (string, string) {
		if n.Count > 1 {
			return fmt.Sprintf("%s resolved %d conflicts", n.by(by), n.Count), n.disputed(e)
		}
		return by.shortName() + " resolved a conflict", n.disputed(e)
	}
	did := &Burst{Act: actResolved, Fields: r.conflict.fieldNames()}
	for _, id := range r.conflict.sides() {
		reasons = append(reasons, reason{kind: NotifyConflictResolved, userID: id, burst: did, words: words})
	}
	return reasons
}

// watched are the reasons of the people who watch e, which the change leaves. comment is the beginning of its comment, if it is one.
func (st *State) watched(e Entity, comment string, did *Burst) (reasons []reason) {
	words := func(n *Notification, by *Member) (string, string) {
		newest := strings.Join([]string{by.shortName(), string(did.Act), shortNameOf(e)}, " ")
		of := shortNameOf(e)
		if n.RecordCount() > 1 {
			of = n.things(e)
		}
		switch {
		case did.ends() && n.Burst.Act == did.Act && n.RecordCount() == 1:
			return newest, ""
		case did.ends():
			return n.changes(by, of), newest
		case n.RecordCount() > 1:
			return n.changes(by, of), n.names(e)
		case n.Burst.Act == actCommented:
			return n.commented(by, e), by.wrote(comment)
		default:
			return n.changes(by, of), n.Burst.summary(by.wrote(comment))
		}
	}
	for _, id := range st.watchers(e) {
		reasons = append(reasons, reason{kind: NotifyWatched, userID: id, words: words, burst: did})
	}
	return reasons
}
