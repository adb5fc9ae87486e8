package collab

import (
	"fmt"
	"maps"
	"slices"
)

// excerptLength bounds how much of a comment a notification repeats, in characters.
const excerptLength = 200

// notify adds a notification of the change to userID. A person is told once of
// a change, for the reason that comes first.
func (c *Change) notify(kind NotificationKind, userID ID, title, body string) {
	told := func(n *Notification) bool { return n.UserID == userID }
	if slices.ContainsFunc(c.Notifications, told) {
		return
	}
	c.Notifications = append(c.Notifications, &Notification{
		ID: NewID(prefixNotification, c.OccurredAt.Time), UserID: userID, Kind: kind, Title: title, Body: body,
		EntityType: &c.EntityType, EntityID: &c.EntityID, ActorID: &c.ActorID, CreatedAt: c.OccurredAt,
	})
}

// notifyOther is notify for anybody but the actor.
func (c *Change) notifyOther(kind NotificationKind, userID ID, title, body string) {
	if userID != c.ActorID {
		c.notify(kind, userID, title, body)
	}
}

// notifyAssigned tells a new owner and new attendees.
func (c *Change) notifyAssigned(actor *Member, was Belongings, e Entity) {
	is := e.Belongings()
	if is.OwnerID != nil && (was.OwnerID == nil || *was.OwnerID != *is.OwnerID) {
		c.notifyOther(NotifyAssignment, *is.OwnerID,
			fmt.Sprintf("%s made you the owner of a %s", actor.User.Name, c.EntityType.noun()), e.DisplayName())
	}
	for _, id := range is.AttendeeIDs {
		if !slices.Contains(was.AttendeeIDs, id) {
			c.notifyOther(NotifyAssignment, id, actor.User.Name+" invited you to a meeting", e.DisplayName())
		}
	}
}

// notifyLost tells those who may no longer see the entity, without saying which
// it was. An admin among them sees it all the same, so the words hold for admins too.
func (c *Change) notifyLost(actor *Member) {
	if c.Regards == nil {
		return
	}
	for _, id := range slices.Sorted(maps.Keys(c.Regards.People)) {
		if c.Regards.People[id] == EffectLost {
			c.notifyOther(NotifyAccessChanged, id,
				fmt.Sprintf("%s no longer shares a %s with you", actor.User.Name, c.EntityType.noun()),
				"Only its creator, its owner, admins and people it is shared with see it now.")
			c.disown(id)
		}
	}
}

// disown has the notification of a person name no entity, so that it is shown
// to somebody who may not see that.
func (c *Change) disown(userID ID) {
	if n := c.NotificationOf(userID); n != nil {
		n.EntityType, n.EntityID = nil, nil
	}
}

// notifyDeleted tells the owner and the attendees.
func (c *Change) notifyDeleted(actor *Member, e Entity) {
	b := e.Belongings()
	people := b.AttendeeIDs
	if b.OwnerID != nil {
		people = append([]ID{*b.OwnerID}, people...)
	}
	for _, id := range people {
		c.notifyOther(NotifyEntityDeleted, id,
			fmt.Sprintf("%s deleted a %s", actor.User.Name, c.EntityType.noun()), e.DisplayName())
	}
}

// notifyComment tells whom the comment mentions, and the owner of the entity,
// or who created it where nobody owns it.
func (c *Change) notifyComment(actor *Member, e Entity, comment *Comment) {
	body := e.DisplayName() + ": " + excerpt(comment.Body)
	for _, id := range comment.MentionIDs {
		c.notifyOther(NotifyMention, id, actor.User.Name+" mentioned you", body)
	}
	keeper := e.Common().CreatedBy
	if owner := e.Belongings().OwnerID; owner != nil {
		keeper = *owner
	}
	c.notifyOther(NotifyComment, keeper, actor.User.Name+" commented", body)
}

// notifyConflict tells both sides: who made the edit, and which others changed the
// same fields last.
func (c *Change) notifyConflict(actor *Member, e Entity, conflict *Conflict, since []*Change) {
	names := make([]string, len(conflict.Fields))
	for i, f := range conflict.Fields {
		names[i] = f.Field
	}
	body := e.DisplayName() + ": " + enumerate(names)
	c.notify(NotifyConflict, actor.User.ID, "Your change conflicts with another one", body)
	for _, f := range conflict.Fields {
		if last := lastChange(since, f.Field, actor.User.ID); last != nil {
			c.notify(NotifyConflict, last.authorID, actor.User.Name+"'s change conflicts with yours", body)
		}
	}
}

// untold takes out what people were told already and did not read, so that an edit that
// is made over and over, or meets the same conflict, fills nobody's list.
func (c *Change) untold(unread []Told) {
	c.Notifications = slices.DeleteFunc(c.Notifications, func(n *Notification) bool {
		repeats := n.Kind == NotifyConflict || n.Kind == NotifyAssignment
		return repeats && slices.Contains(unread, Told{n.UserID, n.Kind})
	})
}

// excerpt returns the beginning of a text.
func excerpt(text string) string {
	if runes := []rune(text); len(runes) > excerptLength {
		return string(runes[:excerptLength]) + "…"
	}
	return text
}
