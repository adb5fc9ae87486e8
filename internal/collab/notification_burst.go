package collab

import (
	"cmp"
	"slices"
	"time"
)

const (
	// burstWindow is how long an unread notification takes in further changes. A low value fills the
	// lists of people who are away; with a high value, old and new changes share a line.
	burstWindow = 24 * time.Hour
	// MostActors bounds the people that a notification lists. The text counts those beyond the newest.
	MostActors = 100
	// MostActorsShown bounds the people that a client reads of them.
	MostActorsShown = 5
	// mostConflicts bounds the conflicts that a notification keeps, the newest of them.
	mostConflicts = 100
)

// A Burst is what the changes of one notification did to its entity.
type Burst struct {
	// Act is what all of them did; actMixed if they did different things.
	Act act `json:"act"`
	// Fields are the names of the fields that they changed, each once, in order.
	Fields []string `json:"fields,omitempty"`
	// Comments is how many of them are comments. Rows of older releases have 0.
	Comments int `json:"comments,omitempty"`
	// Records are the entities that a batch changed, each once, in order; nil if there was no batch.
	Records []ID `json:"records,omitempty"`
	// ConflictIDs are the conflicts of a CONFLICT, each once, in order. Rows of older releases have none.
	ConflictIDs []ID `json:"conflicts,omitempty"`
	// Nameless is the text without the name and the comment of the author of the newest change, which replaces it once that
	// person is erased. Rows of older releases may have none.
	Nameless *Nameless `json:"nameless,omitempty"`
}

// Nameless is a text of a notification that does not name the author of its newest change.
type Nameless struct {
	Title string `json:"title"`
	Body  string `json:"body"`
}

// An act is what a change did, as a verb of a sentence.
type act string

const (
	actChanged   act = "changed"
	actCommented act = "commented on"
	actDeleted   act = "deleted"
	actRestored  act = "restored"
	actMixed     act = "worked on" // stored only: no text has it

	actHandedOver act = "made you the owner of"
	actInvited    act = "invited you to"

	actGivenRole act = "changed your role"

	actResolved act = "resolved"
	// Of a CONFLICT, the act is whose edit was not applied: the person's own, or that of somebody else.
	actOwnEdit   act = "own"
	actOtherEdit act = "other"
)

// follow adds what earlier changes did to what the newest one did.
func (b *Burst) follow(earlier *Burst) *Burst {
	switch {
	case earlier == nil:
		return b
	case b == nil:
		return earlier
	}
	all := &Burst{
		Act: b.Act, Fields: union(earlier.Fields, b.Fields), Comments: earlier.Comments + b.Comments,
		Records: union(earlier.Records, b.Records), ConflictIDs: union(earlier.ConflictIDs, b.ConflictIDs),
	}
	all.ConflictIDs = all.ConflictIDs[max(0, len(all.ConflictIDs)-mostConflicts):]
	if b.Act != earlier.Act && (b.Act != actDeleted || len(all.Records) > 1) {
		all.Act = actMixed
	}
	return all
}

// CausedBy returns who caused the newest change. A person's own edit that met a conflict has the people whose changes it met as its actors.
func (n *Notification) CausedBy() *ID {
	if n.Burst != nil && n.Burst.Act == actOwnEdit {
		return &n.UserID
	}
	return n.ActorID
}

// ends reports whether a change was the deletion of its entity, or took that back.
func (b *Burst) ends() bool { return b.Act == actDeleted || b.Act == actRestored }

// union returns what either list has, each once, in order.
func union[T cmp.Ordered](a, b []T) []T {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// follow adds the changes of an earlier row to n, which is about one change. A row that was snoozed is unread again: what is
// new was not put off.
func (n *Notification) follow(row *Notification) {
	n.ID, n.Replaces, n.CreatedAt = row.ID, row.Cursor.Position, row.CreatedAt
	if row.Burst != nil && row.Burst.Act == actCommented {
		row.Burst.Comments = row.Count // as rows of older releases do not
	}
	n.Count += row.Count
	n.Burst = n.Burst.follow(row.Burst)
	n.addActors(row.ActorIDs)
}

// addActors adds people whom n does not have yet. Rows of older releases have the person themselves, whose edits met others.
func (n *Notification) addActors(ids []ID) {
	for _, id := range ids {
		if id != n.UserID && !slices.Contains(n.ActorIDs, id) && len(n.ActorIDs) < MostActors {
			n.ActorIDs = append(n.ActorIDs, id)
		}
	}
}
