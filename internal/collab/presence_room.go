package collab

// A RoomPresence is a person in one room, with an id for that room.
type RoomPresence struct {
	ID ID
	*PresenceUser
}

// A RoomPresenceUpdate is a PresenceUpdate of people with ids for their room.
type RoomPresenceUpdate struct {
	Snapshot        []*RoomPresence // nil: none
	Joined, Updated []*RoomPresence
	Left            []ID
}

func presenceID(room, user ID) ID { return deriveID("presence", room, user) }

// inRoom returns people with their ids in a room. It is nil for nil.
func inRoom(room ID, users []*PresenceUser) []*RoomPresence {
	if users == nil {
		return nil
	}
	out := make([]*RoomPresence, len(users))
	for i, user := range users {
		out[i] = &RoomPresence{presenceID(room, user.ID), user}
	}
	return out
}

// Presences are the people in the room, with ids for it.
func (s *RoomState) Presences() []*RoomPresence { return inRoom(s.Room, s.Users) }

// Presences are the changes of the room, of people with ids for it.
func (u *PresenceUpdate) Presences() *RoomPresenceUpdate {
	left := make([]ID, len(u.Left))
	for i, user := range u.Left {
		left[i] = presenceID(u.Room, user)
	}
	return &RoomPresenceUpdate{
		Snapshot: inRoom(u.Room, u.Snapshot), Joined: inRoom(u.Room, u.Joined), Updated: inRoom(u.Room, u.Updated), Left: left,
	}
}
