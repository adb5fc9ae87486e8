package presence

// Stats are figures of an instance's rooms.
type Stats struct {
	Rooms         int  // with subscriptions or clients of this instance
	Clients       int  // that its connections keep present
	Subscriptions int  // to rooms
	Away          bool // the store of presence is unavailable
}

// Stats returns the current figures.
func (r *Rooms) Stats() Stats {
	r.mu.Lock()
	defer r.mu.Unlock()
	stats := Stats{Rooms: len(r.open), Away: !r.awayAt.IsZero()}
	for _, room := range r.open {
		stats.Clients += len(room.clients)
		stats.Subscriptions += room.subscriptions
	}
	return stats
}
