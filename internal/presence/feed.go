package presence

import (
	"context"

	"tandem/internal/collab"
)

// A Feed has the updates of a room for one subscriber.
type Feed struct {
	OrgID, UserID collab.ID // of the subscriber
	Updates       *Subscription
	// Moved reports whether the person belongs in another room now, for example because they may no longer
	// see the room's entity. The error is for the client.
	Moved func(context.Context) (bool, error)
	// Push passes an update to the execution, which renders it before the next one.
	Push func(*collab.PresenceUpdate)
	// OnAccessChange, if set, is called with each change of what the person may see or how others see
	// them, before Moved is called because of it; with nil when changes may have been missed. It must not
	// block.
	OnAccessChange func(*collab.Change)
	// Leave is called when the execution ends. clean reports whether the client or the server closed the
	// connection, rather than losing it.
	Leave func(clean bool)
}

// Person returns the ids of the subscriber's organization and person.
func (f *Feed) Person() (orgID, userID collab.ID) { return f.OrgID, f.UserID }

// AccessChanged makes Updates.Next return ErrAccessChanged. A nil change means that changes may have been missed,
// and that AccessChanged is not called again.
func (f *Feed) AccessChanged(change *collab.Change) {
	if f.OnAccessChange != nil {
		f.OnAccessChange(change)
	}
	f.Updates.accessChanged(change == nil)
}
