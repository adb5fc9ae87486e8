package model

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// conflicts expects a conflict: a new one, or one that moved on. 9.1, 9.5
func (w *world) conflicts(c call, moved *conflict, base bases, m merge, merged fields) outcome {
	next := &conflict{entity: c.entity, actor: c.person, base: base.others, bases: base, remote: c.entity.version(), fields: m.conflicting, local: m.kept}
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
	local := maps.Clone(c.local)
	if side("base") != nil || c.showsVersion(p, c.base, true) { // 9.11
		if !c.showsVersion(p, c.base, false) {
			return "without its base, which is from before the access of " + p.id
		}
		if wrong := w.shows(e.noun, side("base"), e.id, c.base, e.at(c.base)); wrong != "" {
			return "whose base " + wrong
		}
	}
	base, wrong := c.fieldBases(p, got["conflictedFields"].([]any))
	if wrong != "" {
		return wrong
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
		if !w.sameShown(name, f["base"], base[name]) || !w.sameShown(name, f["local"], local[name]) || !w.sameShown(name, f["remote"], e.at(c.remote)[name]) {
			return fmt.Sprintf("with %s base %.30v, local %.30v, remote %.30v, got %.30v, %.30v, %.30v", name,
				base[name], local[name], e.at(c.remote)[name], f["base"], f["local"], f["remote"])
		}
		if wrong := partsAre(e.noun, name, f, c.showsEdit(p) && c.showsBase(p, true)); wrong != "" {
			return fmt.Sprintf("whose %s is in the parts %v: %s", name, f["parts"], wrong)
		}
	}
	return ""
}

// fieldBases returns the bases of the fields in conflict, of which there are none if the person could not see all of them.
func (c *conflict) fieldBases(p *person, shown []any) (base fields, wrong string) {
	base = fields{}
	hidden := !slices.ContainsFunc(shown, func(entry any) bool { return entry.(object)["base"] != nil })
	switch {
	case hidden && !c.showsBase(p, true):
		return base, ""
	case !c.showsBase(p, false):
		return nil, "without the bases of its fields, which are from before the access of " + p.id
	}
	for _, name := range c.fields {
		base[name] = c.entity.at(c.bases.of(c.entity.noun, name))[name]
	}
	return base, ""
}

// partsAre says what is wrong with the parts of a field in conflict: 9.12.
func partsAre(n *noun, field string, f object, shown bool) string {
	parts, given := f["parts"].([]any)
	switch {
	case given && !n.isText(field):
		return "of a field that is not a text"
	case !given && n.isText(field) && shown:
		return "none"
	}
	for _, entry := range parts {
		part := entry.(object)
		if part["__typename"] == "AgreedText" {
			continue
		}
		for _, side := range []string{"local", "remote"} {
			if text, _ := f[side].(string); !strings.Contains(text, part[side].(string)) {
				return "a clash that is not in " + side
			}
		}
	}
	return ""
}

// showsBase reports whether a person could see the entity at all base versions: surely, or perhaps, as they could for a part
// of the time, or have another role by now.
func (c *conflict) showsBase(p *person, surely bool) bool {
	return !slices.ContainsFunc(c.bases.versions(), func(base int) bool { return !c.showsVersion(p, base, surely) })
}

func (c *conflict) showsVersion(p *person, base int, surely bool) bool {
	v := c.entity.versions[base-1]
	then := v.mayBeTold(p, p.role(v.position))
	if surely {
		return then && v.mayBeTold(p, p.now())
	}
	until := c.entity.newest().position
	if base < c.entity.version() {
		until = c.entity.versions[base].position - 1
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
