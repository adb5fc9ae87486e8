package model

import (
	"maps"
	"slices"
)

// togetherValid are the fields that are valid only together: 9.9.
var togetherValid = []string{"startsAt", "endsAt"}

// A merge is what comes of an edit: 8.3.
type merge struct {
	applied     fields
	conflicting []string // if there are any, nothing is applied
	kept        fields   // of the edit, if it is a conflict
}

// merge merges a patch against a base version into the entity. by says who made the edit of each field.
func (e *entity) merge(by func(field string) *person, base int, patch fields) merge {
	m := merge{applied: fields{}, kept: fields{}}
	is := e.state()
	for name, value := range patch {
		saw := e.saw(by(name), base, name)
		own, others := e.changers(by(name), base, name)
		switch {
		case same(value, is[name]):
		case own && others:
			m.collide(name, value)
		case same(value, saw):
		case same(is[name], saw):
			m.applied[name] = value
		default:
			m.collide(name, value)
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
func (e *entity) collideTogether(m *merge, by func(string) *person, base int, patch fields) {
	is := e.state()
	if is[togetherValid[0]] == nil {
		return
	}
	after := with(is, m.applied)
	broken := after["startsAt"].(string) > after["endsAt"].(string)
	if !broken && !slices.ContainsFunc(togetherValid, func(name string) bool { return slices.Contains(m.conflicting, name) }) {
		return
	}
	for _, name := range togetherValid {
		value, edited := patch[name]
		if !edited {
			value = e.saw(by(name), base, name)
		}
		if !slices.Contains(m.conflicting, name) && !same(value, is[name]) {
			delete(m.applied, name)
			m.collide(name, value)
		}
	}
}

// saw returns what an editor saw of a field: what it was at the base version, or what they made of it themselves.
func (e *entity) saw(p *person, base int, name string) any {
	if own, others := e.changers(p, base, name); own && !others {
		return e.state()[name]
	}
	return e.at(base)[name]
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
		_, kept := c.local[name]
		return kept && !chosen && !slices.Contains(c.fields, name)
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
