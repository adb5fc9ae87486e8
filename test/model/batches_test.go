package model

import (
	"fmt"
	"strings"
	"time"
)

// editMany: somebody edits several entities of a type with one mutation. Each edit is answered as if it came alone: 8.16.
func (w *world) editMany(p *person) {
	n, instance := one(w, nouns), w.pick()
	var calls []call
	chosen := map[*entity]bool{}
	for range 2 + w.random.IntN(4) {
		e := w.anEntity(func(e *entity) bool { return e.noun == n && !chosen[e] })
		if e == nil {
			break
		}
		chosen[e] = true
		calls = append(calls, w.edition(p, instance, e, w.base(e), w.patch(e, 1+w.random.IntN(3))))
	}
	if len(calls) > 0 {
		w.performAll(n, p, instance, calls)
	}
}

// performAll sends edits of one type as one mutation, and checks each answer in the order of the inputs.
func (w *world) performAll(n *noun, p *person, instance int, calls []call) {
	var inputs []any
	for _, c := range calls {
		inputs = append(inputs, c.variables["input"])
	}
	document := w.updating(calls[0].entity, "Update"+n.name+"Input!", "update"+n.name)
	document = strings.Replace(document, "$input: Update"+n.name+"Input!", "$inputs: [Update"+n.name+"Input!]!", 1)
	document = strings.Replace(document, "update"+n.name+"(input: $input)", "update"+n.name+"s(inputs: $inputs)", 1)
	began := time.Now()
	got, instance := w.answerOf(p, instance, document, object{"inputs": inputs})
	answers, _ := got.Data["update"+n.name+"s"].([]any)
	if got.Code == "" && len(answers) != len(calls) {
		w.fail(nil, p, "%d edits in one mutation have %d answers", len(calls), len(answers))
	}
	w.step++
	for i, c := range calls {
		reply := got // an error, which is of all of them
		if got.Code == "" {
			reply = answer{Data: object{"it": answers[i]}}
		}
		kind, data := kindOf(reply)
		w.note(c.entity, p, "%s at %s, input %d of %d: %s: %s", p.id, w.name(instance), i+1, len(calls), c.what, summary(kind, data))
		data, expected, ok := w.accept(c, reply, instance, began)
		if !ok {
			w.fail(c.entity, p, "%s was answered %s %s to: %s; expected: %s", p.id, kind, reply.Text, fmt.Sprint("input ", i+1, ": ", c.what), expected)
		}
		w.remember(c, data)
	}
}
