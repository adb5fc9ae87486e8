package collab

// A NotificationKind says why somebody is told.
type NotificationKind string

// The kinds of notifications.
const (
	NotifyMention       NotificationKind = "MENTION"
	NotifyComment       NotificationKind = "COMMENT"
	NotifyAssignment    NotificationKind = "ASSIGNMENT"
	NotifyConflict      NotificationKind = "CONFLICT"
	NotifyEntityDeleted NotificationKind = "ENTITY_DELETED"
	NotifyAccessChanged NotificationKind = "ACCESS_CHANGED"
)

// A Notification tells one person of a change that concerns them. It is
// committed with the change that caused it, and its cursor is that change's.
type Notification struct {
	ID         ID               `json:"id"`
	UserID     ID               `json:"userId"` // who is told
	Cursor     Cursor           `json:"cursor"`
	Kind       NotificationKind `json:"kind"`
	Title      string           `json:"title"`
	Body       string           `json:"body"`
	EntityType *EntityType      `json:"entityType"`
	EntityID   *ID              `json:"entityId"`
	ActorID    *ID              `json:"actorId"`
	CreatedAt  Time             `json:"createdAt"`
	ReadAt     *Time            `json:"readAt"`
}

// IsNode marks a Notification as a GraphQL Node.
func (*Notification) IsNode() {}

// Tells returns the notification of a person that the change may show them now,
// or nil: one of an entity that they may see, or are given to see by this very
// change, or one that is about no entity.
func (c *Change) Tells(scope Scope, userID ID) *Notification {
	n := c.NotificationOf(userID)
	if n == nil || n.EntityID == nil || scope.Sees(c) {
		return n
	}
	if c.Regards != nil && c.Regards.People[userID] == EffectGained {
		return n
	}
	return nil
}

// NotificationOf returns what the change tells a person, or nil.
func (c *Change) NotificationOf(userID ID) *Notification {
	for _, n := range c.Notifications {
		if n.UserID == userID {
			return n
		}
	}
	return nil
}

// LatelyTold is how many of a person's newest notifications to others are looked
// through for one that says the same already.
const LatelyTold = 200

// Told is who was told, and why.
type Told struct {
	UserID ID
	Kind   NotificationKind
}
