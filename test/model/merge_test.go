package model

import (
	"maps"
	"slices"
)

// A merge is what comes of an edit: 8.3.
type merge struct {
	applied     fields
	conflicting []string // if there are any, nothing is applied
	kept        fields   // of the edit, if it is a conflict
}

// merge merges a patch against its bases into the entity. by says who made the edit of each field.
func (e *entity) merge(by func(field string) *person, base bases, patch fields) merge {
	m := merge{applied: fields{}, kept: fields{}}
	is := e.state()
	for name, value := range patch {
		saw, contested := e.sight(by(name), base.of(e.noun, name), name)
		merged, ok := e.combined(name, saw, value, is[name])
		if _, others := e.changers(by(name), base.of(e.noun, name), name); others && e.isSet(name) {
			merged = combinedSet(saw.([]any), value.([]any), is[name].([]any)) // the current order stays
		}
		switch {
		case same(value, is[name]):
		case contested || !ok:
			m.collide(name, value)
		case !same(merged, is[name]):
			m.applied[name] = merged
		}
	}
	e.collideTogether(&m, by, base, patch)
	slices.Sort(m.conflicting)
	if len(m.conflicting) > 0 {
		maps.Copy(m.kept, m.applied)
	}
	return m
}

func (m *merge) collide(name string, value any) {
	m.conflicting, m.kept[name] = append(m.conflicting, name), value
}

// collideTogether extends the conflict over one of several fields that are valid only together: 9.9.
func (e *entity) collideTogether(m *merge, by func(string) *person, base bases, patch fields) {
	group, is := e.together, e.state()
	if group == nil {
		return
	}
	inConflict := func(name string) bool { return slices.Contains(m.conflicting, name) }
	if group.valid(with(is, m.applied)) && !(group.whole && e.disputes(group, by, base, patch)) && !slices.ContainsFunc(group.names, inConflict) {
		return
	}
	for _, name := range group.names {
		value, edited := patch[name]
		if !edited {
			value = e.saw(by(name), base.of(e.noun, name), name)
		}
		if !inConflict(name) && !same(value, is[name]) {
			delete(m.applied, name)
			m.collide(name, value)
		}
	}
}

// disputes reports whether an editor and others changed a group of fields that are one value, to different values.
func (e *entity) disputes(group *together, by func(string) *person, base bases, patch fields) bool {
	mine, others, differ := false, false, false
	for _, name := range group.names {
		saw, is := e.saw(by(name), base.of(e.noun, name), name), e.state()[name]
		meant, edited := patch[name]
		if !edited {
			meant = saw
		}
		mine, others, differ = mine || !same(meant, saw), others || !same(is, saw), differ || !same(meant, is)
	}
	return mine && others && differ
}

// saw returns what an editor saw of a field: what it was at the base version, with what they made of it themselves.
func (e *entity) saw(p *person, base int, name string) any {
	saw, _ := e.sight(p, base, name)
	return saw
}

// sight returns what an editor saw of a field, and whether that, or what others changed since, is for people to decide.
func (e *entity) sight(p *person, base int, name string) (saw any, contested bool) {
	saw = e.at(base)[name]
	own, others := e.changers(p, base, name)
	if own && !others {
		return e.state()[name], false
	}
	merges := e.isSet(name) || e.isText(name)
	edits := e.ownEdits(p, base, name)
	if merges && len(edits) > mostReplayed {
		return saw, true
	}
	for _, edit := range edits {
		if !merges {
			saw, contested = edit.after, others
			continue
		}
		next, ok := e.replayed(name, edit, saw)
		if !ok {
			return e.at(base)[name], true
		}
		saw = next
	}
	return saw, contested
}

// mostReplayed is how many edits of a field by one person the server tells apart.
const mostReplayed = 10

// A fieldEdit is what a person made of a field with one edit, or with several between which nobody else changed it.
type fieldEdit struct{ before, after any }

// ownEdits returns what a person made of a field since a version.
func (e *entity) ownEdits(p *person, base int, name string) (edits []fieldEdit) {
	again := false // the change before was theirs too
	for _, v := range e.versions[base:] {
		switch before, after := v.before[name], v.state[name]; {
		case same(before, after):
		case v.author(name) != p:
			again = false
		case again:
			edits[len(edits)-1].after = after
		default:
			edits, again = append(edits, fieldEdit{before, after}), true
		}
	}
	return edits
}

// changers reports who changed a field since a version: a person, and others.
func (e *entity) changers(p *person, base int, name string) (own, others bool) {
	for _, v := range e.versions[base:] {
		if !same(v.before[name], v.state[name]) {
			own, others = own || v.author(name) == p, others || v.author(name) != p
		}
	}
	return own, others
}

// author returns whose edit of a field a change is: what a resolution keeps stays an edit of who made it (9.10).
func (v *event) author(name string) *person {
	if p := v.authors[name]; p != nil {
		return p
	}
	return v.actor
}

// keptFrom returns the fields that a deletion by a person conflicts over: 10.1.
func (e *entity) keptFrom(p *person, base int) []string {
	return slices.DeleteFunc(differing(e.at(base), e.state()), func(name string) bool {
		_, others := e.changers(p, base, name)
		return !others
	})
}

// author returns who chose a value of the edit.
func (c *conflict) author(name string) *person {
	if p := c.authors[name]; p != nil {
		return p
	}
	return c.actor
}

// resolving returns the edit of the conflict's remote version that a resolution by a person is, and who made the edit of
// each field: 9.3, 9.4, 9.10.
func (c *conflict) resolving(p *person, resolution string, merged fields) (patch fields, by func(string) *person) {
	rest := func(name string) bool { // what was in no conflict, and is decided by nobody
		_, chosen := merged[name]
		return !chosen && !slices.Contains(c.fields, name)
	}
	by = func(name string) *person {
		if rest(name) {
			return c.author(name)
		}
		return p
	}
	patch = fields{}
	for name, value := range c.local {
		own, others := c.entity.changers(by(name), c.remote, name)
		switch {
		case rest(name) && own && !others: // its author changed it again
		case rest(name) || resolution == "LOCAL":
			patch[name] = value
		}
	}
	maps.Copy(patch, merged)
	return patch, by
}
