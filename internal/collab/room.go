package collab

import (
	"context"
	"maps"
	"slices"
	"strings"
)

// roomKey names a room, as somebody of a scope asks for it.
type roomKey struct {
	scope Scope
	room  ID
}

// outside is put before the id of a room to name the room of those who may not
// enter that one. No client can ask for it, since no id may have this character.
const outside = "\x1f"

// Room returns the room where a viewer is who asks for one. A room may have any name. If
// the name contains the id of an entity that the viewer does not see, the viewer must
// neither see nor be seen by those who do see it, and nothing may differ from the name
// of an entity that does not exist. So the viewer is in another room, outside.
func (s *Service) Room(ctx context.Context, v *Viewer, room ID) (ID, error) {
	if !v.Organization.Restricts {
		return room, nil
	}
	hidden, err := s.anyHidden(ctx, v.Scope(), room, entityIDsIn(room))
	if hidden {
		return outside + room, err
	}
	return room, err
}

// Hidden reports whether there is an entity of the id that the scope does not
// see. What was read lately is believed until it is heard to have changed.
func (s *Service) Hidden(ctx context.Context, scope Scope, id ID) (bool, error) {
	if !isEntityID(id) {
		return false, nil
	}
	return s.anyHidden(ctx, scope, id, []ID{id})
}

// HiddenFrom returns those of the entities that the viewer does not see. What was read lately is
// believed until it is heard to have changed.
func (s *Service) HiddenFrom(ctx context.Context, v *Viewer, ids []ID) (map[ID]bool, error) {
	scope, now := v.Scope(), s.now()
	if scope.All || !v.Organization.Restricts {
		return nil, nil
	}
	hidden := make(map[ID]bool)
	marks := make(map[ID]uint64, len(ids))
	for _, id := range slices.DeleteFunc(slices.Clone(ids), func(id ID) bool { return !isEntityID(id) }) {
		if is, known := s.rooms.get(roomKey{scope, id}, now); !known {
			marks[id] = s.rooms.mark(roomKey{scope, id})
		} else if is {
			hidden[id] = true
		}
	}
	if len(marks) == 0 {
		return hidden, nil
	}
	found, err := s.store.Hidden(ctx, scope, slices.Sorted(maps.Keys(marks)))
	if err != nil {
		return nil, err
	}
	for id, mark := range marks {
		s.rooms.put(roomKey{scope, id}, found[id], now, mark)
		if found[id] {
			hidden[id] = true
		}
	}
	return hidden, nil
}

// anyHidden reports whether the scope does not see one of the entities that a name
// contains the ids of. It is kept under the name.
func (s *Service) anyHidden(ctx context.Context, scope Scope, name ID, ids []ID) (bool, error) {
	if scope.All || len(ids) == 0 {
		return false, nil
	}
	key, now := roomKey{scope, name}, s.now()
	if hidden, ok := s.rooms.get(key, now); ok {
		return hidden, nil
	}
	mark := s.rooms.mark(key)
	found, err := s.store.Hidden(ctx, scope, ids)
	hidden := len(found) > 0
	if err == nil {
		s.rooms.put(key, hidden, now, mark)
	}
	return hidden, err
}

// entityIDsIn returns all that may be ids of entities in a name, which may have
// anything before and after them.
func entityIDsIn(name ID) (ids []ID) {
	if isEntityID(name) {
		ids = append(ids, name)
	}
	for start := range name {
		rest := name[start:]
		if !isEntityID(rest) || !isIDText(rest[:prefixLength]) {
			continue
		}
		end := prefixLength + 1
		for end < len(rest) && end < madeIDLength && isIDText(rest[end:end+1]) {
			end++
		}
		if id := rest[:end]; end > prefixLength+1 && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// isIDText reports whether all characters may be in an id that NewID makes, after its prefix.
func isIDText(text ID) bool {
	return strings.Trim(string(text), "0123456789abcdefghijklmnopqrstuvwxyz") == ""
}

// isEntityID reports whether an id begins as that of an entity.
func isEntityID(id ID) bool {
	switch id.Prefix() {
	case prefixCustomer, prefixCall, prefixMeeting:
		return true
	}
	return false
}
