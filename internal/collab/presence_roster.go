package collab

import (
	"cmp"
	"slices"
)

// A PresenceUpdate describes the changes in a room. The first update that a subscriber gets has a
// Snapshot, which replaces what they had; the others have only the differences. It is shared
// between subscribers, and nobody may modify it.
type PresenceUpdate struct {
	Room            ID
	Snapshot        []*PresenceUser // nil: none
	Joined, Updated []*PresenceUser
	Left            []ID
	TotalCount      int
}

// As is the update as one of a room of this id.
func (u *PresenceUpdate) As(room ID) *PresenceUpdate {
	if u.Room == room {
		return u
	}
	renamed := *u
	renamed.Room = room
	return &renamed
}

// A RoomState is who is in a room.
type RoomState struct {
	Room       ID
	Users      []*PresenceUser
	TotalCount int
}

// Roster returns the people behind clients, ordered by name, and never nil. One
// person is one entry, however many tabs and devices they have:
//
//   - the status is the most present one;
//   - the field is that of the client that changed last, of those that are in a
//     field, so closing one tab shows again what the person does in another;
//   - the page is that of the most present client that has a page, and among
//     equals that of the one that changed last: a tab that went to the
//     background says so, and it is not where the person is.
func Roster(clients []Presence) []*PresenceUser {
	byUser := make(map[ID][]*Presence, len(clients))
	for i := range clients {
		userID := clients[i].UserID
		byUser[userID] = append(byUser[userID], &clients[i])
	}
	roster := make([]*PresenceUser, 0, len(byUser))
	for _, theirs := range byUser {
		roster = append(roster, person(theirs))
	}
	slices.SortFunc(roster, func(a, b *PresenceUser) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return roster
}

// person folds the clients of one person.
func person(clients []*Presence) *PresenceUser {
	slices.SortFunc(clients, newestFirst)
	newest := clients[0]
	u := &PresenceUser{
		ID:       newest.UserID,
		Name:     newest.Name,
		Avatar:   newest.Avatar,
		Status:   newest.Status,
		LastSeen: newest.SeenAt,
		Clients:  len(clients),
	}
	for _, c := range clients {
		if c.Status.rank() < u.Status.rank() {
			u.Status = c.Status
		}
		if c.SeenAt.After(u.LastSeen.Time) {
			u.LastSeen = c.SeenAt
		}
		if u.EditingField == nil {
			u.EditingField = c.EditingField
		}
	}
	slices.SortStableFunc(clients, func(a, b *Presence) int {
		return cmp.Compare(a.Status.rank(), b.Status.rank())
	})
	for _, c := range clients {
		if u.CurrentPage == nil {
			u.CurrentPage = c.CurrentPage
		}
	}
	return u
}

// newestFirst breaks ties by id, so that the same clients always make the same person.
func newestFirst(a, b *Presence) int {
	return cmp.Or(b.ChangedAt.Compare(a.ChangedAt), cmp.Compare(a.ClientID, b.ClientID))
}

// rank is lower the more present a status is.
func (s PresenceStatus) rank() int {
	return slices.Index(byPresence, s)
}

// RosterChange returns the difference between one roster of a room and a later one. It does not
// include people who were merely seen again.
func RosterChange(room ID, before, after []*PresenceUser) *PresenceUpdate {
	update := &PresenceUpdate{Room: room, TotalCount: len(after)}
	had := make(map[ID]*PresenceUser, len(before))
	for _, u := range before {
		had[u.ID] = u
	}
	for _, u := range after {
		switch old := had[u.ID]; {
		case old == nil:
			update.Joined = append(update.Joined, u)
		case !old.looksLike(u):
			update.Updated = append(update.Updated, u)
		}
		delete(had, u.ID)
	}
	for _, u := range before {
		if had[u.ID] != nil {
			update.Left = append(update.Left, u.ID)
		}
	}
	return update
}

// Empty reports whether the update has nothing that a subscriber could use.
func (u *PresenceUpdate) Empty() bool {
	return u.Snapshot == nil && len(u.Joined) == 0 && len(u.Updated) == 0 && len(u.Left) == 0
}

// looksLike reports whether others see no difference between two states of a person.
func (u *PresenceUser) looksLike(v *PresenceUser) bool {
	return u.Name == v.Name && u.Status == v.Status && u.Clients == v.Clients &&
		sameOptional(u.Avatar, v.Avatar) && sameOptional(u.CurrentPage, v.CurrentPage) && sameOptional(u.EditingField, v.EditingField)
}

// LooksLike reports whether others see no difference between two states of a client.
func (p Presence) LooksLike(q Presence) bool {
	return p.Name == q.Name && p.Status == q.Status &&
		sameOptional(p.Avatar, q.Avatar) && sameOptional(p.CurrentPage, q.CurrentPage) && sameOptional(p.EditingField, q.EditingField)
}

// sameOptional reports whether two pointers are both nil, or lead to equal values.
func sameOptional[T comparable](a, b *T) bool {
	return a == b || a != nil && b != nil && *a == *b
}
