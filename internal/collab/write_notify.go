package collab

import (
	"maps"
	"slices"
)

// A reason is why a change concerns one person, and the text that tells them.
type reason struct {
	kind   NotificationKind
	userID ID
	words  wording
	burst  *Burst // what the change did, for the words
	// isOwn notifies the person although they made the change.
	isOwn bool
	// isDetached leaves out the entity, so that people are told who may not see it.
	isDetached bool
	// met are the people whose changes the edit of the person met, of whom the notification tells instead of its author.
	met []ID
}

// A wording returns the title and the body of a notification, which has its Count, ActorIDs and Burst by then. by is the author of
// its newest change, or whose change met one of the person.
type wording func(n *Notification, by *Member) (title, body string)

// somebody stands for the author of a change in the text that is left when they are erased.
var somebody = &Member{User: &User{Name: "Somebody", Erased: true}}

// say sets the title and the body, and the text that remains when by is erased.
func (n *Notification) say(words wording, by *Member) {
	n.Title, n.Body = words(n, by)
	did := Burst{}
	if n.Burst != nil {
		did = *n.Burst // which the change's other notifications share
	}
	did.Nameless = &Nameless{}
	did.Nameless.Title, did.Nameless.Body = words(n, somebody)
	n.Burst = &did
}

// notify decides whom a change notifies, by reasons in the order of their importance: a person gets one
// notification for a change, for the first reason that applies. It leaves out who made the change, who may not
// see it, who was removed, and who wants no notification of that kind. A person who has an unread notification for that reason about
// the entity, younger than burstWindow, gets no second one: the first one grows.
//
// The result depends on the state, the change and the reasons alone, except for new ids.
func (st *State) notify(c *Change, reasons []reason) {
	decided := make(map[ID]bool)
	for _, r := range reasons {
		if decided[r.userID] || r.userID == c.ActorID && !r.isOwn {
			continue
		}
		decided[r.userID] = true
		if !st.mayNotify(c, r) {
			continue
		}
		st.add(c, r)
	}
}

// mayNotify reports whether the person may learn of the change by a reason.
func (st *State) mayNotify(c *Change, r reason) bool {
	person := st.Recipients[r.userID]
	switch {
	case person == nil:
		return false
	case c.AccessEffects != nil && c.AccessEffects.People[r.userID] == EffectGained:
		return true // also to somebody who comes back
	case person.Removed:
		return false
	}
	return r.isDetached || person.Role == RoleAdmin || admits(c.Audience, r.userID)
}

// add adds what notifies a person of the change, if they want it: to the notification that an earlier change of the batch has, if there
// is one.
func (st *State) add(c *Change, r reason) {
	channels, isMuted := st.Recipients[r.userID].channels(r.kind, c.OccurredAt)
	if len(channels) == 0 {
		return
	}
	by, ids := st.Actor, []ID{c.ActorID}
	if len(r.met) > 0 {
		by, ids = st.Recipients[r.met[0]].member(), slices.Clone(r.met)
	}
	n := &Notification{
		ID: NewID(prefixNotification, c.OccurredAt.Time), UserID: r.userID, Kind: r.kind,
		EntityType: &c.EntityType, EntityID: &c.EntityID, ActorID: &ids[0], ActorIDs: ids,
		Count: 1, Burst: r.burst, CreatedAt: c.OccurredAt, UpdatedAt: c.OccurredAt,
		IsElsewhere: !slices.Contains(channels, ChannelInApp), Channels: channels, IsMuted: isMuted,
	}
	if r.isDetached {
		n.EntityType, n.EntityID = nil, nil
	}
	if st.notices.merge(n, c.EntityID, r.words, by) {
		return
	}
	if row := st.growing(n); row != nil {
		n.follow(row)
	}
	n.say(r.words, by)
	c.Notifications = append(c.Notifications, n)
}

// growing returns the unread row that a notification makes larger, or nil: that of its batch, or the newest for its reason about its
// entity, or about the person's role. A batch makes no row larger that has MaxBatch entities when it begins, so no row has twice as many.
func (st *State) growing(n *Notification) *Notification {
	if row := st.notices.row(n); row != nil {
		return row
	}
	for _, row := range slices.Backward(st.Unread) {
		if row.key() == n.key() && row.isAbout(n.EntityID) && (st.notices == nil || row.RecordCount() < MaxBatch) {
			return row
		}
	}
	return nil
}

// isAbout reports whether the notification is about an entity, or, for nil, about the role of its person.
func (n *Notification) isAbout(entityID *ID) bool {
	if entityID == nil {
		return n.EntityID == nil && n.Burst != nil && n.Burst.Act == actGivenRole
	}
	return n.EntityID != nil && *n.EntityID == *entityID
}

// watchers are the people who watch the entity as e, in the order of their ids.
func (st *State) watchers(e Entity) (people []ID) {
	for _, id := range slices.Sorted(maps.Keys(st.Recipients)) {
		if WatchOf(id, e, st.Recipients[id].Watches) == WatchWatching {
			people = append(people, id)
		}
	}
	return people
}

// MaxCommentersNotified bounds the people whom a comment tells because they commented before, the latest of them. It notifies them
// while it is written.
const MaxCommentersNotified = 1000

// commenters are the people who commented on the entity, in the order of their ids.
func (st *State) commenters() (people []ID) {
	for _, id := range slices.Sorted(maps.Keys(st.Recipients)) {
		if st.Recipients[id].Commented {
			people = append(people, id)
		}
	}
	return people
}
