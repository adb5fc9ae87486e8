package model

import (
	"maps"
	"slices"
)

// bases are the versions that an edit was made against: of single fields, and of all others (8.13).
type bases struct {
	others  int
	byField map[string]int
}

// all are the bases of an edit that names no fields.
func all(base int) bases { return bases{others: base} }

// of returns the version that a field was changed against. A group has that of its field that is named.
func (b bases) of(n *noun, name string) int {
	if version, named := b.byField[name]; named {
		return version
	}
	version, named := 0, false
	if n.together != nil && slices.Contains(n.together.names, name) {
		for _, other := range n.together.names {
			if at, is := b.byField[other]; is && (!named || at < version) {
				version, named = at, true
			}
		}
	}
	if named {
		return version
	}
	return b.others
}

// versions are all of them.
func (b bases) versions() []int {
	return append(slices.Collect(maps.Values(b.byField)), b.others)
}

// sent are the bases as an input has them.
func (b bases) sent() []any {
	sent := []any{}
	for _, name := range slices.Sorted(maps.Keys(b.byField)) {
		sent = append(sent, object{"field": name, "version": b.byField[name]})
	}
	return sent
}

// someBases draws the bases of an edit: now and then a form that stayed open, of which some fields were begun at other versions.
func (w *world) someBases(e *entity, base int, patch fields) bases {
	b := bases{others: base, byField: map[string]int{}}
	if base < 1 || base > e.version() || !w.chance(25) {
		return b
	}
	for _, name := range slices.Sorted(maps.Keys(patch)) {
		if w.chance(50) {
			b.byField[name] = max(1, e.version()-w.random.IntN(4))
		}
	}
	return b
}
