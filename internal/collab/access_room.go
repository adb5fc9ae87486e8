package collab

import (
	"context"
	"encoding/hex"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// roomKey names a room, as requested in a scope.
type roomKey struct {
	scope Scope
	room  ID
}

// hiddenRoomPrefix is the prefix of a room's id that names the separate room of people who may not enter it.
// No client can request that room, since no id may contain this character.
const hiddenRoomPrefix = "\x1f"

// Room returns the room in which a viewer is placed who asks for one. A room may have any name. If
// the name contains the id of an entity that the viewer does not see, the viewer must neither see
// nor be seen by the people who do, and the result must look the same as for an entity that does
// not exist. So the viewer is placed in another room, whose id begins with hiddenRoomPrefix.
func (s *Service) Room(ctx context.Context, v *Viewer, room ID) (ID, error) {
	if !v.Organization.HasRestricted {
		return room, nil
	}
	hidden, err := s.anyHidden(ctx, v.Scope(), room, entityIDsIn(room))
	if hidden {
		return hiddenRoomPrefix + room, err
	}
	return room, err
}

// Hidden reports whether there is an entity with the id that the scope does not see. A recently
// read answer is used until a change is announced.
func (s *Service) Hidden(ctx context.Context, scope Scope, id ID) (bool, error) {
	if !isEntityID(id) {
		return false, nil
	}
	return s.anyHidden(ctx, scope, id, []ID{id})
}

// HiddenFrom returns the entities that the viewer does not see. Recently read answers are used
// until a change is announced.
//
// The viewer may have been identified before their first restricted entity, and then shares the
// scope of everybody. So entities that are hidden in that scope are looked up again in the viewer's
// own.
func (s *Service) HiddenFrom(ctx context.Context, v *Viewer, ids []ID) (map[ID]bool, error) {
	if !v.Organization.HasRestricted {
		return nil, nil
	}
	hidden, err := s.hiddenIn(ctx, v.Scope(), ids)
	if err != nil || len(hidden) == 0 || v.Scope() == v.OwnScope() {
		return hidden, err
	}
	return s.hiddenIn(ctx, v.OwnScope(), slices.Sorted(maps.Keys(hidden)))
}

// hiddenIn returns the entities that the scope does not see.
func (s *Service) hiddenIn(ctx context.Context, scope Scope, ids []ID) (map[ID]bool, error) {
	now := s.now()
	if scope.All {
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

// anyHidden reports whether a name contains the id of an entity that the scope does not see. The
// answer is cached under the name.
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

// entityIDsIn returns everything in a name that may be the id of an entity, whatever precedes and
// follows it: as the name is written, and in small letters without percent-encoding, since names are
// made of addresses of pages.
func entityIDsIn(name ID) []ID {
	plain := name.plain()
	ids := name.appendEntityIDs(nil)
	if isEntityID(name) && !slices.Contains(ids, name) {
		ids = append(ids, name)
	}
	if plain == name {
		return ids
	}
	return plain.appendEntityIDs(ids)
}

// plain returns a name folded, and decoded as often as it is percent-encoded. A part that is not
// percent-encoding stays.
func (name ID) plain() ID {
	text := string(name)
	for {
		decoded := percentEncoded.ReplaceAllStringFunc(text, func(encoded string) string {
			b, _ := hex.DecodeString(encoded[1:])
			return string(b)
		})
		if decoded == text {
			return ID(FoldText(text))
		}
		text = decoded
	}
}

var percentEncoded = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)

// appendEntityIDs appends everything in a name that may be the id of an entity that NewID made.
func (name ID) appendEntityIDs(ids []ID) []ID {
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

// isEntityID reports whether an id has the prefix of an entity's.
func isEntityID(id ID) bool {
	prefix := id.Prefix()
	return slices.ContainsFunc(Nouns, func(n *Noun) bool { return n.Prefix == prefix })
}
