package collab

import (
	"context"
	"time"
)

// The lifetime of a presence, and how often it is renewed.
const (
	// PresenceTTL is how long a client is present after a beat. With a low value, people flicker on
	// a slow network. With a high value, clients that died stay in the room for long.
	PresenceTTL = 30 * time.Second
	// PresenceBeat is how often an instance sends beats for its open connections.
	PresenceBeat = 10 * time.Second
	// PresenceGrace is how long a client stays after its connection broke, so that reloading a page
	// does not show as leaving and joining.
	PresenceGrace = 5 * time.Second
)

// MaxClientsInRoom bounds the clients of one person in one room: tabs and devices.
const MaxClientsInRoom = 20

// ErrTooManyClients refuses another client of a person who has MaxClientsInRoom clients in a room.
var ErrTooManyClients = Errorf(LimitExceeded, "a person may have at most %d clients in a room; let one leave first", MaxClientsInRoom)

// A PresenceStatus is how reachable somebody is.
type PresenceStatus string

// The statuses, from most to least present.
const (
	StatusOnline PresenceStatus = "ONLINE"
	StatusBusy   PresenceStatus = "BUSY"
	StatusAway   PresenceStatus = "AWAY"
)

// A Room is a place where people can be present. Any id names one; rooms need not be created.
type Room struct {
	OrgID ID
	ID    ID
}

// A Presence is what one client (a tab, a device) shows in a room. The person and the client
// together identify it, so nobody can act for another person.
type Presence struct {
	UserID   ID      `json:"userId"`
	Name     string  `json:"name"`
	Avatar   *string `json:"avatar,omitempty"`
	ClientID ID      `json:"clientId"`
	PresenceState
	// SeenAt is the newest beat; the store sets it.
	SeenAt Time `json:"seenAt"`
	// ChangedAt is when the client came, or last showed something else; the store sets it. It
	// determines which of a person's clients is the newest. Beats can't, since an instance sends
	// them for all of its clients at once. Its precision is a microsecond, since two clients can
	// change in the same millisecond.
	ChangedAt time.Time `json:"-"`
}

// A PresenceState is what a client reports about itself.
type PresenceState struct {
	Status       PresenceStatus `json:"status"`
	CurrentPage  *string        `json:"currentPage,omitempty"`
	EditingField *string        `json:"editingField,omitempty"`
}

// A PresencePatch sets the fields that it names and keeps the others; a nil value clears a field.
// Its keys are the JSON names of PresenceState.
type PresencePatch map[string]any

// Presences record who is in which room. No presence outlives its expiry. The calls of Watch are
// hints, like a Bus's announcements.
//
// Each instance has one Presences, and several instances can keep the same client present: its
// browser may come back through another one before the first notices that it was gone. A client is
// present while any of them keeps it, so no instance can cut short what another has promised.
type Presences interface {
	// Enter makes the client present for ttl. The state that it showed before stays, with patch
	// applied; a client that was not there starts from p. The error is ErrTooManyClients if it was
	// not there and its person has MaxClientsInRoom.
	Enter(ctx context.Context, room Room, p Presence, patch PresencePatch, ttl time.Duration) error

	// Update applies patch to what the client shows, without renewing it. It reports whether the
	// client was there.
	Update(ctx context.Context, room Room, userID, clientID ID, patch PresencePatch) (bool, error)

	// Renew makes clients present for ttl from now, which may be shorter or longer than this
	// instance kept them before; 0 releases them at once. It does not change what they show. It
	// restores a client that the store lost, as given. It does not restore a client that left,
	// until PresenceTTL has passed without an attempt to renew it.
	Renew(ctx context.Context, room Room, clients []Presence, ttl time.Duration) error

	// Leave removes the client from the room at once, whichever instances keep it present, and
	// reports whether it was there. Only Enter brings it back.
	Leave(ctx context.Context, room Room, userID, clientID ID) (bool, error)

	// LeaveAll removes all of a person's clients from all rooms of the organization.
	LeaveAll(ctx context.Context, orgID, userID ID) error

	// Rooms returns the rooms of the organization that the person may be in now, or that
	// these of their clients may be in, in the order of their ids; they may have left some
	// of them lately.
	Rooms(ctx context.Context, orgID, userID ID, clients ...ID) ([]ID, error)

	// Present returns the clients that are in the room now, ordered by person and client.
	Present(ctx context.Context, room Room) ([]Presence, error)

	// Watch calls changed after each visible change of any room, on any instance: somebody came,
	// went, or shows something else. A beat that only renews is not a visible change. Every call
	// also removes the room's expired clients; finding one is a visible change. Watch returns at
	// once, and continues until ctx ends. It calls changed with the zero Room when hints begin to
	// arrive, and again after each time that some may have been lost: any room may have changed.
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
