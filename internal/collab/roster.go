package collab

// A PresenceUpdate is what changed in a room.
type PresenceUpdate struct {
	Room            ID
	Snapshot        []*PresenceUser
	Joined, Updated []*PresenceUser
	Left            []ID
	TotalCount      int
}

// A RoomState is who is in a room.
type RoomState struct {
	Room       ID
	Users      []*PresenceUser
	TotalCount int
}
