package collab

import (
	"context"
	"time"
)

// How long a presence lasts, and how often it is renewed.
const (
	// PresenceTTL is how long a client is present after a beat. Shorter, and a
	// slow network makes people flicker; longer, and the dead stay in the room.
	PresenceTTL = 30 * time.Second
	// PresenceBeat is how often an instance beats for its open connections.
	PresenceBeat = 10 * time.Second
	// PresenceGrace is how long a client stays after its connection broke, so
	// that the reload of a page is no leave and join.
	PresenceGrace = 5 * time.Second
)

// MaxClientsInRoom bounds the clients of one person in one room: tabs and devices.
const MaxClientsInRoom = 20

// ErrTooManyClients is what somebody is told who has as many clients in a room.
var ErrTooManyClients = Errorf(LimitExceeded, "a person may have at most %d clients in a room; let one leave first", MaxClientsInRoom)

// A PresenceStatus is how reachable somebody is.
type PresenceStatus string

// The statuses, from most to least present.
const (
	StatusOnline PresenceStatus = "ONLINE"
	StatusBusy   PresenceStatus = "BUSY"
	StatusAway   PresenceStatus = "AWAY"
)

// A Room is what people can be present in. Any id names one; rooms need no making.
type Room struct {
	OrgID ID
	ID    ID
}

// A Presence is what one client (a tab, a device) shows in a room. It is named
// by the person and the client together, so nobody can speak for another.
type Presence struct {
	UserID   ID      `json:"userId"`
	Name     string  `json:"name"`
	Avatar   *string `json:"avatar,omitempty"`
	ClientID ID      `json:"clientId"`
	PresenceState
	// SeenAt is the newest beat; the store sets it.
	SeenAt Time `json:"seenAt"`
	// ChangedAt is when the client came, or last showed something else; the
	// store sets it. It tells which of a person's clients is the newest, which
	// beats can't: an instance beats for all of its clients at once. It is to
	// the microsecond, since two clients can change in one millisecond.
	ChangedAt time.Time `json:"-"`
}

// A PresenceState is what a client says of itself.
type PresenceState struct {
	Status       PresenceStatus `json:"status"`
	CurrentPage  *string        `json:"currentPage,omitempty"`
	EditingField *string        `json:"editingField,omitempty"`
}

// A PresencePatch sets what it names and leaves the rest; a nil value clears.
// Its keys are the JSON names of PresenceState.
type PresencePatch map[string]any

// Presences keep who is in which room. Nothing of it outlives its expiry.
// What Watch reports is a hint, like a Bus's announcements.
//
// Each instance has one Presences, and several instances can keep the same
// client present: its browser may come back through another one before the
// first notices that it was gone. A client is present for as long as any of
// them keeps it, so no instance can cut short what another has promised.
type Presences interface {
	// Enter makes the client present for ttl. What it showed before stays, with
	// patch laid over it; a client that was not there starts from p. The error is
	// ErrTooManyClients if it was not there and its person has MaxClientsInRoom.
	Enter(ctx context.Context, room Room, p Presence, patch PresencePatch, ttl time.Duration) error

	// Update lays patch over what the client shows, without renewing it. It
	// reports whether the client was there.
	Update(ctx context.Context, room Room, userID, clientID ID, patch PresencePatch) (bool, error)

	// Renew makes clients present for ttl from now, shorter or longer than this
	// instance kept them before; 0 lets go of them at once. What they show stays
	// as it is. One that the store lost is put back as given; one that left is
	// not, for as long as it is renewed in vain and PresenceTTL more.
	Renew(ctx context.Context, room Room, clients []Presence, ttl time.Duration) error

	// Leave takes the client out of the room at once, whichever instances keep
	// it present, and reports whether it was there. Only Enter brings it back.
	Leave(ctx context.Context, room Room, userID, clientID ID) (bool, error)

	// LeaveAll takes all of a person's clients out of all rooms of the organization.
	LeaveAll(ctx context.Context, orgID, userID ID) error

	// Rooms returns the rooms of the organization that the person may be in now, in
	// the order of their ids; they may have left some of them lately.
	Rooms(ctx context.Context, orgID, userID ID) ([]ID, error)

	// Present returns the clients that are in the room now, ordered by person and client.
	Present(ctx context.Context, room Room) ([]Presence, error)

	// Watch calls changed after each visible change of any room, on any
	// instance: somebody came, went, or shows something else. A beat that only
	// renews is none. Every call also sweeps the room's dead, and a death found
	// is a visible change. Watch returns at once, and goes on until ctx ends.
	// It calls changed with the zero Room when hints begin to come, and again
	// after each time that they may have been lost: any room may have changed.
	// changed must not block.
	Watch(ctx context.Context, changed func(Room))
}

// A PresenceUser is one person in a room, over all of their clients.
type PresenceUser struct {
	ID           ID
	Name         string
	Avatar       *string
	Status       PresenceStatus
	LastSeen     Time
	CurrentPage  *string
	EditingField *string
	Clients      int
}

// IsEditing reports whether the person is in a field.
func (u *PresenceUser) IsEditing() bool { return u.EditingField != nil }
