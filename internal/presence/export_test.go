package presence

// OpenRooms returns how many rooms somebody needs.
func (r *Rooms) OpenRooms() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.open)
}

// AccessChanged is what a change of the subscriber's access does.
func (s *Subscription) AccessChanged(missed bool) { s.accessChanged(missed) }
