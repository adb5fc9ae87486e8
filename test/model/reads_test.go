package model

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// look has somebody read an entity.
func (w *world) look(p *person, instance int, e *entity) {
	began := time.Now()
	got, at := w.answerOf(p, instance, fmt.Sprintf(`query ($id: ID!) { %s(id: $id) { cursor ...%s } }`, e.one(), e.name)+e.fragment(), object{"id": e.id})
	shown, _ := got.Data[e.one()].(object)
	if shown == nil && got.Code == "" && e.current().restricted && w.known(at, began) < w.position {
		return // a grant applies there once the instance learns of it: 19.7
	}
	var expected []string
	for _, s := range w.standings(p, e, at) {
		var wrong string
		switch {
		case s.role == removed:
			wrong = map[bool]string{false: "FORBIDDEN"}[got.Code == "FORBIDDEN"]
		case got.Code != "":
			wrong = "no " + got.Code
		case !s.sees(p, s.role) || e.deleted():
			wrong = map[bool]string{false: "null"}[shown == nil]
		default:
			if wrong = w.shows(e.noun, shown, e.id, e.version(), e.state()); wrong == "" && shown["cursor"] != e.newest().cursor {
				wrong = "cursor " + e.newest().cursor
			}
		}
		if wrong == "" {
			return
		}
		expected = append(expected, wrong)
	}
	w.fail(e, p, "%s read %s at %s, and got %s %v; expected: %s", p.id, e.label, w.name(at), got.Code, shown, strings.Join(expected, ", or "))
}

// poll has somebody read all changes after a cursor: 7.
func (w *world) poll(p *person, instance int, after string) {
	s := &session{following: following{field: "entityChanged"}, person: p, instance: instance, after: after, known: w.known(instance, time.Now())}
	if after == "" {
		s.after = w.begin
	}
	s.begin(w)
	for more := true; more; {
		began := time.Now()
		got, at := w.answerOf(p, instance, `query ($after: Cursor) { changes(after: $after, first: 100) { endCursor hasMore changes { `+everyChange+` } } }`+fragments(), object{"after": s.last})
		if s.known = min(s.known, w.known(at, began)); got.Code == "FORBIDDEN" {
			w.mayEnd(s, got.Code, time.Now())
			return
		}
		if got.Code != "" {
			w.violates(s, nil, "was answered %s %s", got.Code, got.Text)
		}
		page := got.Data["changes"].(object)
		for _, change := range page["changes"].([]any) {
			w.checkEvent(s, time.Now(), change.(object))
		}
		s.last, more = page["endCursor"].(string), page["hasMore"] == true
	}
	if lacks := w.lacks(s); lacks != "" && lacks != "FORBIDDEN" {
		w.violates(s, nil, "was not told of %s", lacks)
	}
}

// compareWithLog reads the log as somebody who sees all of it, which says whether the model has all that there is.
func (w *world) compareWithLog() {
	w.poll(w.root, w.pick(), w.begin)
	for _, e := range w.entities {
		w.look(w.root, w.pick(), e)
	}
	for _, p := range w.people {
		if active(p) {
			w.listNotifications(p, w.pick())
		}
	}
	var conflicts []*conflict
	after := any(nil)
	for more := true; more; {
		got := w.query(w.root, w.pick(), `query ($after: String) { conflicts(open: true, first: 100, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }`, object{"after": after})
		page := got.Data["conflicts"].(object)
		for _, node := range page["nodes"].([]any) {
			id := node.(object)["id"]
			known := false
			for _, c := range w.model.conflicts {
				if c.id == id {
					conflicts, known = append(conflicts, c), true
					if c.resolution != "" {
						w.fail(c.entity, nil, "the conflict %v is open, and was resolved by %s", id, c.resolution)
					}
				}
			}
			if !known {
				w.fail(nil, nil, "there is a conflict %v, of which nobody was told", id)
			}
		}
		info := page["pageInfo"].(object)
		more, after = info["hasNextPage"] == true, info["endCursor"]
	}
	for _, c := range w.model.conflicts {
		if c.resolution == "" && !c.entity.deleted() && !slices.Contains(conflicts, c) {
			w.fail(c.entity, nil, "the conflict %v is not listed as open", c.id)
		}
	}
}
