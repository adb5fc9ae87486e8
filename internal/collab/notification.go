package collab

// A NotificationKind is the reason for a notification.
type NotificationKind string

// The kinds of notifications.
const (
	NotifyMention          NotificationKind = "MENTION"
	NotifyComment          NotificationKind = "COMMENT"
	NotifyAssignment       NotificationKind = "ASSIGNMENT"
	NotifyConflict         NotificationKind = "CONFLICT"
	NotifyConflictResolved NotificationKind = "CONFLICT_RESOLVED"
	NotifyEntityDeleted    NotificationKind = "ENTITY_DELETED"
	NotifyAccessChanged    NotificationKind = "ACCESS_CHANGED"
	NotifyWatched          NotificationKind = "WATCHED"
)

// IsUrgent reports whether a notification concerns the person themselves, and not only what they follow.
func (k NotificationKind) IsUrgent() bool { return k != NotifyWatched && k != NotifyEntityDeleted }

// IsUrgent reports whether a notification concerns its person themselves, and is not of a loss of access. Each loss is a line of its own, so
// that the losses of one record, given and taken over and over, would fill a queue.
func (n *Notification) IsUrgent() bool {
	isLoss := n.Kind == NotifyAccessChanged && n.EntityID == nil && !n.isAbout(nil)
	return n.Kind.IsUrgent() && !isLoss
}

// A Notification notifies one person about a change that concerns them. It is committed with the
// change that caused it, and its cursor is that change's. A burst of changes has one notification,
// which moves to the cursor of the newest of them.
type Notification struct {
	ID         ID               `json:"id"`
	UserID     ID               `json:"userId"` // who is told
	Cursor     Cursor           `json:"cursor"`
	Kind       NotificationKind `json:"kind"`
	Title      string           `json:"title"`
	Body       string           `json:"body"`
	EntityType *EntityType      `json:"entityType"`
	EntityID   *ID              `json:"entityId"`
	// ActorIDs are the people whom the title names or counts, each once, the newest first, at most MostActors: all who caused a change,
	// or for the person's own edit that met a conflict, all whose changes it met. ActorID is the newest of them.
	ActorID  *ID  `json:"actorId"`
	ActorIDs []ID `json:"actorIds"`
	// Count is the number of changes that it stands for.
	Count int `json:"count"`
	// Burst is what they did; nil if the kind says enough.
	Burst *Burst `json:"burst,omitempty"`
	// CreatedAt is the time of the first change, UpdatedAt that of the newest.
	CreatedAt    Time  `json:"createdAt"`
	UpdatedAt    Time  `json:"updatedAt"`
	ReadAt       *Time `json:"readAt"`
	SnoozedUntil *Time `json:"snoozedUntil"`
	// IsElsewhere is set if the notification is not in the inbox: it reaches its person on other channels only.
	IsElsewhere bool `json:"isElsewhere,omitempty"`
	// Replaces is the position of the row in whose place the notification comes, when it grew; 0 for a new row. Stores set it
	// in no notification that they read.
	Replaces int64 `json:"-"`
	// Channels are those on which the notification reaches its person, when the write that makes it is recorded. No store
	// keeps them.
	Channels []NotificationChannel `json:"-"`
	// IsMuted is set, like Channels, if the person has muted all that the write changed.
	IsMuted bool `json:"-"`
}

// Complete fills in what rows of older releases lack, before the rest of a row is decoded. updatedAt is
// nil in such a row.
func (n *Notification) Complete(updatedAt *Time) {
	n.UpdatedAt = n.CreatedAt
	if updatedAt != nil {
		n.UpdatedAt = *updatedAt
	}
	if n.ActorID != nil {
		n.ActorIDs = []ID{*n.ActorID}
	}
}

// IsNode marks a Notification as a GraphQL Node.
func (*Notification) IsNode() {}

// Shows returns the notification that the change may show a person now, or nil. It may show a
// notification about an entity that they may see, or get access to by this very change, or a
// notification about no entity.
func (c *Change) Shows(scope Scope, userID ID) *Notification {
	n := c.NotificationOf(userID)
	if n != nil && n.IsElsewhere {
		return nil
	}
	if n == nil || n.EntityID == nil || scope.Sees(c) {
		return n
	}
	if c.AccessEffects != nil && c.AccessEffects.People[userID] == EffectGained {
		return n
	}
	return nil
}

// NotificationOf returns the change's notification for a person, or nil.
func (c *Change) NotificationOf(userID ID) *Notification {
	for _, n := range c.Notifications {
		if n.UserID == userID {
			return n
		}
	}
	return nil
}
