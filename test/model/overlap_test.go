package model

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"tandem/internal/systemtest"
)

// A reply is the answer to one of several mutations that were under way at the same time.
type reply struct {
	call
	answer
	at       int // the instance that answered
	repeated bool
	tried    []string // what might have been answered, by the order in which it was tried
	failed   string   // why there is no answer
}

// mutationID returns the clientMutationId of a call.
func (c call) mutationID() any { return c.variables["input"].(object)["clientMutationId"] }

// readdresses reports whether a resolution decides over access.
func (c call) readdresses() bool {
	merged, _ := c.variables["input"].(object)["merged"].(fields)
	return touchesAccess(merged)
}

// overlap sends mutations of one entity at the same time, and checks that their answers are those of some order. The log
// says in which order those of them came that wrote something, and an answer which version it saw.
func (w *world) overlap(e *entity, calls []call) {
	w.whole()
	began, after := time.Now(), e.newest().cursor
	replies := w.atOnce(calls, began)
	for _, r := range replies {
		kind, data := kindOf(r.answer)
		if w.step++; r.failed != "" {
			w.fail(e, r.person, "%s got no answer to: %s: %s", r.person.id, r.what, r.failed)
		}
		w.note(e, r.person, "at the same time: %s at %s: %s: %s", r.person.id, w.name(r.at), r.what, summary(kind, data))
	}
	written := w.writtenAfter(e, after)
	for _, r := range replies {
		wrote := slices.ContainsFunc(written, func(id any) bool { return same(id, r.mutationID()) })
		r.wrote = &wrote
	}
	replies = w.withoutTwins(replies)
	for _, id := range written {
		writer := func(r *reply) bool { return *r.wrote && same(r.mutationID(), id) }
		i := slices.IndexFunc(replies, writer)
		if i < 0 {
			w.fail(e, nil, "a change of %s has the clientMutationId %v, which none of those that were sent has", e.label, id)
		}
		replies = w.takeOthers(replies, began)
		i = slices.IndexFunc(replies, writer)
		if !w.accepts(replies[i], began) {
			w.fail(e, replies[i].person, "%s; in the order of the log: %s", replies[i].what, strings.Join(replies[i].tried, "; "))
		}
		replies = slices.Delete(replies, i, i+1)
	}
	for _, r := range w.takeOthers(replies, began) {
		w.fail(e, r.person, "%s, which wrote nothing, has an answer of no order: %s", r.what, strings.Join(r.tried, "; "))
	}
}

// atOnce sends mutations at the same time, and waits for the answers.
func (w *world) atOnce(calls []call, began time.Time) []*reply {
	var replies []*reply
	var waiting sync.WaitGroup
	for _, c := range calls {
		r := &reply{call: c}
		replies = append(replies, r)
		waiting.Go(func() {
			for instance := c.instance; ; instance = 1 - instance {
				r.at, r.answer = instance, systemtest.Ask(w.urls[instance], c.person.token, c.document, c.variables)
				switch moved := r.Code == "UNAVAILABLE" && strings.HasPrefix(r.what, "resolve"); { // 9.6
				case moved && time.Since(began) < patience:
				case r.Code == "INTERNAL" || r.answer.Failed() && (!w.disturbed(began) || time.Since(began) > patience):
					r.failed = r.Code + " " + r.Text
					return
				case !r.answer.Failed():
					return
				}
				r.repeated = true
				<-time.After(20 * time.Millisecond)
			}
		})
	}
	waiting.Wait()
	return replies
}

// writtenAfter returns the clientMutationIds of the changes of an entity after a cursor, whose versions have no gaps.
func (w *world) writtenAfter(e *entity, cursor string) (ids []any) {
	got := w.query(w.root, w.pick(), `query ($after: Cursor, $id: ID) { changes(after: $after, entityId: $id, first: 100) { changes { version clientMutationId } } }`,
		object{"after": cursor, "id": e.id})
	for _, change := range got.Data["changes"].(object)["changes"].([]any) {
		ids = append(ids, change.(object)["clientMutationId"])
		if version := change.(object)["version"]; version != float64(e.version()+len(ids)) {
			w.fail(e, nil, "after v%d of %s comes v%v", e.version()+len(ids)-1, e.label, version)
		}
	}
	return ids
}

// takeOthers accepts those of the replies that wrote nothing and may have been given now, and returns what is left.
func (w *world) takeOthers(replies []*reply, began time.Time) []*reply {
	before := len(replies)
	slices.SortStableFunc(replies, func(a, b *reply) int { return a.rank() - b.rank() })
	replies = slices.DeleteFunc(replies, func(r *reply) bool {
		if *r.wrote {
			return false
		}
		return w.accepts(r, began)
	})
	if len(replies) < before { // one may be the reason for another
		return w.takeOthers(replies, began)
	}
	return replies
}

// withoutTwins checks that what was sent twice at the same time has one answer, and drops the second: 8.6, 9.7. An edit that changed
// nothing leaves no trace (8.5, 8.9), so it may be followed by an answer of another kind, or of a later version.
func (w *world) withoutTwins(replies []*reply) (first []*reply) {
	for _, r := range replies {
		i := slices.IndexFunc(first, func(f *reply) bool { return same(f.mutationID(), r.mutationID()) })
		if i < 0 {
			first = append(first, r)
			continue
		}
		kind, data := kindOf(first[i].answer)
		again, other := kindOf(r.answer)
		switch {
		case kind == again && same(data["cursor"], other["cursor"]) && same(data["id"], other["id"]):
		case kind == "Conflict" && again == "Conflict":
			w.fail(r.entity, r.person, "%s was sent twice at the same time, and met the conflicts %v and %v", r.what, data["id"], other["id"])
		default:
			nothing := false
			if kind != "Saved" || again == "Saved" && number(data[r.entity.one()].(object)["version"]) < number(other[r.entity.one()].(object)["version"]) {
				first[i].wrote = &nothing
			} else {
				r.wrote = &nothing
			}
			first = append(first, r)
		}
	}
	return first
}

// rank puts the end of a conflict last: a conflict that moves on, or whose resolution is refused to a person, can
// still be resolved, and not the other way round.
func (r *reply) rank() int {
	if kind, _ := kindOf(r.answer); kind == "Saved" {
		return 1
	}
	return 0
}

// accepts applies a reply to the model if it may be given now. Otherwise it records the replies that may be.
func (w *world) accepts(r *reply, began time.Time) bool {
	w.repeated = r.repeated
	_, expected, ok := w.accept(r.call, r.answer, r.at, began)
	r.tried = append(r.tried, fmt.Sprintf("after v%d, %s", r.entity.version(), expected))
	return ok
}

// editAtOnce: people edit the same entity at the same time, from the same version or another.
func (w *world) editAtOnce() {
	e := w.anEntity(isThere)
	if e == nil || w.chance(30) {
		e = w.create(w.root, w.pick(), one(w, nouns), false, nil)
	}
	for range 3 + w.random.IntN(4) {
		if e.deleted() {
			w.restore(w.root, w.pick(), e)
		}
		if w.chance(15) {
			w.readdressAtRandom(e)
			w.settle()
		}
		var calls []call
		for i := range 2 + w.random.IntN(3) {
			calls = append(calls, w.anOverlap(e, i%2))
		}
		if w.chance(20) {
			twin := calls[0]
			twin.instance = 1 - twin.instance
			calls = append(calls, twin)
		}
		w.overlap(e, calls)
		for c := w.aConflict(); c != nil && c.entity == e && w.chance(60); c = w.aConflict() {
			calls := []call{w.aResolution(w.anEditor(e), 0, c), w.aResolution(w.anEditor(e), 1, c)}
			if touchesAccess(c.local) || slices.ContainsFunc(calls, call.readdresses) {
				w.perform(calls[0]) // or somebody may lose access meanwhile
				continue
			}
			w.overlap(e, calls)
		}
	}
}

// anOverlap makes a mutation of an entity that is there.
func (w *world) anOverlap(e *entity, instance int) call {
	p, base := w.anEditor(e), w.base(e)
	patch := w.patch(e, 1+w.random.IntN(3))
	switch dice := w.random.IntN(100); {
	case dice < 8:
		return w.removal(w.root, instance, e, base)
	case dice < 20:
		patch = with(w.form(e, base), patch)
	case dice < 30: // nobody loses access meanwhile, which would decide over what their answers show
		p, patch["visibility"] = w.root, "ORGANIZATION"
	}
	return w.edition(p, instance, e, base, patch)
}
