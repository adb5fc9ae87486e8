package hub

// OpenRooms returns how many rooms somebody needs.
func (r *Rooms) OpenRooms() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.open)
}

// Alter is what a change of the subscriber's access does.
func (s *RoomSubscription) Alter(missed bool) { s.alter(missed) }
