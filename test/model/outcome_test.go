package model

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// An outcome is an answer that a mutation may have, and what it then did.
type outcome struct {
	kind string // the type of the answer, or the code of an error
	// check says what is wrong with an answer of this type; nil for nothing to check.
	check func(object) string
	apply func(object)
	// writes says that it makes a version.
	writes bool
}

// A call is a mutation of somebody at an instance.
type call struct {
	person    *person
	entity    *entity
	instance  int
	what      string // for reports
	document  string
	variables object
	// expect returns what may be answered to somebody of a standing.
	expect func(standing) []outcome
	shifts bool // whether it changes access if it succeeds
	quiet  bool // whether the history has it elsewhere
	// wrote says whether it made a version, where the log was asked; nil where it was not.
	wrote *bool
}

// answered is what a mutation's answer holds of each type.
const saved = `... on %sSaved { cursor merged clientMutationId %s { ...%s } } `

// perform sends a mutation, and checks that the answer is one that may be given. It returns the answer.
func (w *world) perform(c call) object {
	began := time.Now()
	got, instance := w.answerOf(c.person, c.instance, c.document, c.variables)
	kind, data := kindOf(got)
	if w.step++; !c.quiet {
		w.note(c.entity, c.person, "%s at %s: %s: %s", c.person.id, w.name(instance), c.what, summary(kind, data))
	}
	data, expected, ok := w.accept(c, got, instance, began)
	if !ok {
		w.fail(c.entity, c.person, "%s was answered %s %s to: %s; expected: %s", c.person.id, kind, got.Text, c.what, expected)
	}
	return data
}

// accept applies an answer to the model if it may be given now. Otherwise it returns the answers that may be.
func (w *world) accept(c call, got answer, instance int, began time.Time) (data object, expected string, ok bool) {
	kind, data := kindOf(got)
	var allowed []string
	for _, s := range w.standings(c.person, c.entity, instance) {
		outcomes := []outcome{{kind: "FORBIDDEN"}}
		if s.role != removed {
			outcomes = c.expect(s)
		}
		for _, o := range outcomes {
			wrong := ""
			if c.wrote != nil && o.kind == kind && o.writes != *c.wrote {
				wrong = fmt.Sprintf("that writes: %v", o.writes)
			} else if o.kind == kind && o.check != nil {
				wrong = o.check(data)
			}
			if o.kind != kind || wrong != "" {
				allowed = append(allowed, strings.TrimSpace(o.kind+" "+wrong))
				continue
			}
			before := w.position
			if o.apply != nil {
				o.apply(data)
			}
			if c.shifts && w.position > before {
				w.shifted(instance, began)
			}
			return data, "", true
		}
	}
	return nil, strings.Join(slices.Compact(allowed), ", or "), false
}

// kindOf returns what kind of answer it is: the type of the union's member, a value, or the code of an error.
func kindOf(got answer) (string, object) {
	if got.Code != "" {
		return got.Code, nil
	}
	for _, value := range got.Data {
		if data, ok := value.(object); ok && data["__typename"] != nil {
			kind := data["__typename"].(string)
			if strings.HasSuffix(kind, "Saved") || strings.HasSuffix(kind, "Conflict") {
				for _, n := range nouns {
					kind = strings.TrimPrefix(kind, n.name)
				}
			}
			return kind, data
		}
		return fmt.Sprint(value), nil
	}
	return "nothing", nil
}

func summary(kind string, data object) string {
	for _, n := range nouns {
		if e, ok := data[n.one()].(object); ok {
			return fmt.Sprintf("%s v%v, merged: %v", kind, e["version"], data["merged"])
		}
	}
	switch kind {
	case "Conflict":
		return fmt.Sprintf("Conflict %v of v%v against v%v over %v", data["id"], data["baseVersion"], data["remoteVersion"], namesOf(data["conflictedFields"]))
	case "InvalidInput":
		return fmt.Sprintf("InvalidInput %v", data["fields"])
	}
	return kind
}

// namesOf returns the names of a list of fields, in order.
func namesOf(list any) []string {
	var names []string
	entries, _ := list.([]any)
	for _, entry := range entries {
		names = append(names, fmt.Sprint(entry.(object)["field"]))
	}
	slices.Sort(names)
	return names
}

// shows says how an entity of an answer differs from how it should be.
func (w *world) shows(n *noun, shown object, id string, version int, want fields) string {
	if shown == nil {
		return "is null"
	}
	if shown["id"] != id || shown["version"] != float64(version) {
		return fmt.Sprintf("is %v v%v, want %s v%d", shown["id"], shown["version"], id, version)
	}
	got := n.read(shown)
	for name := range want {
		if !w.sameShown(name, got[name], want[name]) {
			return fmt.Sprintf("has %s %.60v, want %.60v (v%d)", name, got[name], want[name], version)
		}
	}
	return ""
}

// sameShown compares a field as an answer shows it: somebody who was erased is shown as nobody.
func (w *world) sameShown(name string, got, want any) bool {
	switch name {
	case "ownerId":
		return same(got, want) || got == nil && w.isErased(want)
	case "attendeeIds":
		ids, _ := want.([]any)
		there, _ := got.([]any)
		gone := func(id any) bool { return w.isErased(id) }
		return same(slices.DeleteFunc(slices.Clone(ids), gone), slices.DeleteFunc(slices.Clone(there), gone))
	}
	return same(got, want)
}

func (w *world) isErased(id any) bool {
	return slices.ContainsFunc(w.people, func(p *person) bool { return p.erased && p.id == id })
}
