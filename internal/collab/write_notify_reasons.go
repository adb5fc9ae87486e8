package collab

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// excerptLength bounds how much of a comment a notification repeats, in characters.
const excerptLength = 200

// fixed returns a title that does not depend on what came before.
func fixed(title string) func(*Notification) string {
	return func(*Notification) string { return title }
}

// ofAll returns a title that names everybody who caused the burst.
func ofAll(actor *Member, predicate string) func(*Notification) string {
	return func(n *Notification) string { return n.by(actor.User.Name) + " " + predicate }
}

// assigned are the reasons of a new owner and of new attendees.
func assigned(actor *Member, was Indexed, e Entity) (reasons []reason) {
	is, one := e.Indexed(), typeOf(e).one()
	if is.OwnerID != nil && (was.OwnerID == nil || *was.OwnerID != *is.OwnerID) {
		reasons = append(reasons, reason{kind: NotifyAssignment, userID: *is.OwnerID,
			title: fixed(actor.User.Name + " made you the owner of " + one), body: e.DisplayName()})
	}
	for _, id := range is.AttendeeIDs {
		if !slices.Contains(was.AttendeeIDs, id) {
			reasons = append(reasons, reason{kind: NotifyAssignment, userID: id,
				title: fixed(actor.User.Name + " invited you to " + one), body: e.DisplayName()})
		}
	}
	return reasons
}

// lost are the reasons of the people who may no longer see the entity, which was before until now. They do not name it. An
// admin among them still sees it, so the text is true for admins too.
func (st *State) lost(c *Change, before Entity, actor *Member) (reasons []reason) {
	if c.AccessEffects == nil {
		return nil
	}
	for _, id := range slices.Sorted(maps.Keys(st.Recipients)) {
		if c.AccessEffects.People[id] == EffectLost || c.AccessEffects.Others == EffectLost && st.misses(id, before, c.Audience) {
			reasons = append(reasons, reason{kind: NotifyAccessChanged, userID: id, isDetached: true,
				title: fixed(fmt.Sprintf("%s no longer shares %s with you", actor.User.Name, c.EntityType.one())),
				body:  "Only its creator, its owner, admins and people it is shared with see it now."})
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
func deleted(actor *Member, e Entity) (reasons []reason) {
	b := e.Indexed()
	people := b.AttendeeIDs
	if b.OwnerID != nil {
		people = append([]ID{*b.OwnerID}, people...)
	}
	for _, id := range people {
		reasons = append(reasons, reason{kind: NotifyEntityDeleted, userID: id,
			title: fixed(actor.User.Name + " deleted " + typeOf(e).one()), body: e.DisplayName()})
	}
	return reasons
}

// commented are the reasons of the people whom a comment mentions, and of the owner, the creator and
// those who commented before.
func (st *State) commented(actor *Member, e Entity, comment *Comment) (reasons []reason) {
	body := excerpt(comment.Body)
	for _, id := range comment.MentionIDs {
		reasons = append(reasons, reason{kind: NotifyMention, userID: id, title: ofAll(actor, "mentioned you"), body: e.DisplayName() + ": " + body})
	}
	people := st.commenters()
	if owner := e.Indexed().OwnerID; owner != nil {
		people = append(people, *owner)
	}
	for _, id := range append(people, e.Common().CreatedBy) {
		reasons = append(reasons, reason{kind: NotifyComment, userID: id, title: ofAll(actor, "commented on "+e.DisplayName()), body: body})
	}
	return append(reasons, st.watched(actor, e, body, &Burst{Act: actCommented})...)
}

// collided are the reasons of both sides of a conflict: the person who made the edit, and the others
// who changed the same fields last.
func collided(actor *Member, e Entity, conflict *Conflict, since []*Change) []reason {
	body := e.DisplayName() + ": " + enumerateFields(conflict.fieldNames())
	reasons := []reason{{kind: NotifyConflict, userID: actor.User.ID, isOwn: true, body: body, title: func(n *Notification) string {
		if n.Count > 1 {
			return "Your changes conflict with others"
		}
		return "Your change conflicts with another one"
	}}}
	for _, f := range conflict.Fields {
		if last := lastChange(since, f.Field, actor.User.ID); last != nil {
			reasons = append(reasons, reason{kind: NotifyConflict, userID: last.authorID, body: body, title: func(n *Notification) string {
				switch {
				case n.Count == 1:
					return actor.User.Name + "'s change conflicts with yours"
				case len(n.ActorIDs) == 1:
					return actor.User.Name + "'s changes conflict with yours"
				}
				return "Changes of " + n.by(actor.User.Name) + " conflict with yours"
			}})
		}
	}
	return reasons
}

// resolved are the reasons of both sides of a conflict that ended; nil for an edit that ends none.
func (r *resolving) resolved(actor *Member, e Entity) (reasons []reason) {
	if r == nil {
		return nil
	}
	body := e.DisplayName() + ": " + enumerateFields(r.conflict.fieldNames())
	for _, id := range r.conflict.sides() {
		reasons = append(reasons, reason{kind: NotifyConflictResolved, userID: id, title: fixed(actor.User.Name + " resolved a conflict"), body: body})
	}
	return reasons
}

// watched are the reasons of the people who watch e, which the change leaves.
func (st *State) watched(actor *Member, e Entity, body string, did *Burst) (reasons []reason) {
	title := func(n *Notification) string {
		switch did := n.Burst; did.Act {
		case actDeleted, actRestored:
			return strings.Join([]string{actor.User.Name, string(did.Act), e.DisplayName()}, " ")
		case actChanged:
			return fmt.Sprintf("%s changed %s of %s", n.by(actor.User.Name), fields(len(did.Fields)), e.DisplayName())
		default:
			return strings.Join([]string{n.by(actor.User.Name), string(did.Act), e.DisplayName()}, " ")
		}
	}
	for _, id := range st.watchers(e) {
		reasons = append(reasons, reason{kind: NotifyWatched, userID: id, title: title, body: body, burst: did})
	}
	return reasons
}

// fields is a number of fields in words.
func fields(number int) string {
	if number == 1 {
		return "1 field"
	}
	return fmt.Sprint(number, " fields")
}

// excerpt returns the beginning of a text.
func excerpt(text string) string {
	if runes := []rune(text); len(runes) > excerptLength {
		return string(runes[:excerptLength]) + "…"
	}
	return text
}
