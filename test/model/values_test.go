package model

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// words make a text of few words out of few, so that people often set the same.
func (w *world) words() string {
	all := []string{"amber", "birch", "cedar", "dune", "ember"}
	return one(w, all) + " " + one(w, all)
}

// long makes a text of 19,000 characters, which fills what a reader who stands still does not read.
func (w *world) long() string {
	var b strings.Builder
	for b.Len() < 19_000 {
		fmt.Fprintf(&b, "%016x", w.random.Uint64())
	}
	return b.String()
}

// value makes a value of a field.
func (w *world) value(n *noun, name string) any {
	switch name {
	case n.title:
		return w.words()
	case "status", "stage":
		return one(w, n.statuses)
	case "amountMinor":
		return float64(w.random.IntN(4))
	case "currency":
		return one(w, []string{"EUR", "USD", "GBP"})
	case "expectedCloseDate":
		return one(w, []any{nil, "2027-02-01", "2027-03-01"})
	case "direction":
		return one(w, []string{"INBOUND", "OUTBOUND"})
	case "durationSeconds":
		return float64(w.random.IntN(4))
	case "email":
		return fmt.Sprintf("a%d@example.com", w.random.IntN(4))
	case "visibility":
		return one(w, []string{"ORGANIZATION", "RESTRICTED"})
	case "ownerId":
		if p := w.somebody(active); p != nil && w.chance(75) {
			return p.id
		}
		return nil
	case "tags":
		return w.some([]any{"red", "green", "blue", "grey"})
	case "attendeeIds":
		var ids []any
		for _, p := range w.people {
			if active(p) {
				ids = append(ids, p.id)
			}
		}
		return w.some(ids)
	case "startsAt":
		return fmt.Sprintf("2027-01-01T09:%02d:00.000Z", w.random.IntN(4))
	case "endsAt":
		return fmt.Sprintf("2027-01-01T12:%02d:00.000Z", w.random.IntN(4))
	}
	if w.chance(25) {
		return nil
	}
	return w.words()
}

// some picks some of several, in any order.
func (w *world) some(of []any) []any {
	all := slices.Clone(of)
	w.random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return append([]any{}, all[:w.random.IntN(len(all)+1)]...)
}

// patch makes new values of some fields, none of which decides over access.
func (w *world) patch(e *entity, count int) fields {
	patch := fields{}
	names := slices.Sorted(maps.Keys(e.state()))
	for len(patch) < count {
		if name := one(w, names); name != "ownerId" && name != "visibility" {
			patch[name] = w.value(e.noun, name)
			if (e.isSet(name) || e.isText(name)) && w.chance(75) {
				patch[name] = w.reworked(e.noun, name, one(w, e.versions).state[name])
			}
		}
	}
	return patch
}

// form returns the patch of a form that sends all fields as they were at a version, except the fields that decide
// over access and people who may be gone.
func (w *world) form(e *entity, version int) fields {
	form := maps.Clone(e.at(version))
	for _, name := range []string{"ownerId", "visibility", "attendeeIds"} {
		delete(form, name)
	}
	return form
}

// base picks a version that somebody may have seen: mostly a new one.
func (w *world) base(e *entity) int {
	if w.chance(50) {
		return e.version()
	}
	return max(1, e.version()-w.random.IntN(4))
}
