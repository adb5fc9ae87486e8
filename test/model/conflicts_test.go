package model

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// conflicts expects a conflict: a new one, or one that moved on. 9.1, 9.5
func (w *world) conflicts(c call, moved *conflict, base int, m merge, merged fields) outcome {
	next := &conflict{entity: c.entity, actor: c.person, base: base, remote: c.entity.version(), fields: m.conflicting, local: m.kept}
	if moved != nil {
		next.id, next.made, next.authors = moved.id, moved.made, map[string]*person{}
		for name := range m.kept {
			if _, chosen := merged[name]; !chosen {
				next.authors[name] = moved.author(name)
			}
		}
	}
	next.made = append(slices.Clone(next.made), w.position)
	return outcome{
		kind:  "Conflict",
		check: func(got object) string { return w.showsConflict(next, c.person, got) },
		apply: func(got object) {
			if moved != nil {
				*moved = *next
				return
			}
			next.id = got["id"].(string)
			w.model.conflicts = append(w.model.conflicts, next)
		},
	}
}

// showsConflict says what is wrong with a conflict that a person is shown.
func (w *world) showsConflict(c *conflict, p *person, got object) string {
	switch {
	case !slices.Equal(namesOf(got["conflictedFields"]), c.fields):
		return "over " + strings.Join(c.fields, ", ")
	case got["baseVersion"] != float64(c.base) || got["remoteVersion"] != float64(c.remote):
		return fmt.Sprintf("of v%d against v%d", c.base, c.remote)
	case got["resolution"] != nil:
		return "that is open"
	case c.id != "" && got["id"] != c.id:
		return "the same one, " + c.id
	}
	e := c.entity
	side := func(name string) object { shown, _ := got[name].(object); return shown }
	base, local := fields{}, maps.Clone(c.local)
	if side("base") == nil && !c.showsBase(p, true) { // 9.11
		base = nil
	} else if !c.showsBase(p, false) {
		return "without its base, which is from before the access of " + p.id
	}
	if base != nil {
		base = e.at(c.base)
		if wrong := w.shows(e.noun, side("base"), e.id, c.base, base); wrong != "" {
			return "whose base " + wrong
		}
	}
	if wrong := w.shows(e.noun, side("remote"), e.id, c.remote, e.at(c.remote)); wrong != "" {
		return "whose remote " + wrong
	}
	if !c.showsEdit(p) { // 9.11
		local = fields{}
	}
	for name, value := range with(e.at(c.remote), local) {
		if shown := e.read(side("local"))[name]; !w.sameShown(name, shown, value) {
			return fmt.Sprintf("whose local has %s %.60v, got %.60v", name, value, shown)
		}
	}
	for _, entry := range got["conflictedFields"].([]any) {
		f := entry.(object)
		name := f["field"].(string)
		if !same(f["base"], base[name]) || !same(f["local"], local[name]) || !same(f["remote"], e.at(c.remote)[name]) {
			return fmt.Sprintf("with %s base %.30v, local %.30v, remote %.30v, got %.30v, %.30v, %.30v", name,
				base[name], local[name], e.at(c.remote)[name], f["base"], f["local"], f["remote"])
		}
	}
	return ""
}

// showsBase reports whether a person could see the entity at the base version: surely, or perhaps, as they could for a part
// of the time, or have another role by now.
func (c *conflict) showsBase(p *person, surely bool) bool {
	v := c.entity.versions[c.base-1]
	then := v.mayBeTold(p, p.role(v.position))
	if surely {
		return then && v.mayBeTold(p, p.now())
	}
	until := c.entity.newest().position
	if c.base < c.entity.version() {
		until = c.entity.versions[c.base].position - 1
	}
	for position := v.position; position <= until; position++ {
		then = then || c.entity.access(position).sees(p, p.role(position)) || c.entity.access(position).sees(p, p.now())
	}
	return then
}

// showsEdit reports whether a person could see the entity whenever the edit was made or moved on.
func (c *conflict) showsEdit(p *person) bool {
	return !slices.ContainsFunc(c.made, func(position int) bool {
		return !c.entity.access(position).sees(p, p.now())
	})
}
