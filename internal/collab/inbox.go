package collab

import (
	"context"
	"math"
	"time"
)

const (
	// maxInboxChanges bounds the notifications, and the ids, that one InboxChange lists.
	maxInboxChanges = 100
	// maxSnooze is the longest time for which a notification can be snoozed.
	maxSnooze = 366 * 24 * time.Hour
)

// An InboxMark is how far somebody has followed an inbox: its notifications up to a position of the log, its
// marks up to a revision, and the ends of snoozes up to a time.
type InboxMark struct {
	Position int64
	Revision int64
	At       Time
}

// NoBound is the position after all positions.
const NoBound = math.MaxInt64

// An InboxPlace is the newest change of a person's inbox, among all of the organization.
type InboxPlace struct {
	Sequence int64 // several inboxes that one erasure changed have the same
	UserID   ID
}

// An InboxQuery asks what happened to a person's inbox.
type InboxQuery struct {
	UserID ID
	// All is the All of the person's scope.
	All bool
	// Since is nil for the inbox as it is, without Changed.
	Since *InboxMark
	// Access is an entity that the person may or may not see any more; "" for several. It asks for Removed, and with Since
	// adds the notifications about that one entity to Changed.
	Access *ID
}

// MaxUnreadCount is where counting stops: it means that many unread notifications, or more.
const MaxUnreadCount = 1000

// An Inbox is a person's inbox in one state.
type Inbox struct {
	Mark InboxMark
	// Unread is how many notifications are unread, up to MaxUnreadCount.
	Unread int
	// Changed are the notifications that changed after InboxQuery.Since, the newest first: new ones, those that
	// grew, were marked or snoozed, those whose snooze ended, and those that the person sees again.
	Changed []*Notification
	// Removed are the ids of notifications about entities that the person does not see now.
	Removed []ID
	// Wakes is when the next snooze ends; nil if none does.
	Wakes *Time
}

// An InboxChange is one change of a person's inbox, for their clients.
type InboxChange struct {
	UnreadCount int
	Changed     []*Notification
	Removed     []ID
	Truncated   bool
}

// IsSnoozed reports whether the notification does not count as unread until later.
func (n *Notification) IsSnoozed(now Time) bool {
	return n.SnoozedUntil != nil && now.Before(n.SnoozedUntil.Time)
}

// CameAt returns when the notification came to the inbox last: when it was new or grew, or when its snooze ended.
func (n *Notification) CameAt() Time {
	if n.SnoozedUntil != nil && n.SnoozedUntil.After(n.UpdatedAt.Time) {
		return *n.SnoozedUntil
	}
	return n.UpdatedAt
}

// Change returns what to send of the inbox.
func (i *Inbox) Change() *InboxChange {
	c := &InboxChange{UnreadCount: i.Unread, Changed: i.Changed, Removed: i.Removed}
	if len(c.Changed) > maxInboxChanges {
		c.Changed, c.Truncated = c.Changed[:maxInboxChanges], true
	}
	if len(c.Removed) > maxInboxChanges {
		c.Removed, c.Truncated = c.Removed[:maxInboxChanges], true
	}
	return c
}

// MarkNotificationsUnread makes the viewer's notifications unread again, and ends their snoozes. It returns how many
// that changed.
func (s *Service) MarkNotificationsUnread(ctx context.Context, v *Viewer, ids []ID) (int, error) {
	changed, err := s.store.MarkUnread(ctx, v.Scope(), v.User.ID, ids, NoBound, nil, At(s.now()))
	s.marked(ctx, v, changed, err)
	return changed, err
}

// SnoozeNotifications takes the viewer's notifications, as they were at asOf if that is given, out of the unread ones until a time, at which they are unread
// again and pushed. It returns how many that changed. The error is BadInput for a time that is not in the coming year.
func (s *Service) SnoozeNotifications(ctx context.Context, v *Viewer, ids []ID, until Time, asOf *Cursor) (int, error) {
	now := At(s.now())
	if wait := until.Sub(now.Time); wait <= 0 || wait > maxSnooze {
		return 0, Errorf(BadInput, "until must be in the future, and at most 366 days from now")
	}
	seen, err := s.positionOf(ctx, v, asOf, NoBound)
	if err != nil {
		return 0, err
	}
	changed, err := s.store.MarkUnread(ctx, v.Scope(), v.User.ID, ids, seen, &until, now)
	s.marked(ctx, v, changed, err)
	return changed, err
}

// SnoozedUntil returns when the snooze of a notification ends; nil if it is not snoozed.
func (s *Service) SnoozedUntil(n *Notification) *Time {
	if n.IsSnoozed(At(s.now())) {
		return n.SnoozedUntil
	}
	return nil
}

// CameAt returns when a notification came last: at its newest change while it is snoozed, otherwise as Notification.CameAt.
func (s *Service) CameAt(n *Notification) Time {
	if n.IsSnoozed(At(s.now())) {
		return n.UpdatedAt
	}
	return n.CameAt()
}
