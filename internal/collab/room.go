package collab

import "context"

// roomKey names a room, as somebody of a scope asks for it.
type roomKey struct {
	scope Scope
	room  ID
}

// outside is put before the id of a room to name the room of those who may not
// enter that one. No client can ask for it, since no id may have this character.
const outside = "\x1f"

// Room returns the room where a viewer is who asks for one. A room may be named
// by any id. If that is the id of an entity which the viewer does not see, nobody
// of those who do may be seen there, nor see the viewer: it must be as with an id
// that never was. So the viewer is among others outside.
func (s *Service) Room(ctx context.Context, v *Viewer, room ID) (ID, error) {
	if !v.Organization.Restricts {
		return room, nil
	}
	hidden, err := s.Hidden(ctx, v.Scope(), room)
	if hidden {
		return outside + room, err
	}
	return room, err
}

// Hidden reports whether there is an entity of the id that the scope does not
// see. What was read lately is believed until it is heard to have changed.
func (s *Service) Hidden(ctx context.Context, scope Scope, id ID) (bool, error) {
	if scope.All || !isEntityID(id) {
		return false, nil
	}
	key, now := roomKey{scope, id}, s.now()
	if hidden, ok := s.rooms.get(key, now); ok {
		return hidden, nil
	}
	mark := s.rooms.mark(key)
	hidden, err := s.store.Hidden(ctx, scope, []ID{id})
	if err == nil {
		s.rooms.put(key, hidden[id], now, mark)
	}
	return hidden[id], err
}

// isEntityID reports whether an id looks like that of an entity.
func isEntityID(id ID) bool {
	switch id.Prefix() {
	case prefixCustomer, prefixCall, prefixMeeting:
		return true
	}
	return false
}
