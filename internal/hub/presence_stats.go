package hub

// RoomStats are measures of the rooms of an instance.
type RoomStats struct {
	Rooms         int  // that it has subscriptions to, or clients in
	Clients       int  // that its connections keep present
	Subscriptions int  // to who is in a room
	Away          bool // the store of presence does not answer
}

// Stats returns the measures as they are now.
func (r *Rooms) Stats() RoomStats {
	r.mu.Lock()
	defer r.mu.Unlock()
	stats := RoomStats{Rooms: len(r.open), Away: !r.awayAt.IsZero()}
	for _, room := range r.open {
		stats.Clients += len(room.clients)
		stats.Subscriptions += room.subscriptions
	}
	return stats
}
