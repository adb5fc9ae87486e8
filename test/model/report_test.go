package model

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// A line of the history says what was done at a step, and what it was about.
type line struct {
	step   int
	at     time.Time
	entity *entity
	person *person
	text   string
}

// A violation is something that docs/protocol.md does not allow.
type violation struct {
	entity *entity
	person *person
	text   string
}

// concerns reports whether a line is about what a violation is about: its entity, its person where no other entity is
// named, or everything.
func (l line) concerns(v violation) bool {
	switch {
	case l.entity != nil && v.entity != nil:
		return l.entity == v.entity || v.person != nil && strings.Contains(l.text, "give "+v.person.id)
	case l.person != nil && v.person != nil:
		return l.person == v.person || strings.Contains(l.text, v.person.id)
	}
	return l.entity == nil
}

// note adds to the history. Without an entity and a person it concerns everything.
func (w *world) note(e *entity, p *person, format string, values ...any) {
	w.history = append(w.history, line{w.step, time.Now(), e, p, fmt.Sprintf(format, values...)})
}

// fail ends the round with a violation.
func (w *world) fail(e *entity, p *person, format string, values ...any) {
	panic(violation{e, p, fmt.Sprintf(format, values...)})
}

// report says what went wrong, and what happened before that concerns it; all that happened with MODEL_HISTORY=all.
func (w *world) report(v violation) string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d, step %d, organization %s:\n\n  %s\n\n", w.seed, w.step, w.org, v.text)
	fmt.Fprintf(&b, "Run it again with: make model SEED=%d\nWhat happened that concerns it:\n", w.seed)
	var concerned []line
	for _, l := range w.history {
		if l.concerns(v) || os.Getenv("MODEL_HISTORY") == "all" {
			concerned = append(concerned, l)
		}
	}
	if left := len(concerned) - 120; left > 0 {
		fmt.Fprintf(&b, "  … %d earlier\n", left)
		concerned = concerned[left:]
	}
	for _, l := range concerned {
		fmt.Fprintf(&b, "  %3d %s %.600s\n", l.step, l.at.Format("04:05.000"), l.text)
	}
	return b.String()
}

// violates ends the round with something that a session must not have been sent.
func (w *world) violates(s *session, v *event, format string, values ...any) {
	e := s.about()
	if v != nil {
		e = v.entity
	}
	w.fail(e, s.person, "%v %s", s, fmt.Sprintf(format, values...))
}
