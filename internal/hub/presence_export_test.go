package hub

// OpenRooms returns how many rooms somebody needs.
func (r *Rooms) OpenRooms() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.open)
}
