package model

import (
	"fmt"
	"maps"
	"slices"
)

// resolution makes the end of a conflict by somebody.
func (w *world) resolution(p *person, instance int, c *conflict, resolution string, merged fields) call {
	e, mutation := c.entity, w.mutation()
	input := object{"conflictId": c.id, "resolution": resolution, "clientMutationId": mutation}
	if resolution == "MERGED" {
		input["merged"] = merged
	}
	asked := call{
		person: p, entity: e, instance: instance, document: w.updating(e, "Resolve"+e.name+"ConflictInput!", "resolve"+e.name+"Conflict"),
		variables: object{"input": input}, shifts: true,
		what: fmt.Sprintf("resolve %s over %v of %s (v%d against v%d, local %s) by %s %s", c.id, c.fields, e.label, c.base, c.remote, brief(c.local), resolution, brief(merged)),
	}
	asked.expect = func(s standing) []outcome {
		switch {
		case !s.sees(p, s.role):
			return []outcome{{kind: "InvalidInput"}, gone(false)}
		case e.deleted():
			return []outcome{gone(true), {kind: "AccessDenied"}, {kind: "InvalidInput"}}
		case !s.edits(p, s.role):
			return []outcome{{kind: "AccessDenied"}}
		case c.resolution != "":
			return []outcome{{kind: "InvalidInput"}}
		}
		patch, by := c.resolving(p, resolution, merged)
		var outcomes []outcome
		may, idle := w.mayGovern(e, p, s.role, patch, by)
		if !may {
			outcomes = append(outcomes, outcome{kind: "AccessDenied"})
		}
		if w.isLost(patch) {
			outcomes = append(outcomes, outcome{kind: "InvalidInput"})
		}
		if !may && !idle {
			return outcomes
		}
		m := e.merge(by, all(c.remote), patch)
		if len(m.conflicting) > 0 {
			return append(outcomes, w.conflicts(asked, c, all(c.remote), m, merged))
		}
		ended := w.savedAs(asked, updated, with(e.state(), m.applied), mutation, nil)
		apply, check := ended.apply, ended.check
		authors := map[string]*person{}
		for name := range m.applied {
			authors[name] = by(name)
		}
		ended.apply = func(got object) {
			before := e.version()
			if apply(got); e.version() > before {
				e.newest().authors = authors
			}
			c.resolution = resolution
		}
		ended.check = func(got object) string {
			if wrong := check(got); wrong != "" && wrong != "with the cursor of its version" {
				return wrong
			}
			return ""
		}
		return append(outcomes, ended)
	}
	return asked
}

// aConflict picks an open conflict over something that is there.
func (w *world) aConflict() *conflict {
	var open []*conflict
	for _, c := range w.model.conflicts {
		if c.resolution == "" && !c.entity.deleted() && !c.ofErased() {
			open = append(open, c)
		}
	}
	return one(w, open)
}

// ofErased reports whether somebody who was erased chose a part of the edit, which is then emptied.
func (c *conflict) ofErased() bool {
	for _, p := range c.authors {
		if p.erased {
			return true
		}
	}
	return c.actor.erased
}

// resolveSomehow has somebody end a conflict in one of the ways that there are.
func (w *world) resolveSomehow(p *person, c *conflict) {
	w.perform(w.aResolution(p, w.pick(), c))
}

// aResolution makes a resolution of a conflict, in one of the ways that there are.
func (w *world) aResolution(p *person, instance int, c *conflict) call {
	resolution, merged := one(w, []string{"LOCAL", "REMOTE", "MERGED"}), fields{}
	if resolution == "MERGED" {
		merged = w.patch(c.entity, 1+w.random.IntN(2))
		if w.chance(50) {
			merged = with(w.form(c.entity, c.remote), merged)
		}
		for _, name := range c.fields {
			if w.chance(70) {
				merged[name] = w.value(c.entity.noun, name)
			}
		}
	}
	if resolution == "MERGED" && w.chance(20) {
		merged = w.readdressing(c.entity.noun, merged)
	}
	return w.resolution(p, instance, c, resolution, merged)
}

// A repeatable is an edit that was answered, with what has to be answered to it again.
type repeatable struct {
	call
	version int    // that it left
	cursor  any    // of the answer
	state   fields // that it left
}

// remember keeps an edit that was saved, to be repeated.
func (w *world) remember(c call, got object) {
	shown, _ := got[c.entity.one()].(object)
	if shown == nil || c.entity.newest().cursor != got["cursor"] || c.entity.newest().actor != c.person || c.entity.newest().mutation != got["clientMutationId"] {
		return // what changed nothing leaves no trace: 8.9
	}
	w.answered = append(w.answered, repeatable{c, c.entity.version(), got["cursor"], maps.Clone(c.entity.state())})
}

// repeat sends an edit again, which is answered as it was: 8.6.
func (w *world) repeat() {
	r := one(w, w.answered)
	if r.entity == nil || r.person.erased || r.entity.deleted() {
		return
	}
	for _, s := range w.standings(r.person, r.entity, w.pick()) {
		if !s.sees(r.person, s.role) || !s.edits(r.person, s.role) || touchesAccess(r.variables["input"].(object)["patch"].(fields)) {
			return // what may be answered to somebody who may do less by now is not said
		}
	}
	r.instance, r.what, r.shifts = w.pick(), "again: "+r.what, false
	r.expect = func(standing) []outcome {
		return []outcome{{kind: "Saved", check: func(got object) string {
			if got["cursor"] != r.cursor {
				return "with the cursor of the first answer"
			}
			shown, _ := got[r.entity.one()].(object)
			return w.shows(r.entity.noun, shown, r.entity.id, r.version, r.state)
		}}}
	}
	w.perform(r.call)
}

// misuse sends the clientMutationId of an edit with another patch: 8.7.
func (w *world) misuse() {
	r := one(w, w.answered)
	if r.entity == nil || r.person.erased || r.entity.deleted() || slices.ContainsFunc(w.standings(r.person, r.entity, 0), func(s standing) bool {
		return !s.sees(r.person, s.role) || !s.edits(r.person, s.role)
	}) {
		return
	}
	input := maps.Clone(r.variables["input"].(object))
	input["patch"] = fields{r.entity.title: w.words() + " of another patch"}
	r.instance, r.what, r.variables, r.shifts = w.pick(), "with another patch: "+r.what, object{"input": input}, false
	r.expect = func(standing) []outcome { return []outcome{{kind: "InvalidInput"}} }
	w.perform(r.call)
}
