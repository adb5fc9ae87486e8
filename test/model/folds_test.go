package model

import (
	"fmt"
	"slices"
	"time"
)

// folds are what the oracle records about a session with maxPerSecond: 14.
type folds struct {
	versions map[*entity]int // that were delivered last
	counts   map[*entity]int // of changes that were delivered
	covered  map[*event]bool // delivered, perhaps in a fold
}

func (f *folds) begin() {
	f.versions, f.counts, f.covered = map[*entity]int{}, map[*entity]int{}, map[*event]bool{}
}

// covers reports whether an event was delivered in a fold.
func (f *folds) covers(v *event) bool { return f.covered[v] }

// receiveFold checks a change that may combine several.
func (w *world) receiveFold(s *session, at time.Time, told object) {
	i := slices.IndexFunc(w.entities, func(e *entity) bool { return e.id == told["entityId"] })
	from, to := number(told["fromVersion"]), number(told["version"])
	if i < 0 || from < 0 || from >= to || to > w.entities[i].version() {
		w.violates(s, nil, "received %v from v%d to v%d, which never was", told["entityId"], from, to)
	}
	e := w.entities[i]
	cursor, _ := told["cursor"].(string)
	parts := e.versions[from:to]
	last := parts[len(parts)-1]
	for _, v := range parts {
		switch {
		case !s.matches(v):
			w.violates(s, v, "received %v, which it did not ask for", v)
		case v.cursor <= s.after || from < s.versions[e] && !(w.catchesUp(s, at) && to > s.versions[e]):
			w.violates(s, v, "received %v again (v%d to v%d)", v, from, to)
		case !w.may(s, v, at):
			w.violates(s, v, "received %v, which %s must not see", v, s.person.id)
		}
	}
	if cursor < s.last || cursor > last.cursor {
		w.violates(s, last, "received %v with the cursor %s after %s", last, cursor, s.last)
	}
	if wrong := w.foldTells(e, from, to, told); wrong != "" {
		w.violates(s, last, "received %v (v%d to v%d) with %s", last, from, to, wrong)
	}
	s.counts[e]++
	if most := s.rate*at.Sub(s.began).Seconds() + 3; float64(s.counts[e]) > most {
		w.violates(s, last, "received %d changes of %s in %v", s.counts[e], e.label, at.Sub(s.began))
	}
	if !s.started {
		s.next = parts[0].index
	}
	s.told(last)
	s.versions[e], s.last = to, cursor
	for _, v := range parts {
		s.covered[v] = true
	}
	// No event up to the cursor may come later: 5.2, 14.3.
	for ; s.next < len(w.events) && w.events[s.next].cursor <= cursor; s.next++ {
		if v := w.events[s.next]; w.must(s, v) && !s.covered[v] {
			w.violates(s, v, "was not told of %v, and received %v with the cursor %s", v, last, cursor)
		}
	}
}

// catchesUp reports whether the reader may have been behind: it resumed, it was slow, or access changed and it began
// again. A change that combines several may then overlap with the one before it (14.3).
func (w *world) catchesUp(s *session, at time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.after != "" || !s.stood.IsZero() || len(w.breaks(s.start, at)) > 1
}

// foldTells returns what is wrong with the content of a change that goes from one version to another.
func (w *world) foldTells(e *entity, from, to int, told object) string {
	last, before := e.versions[to-1], fields{}
	if from > 0 {
		before = e.at(from)
	}
	if kind, _ := told["kind"].(string); !slices.Contains(kindsOf(e.versions[from:to]), kind) {
		return fmt.Sprintf("kind %q", kind)
	}
	if wrong := w.changesOf(told, before, last.state); wrong != "" {
		return wrong
	}
	return w.actorAndEntity(last, told)
}

// kindsOf returns the kinds that a change that combines several may have. If the first of them made the entity,
// the change is CREATED, and may be DELETED if the last deleted the entity. Otherwise the change is DELETED if the
// last one deleted the entity.
func kindsOf(parts []*event) []string {
	last := parts[len(parts)-1]
	switch {
	case parts[0].kind == created && last.kind == deleted:
		return []string{"CREATED", "DELETED"}
	case parts[0].kind == created:
		return []string{"CREATED"}
	case last.kind == deleted:
		return []string{"DELETED"}
	}
	kinds := []string{changeKinds[last.kind]}
	if slices.ContainsFunc(parts, func(v *event) bool { return v.kind == restored }) {
		kinds = append(kinds, "RESTORED", "UPDATED")
	}
	return kinds
}

func number(v any) int {
	n, ok := v.(float64)
	if !ok {
		return -1
	}
	return int(n)
}
