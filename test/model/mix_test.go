package model

import (
	"fmt"
	"time"
)

// onAt has everything done at one instance.
func (w *world) onAt(instance int, do func()) {
	w.at = &instance
	defer func() { w.at = nil }()
	do()
}

// pick picks an instance.
func (w *world) pick() int {
	if picked := w.random.IntN(2); w.at == nil {
		return picked
	}
	return *w.at
}

// wholeForm: people read a form, others edit the entity, and the form comes with all its fields. The conflicts are
// resolved, at once or after more edits.
func (w *world) wholeForm() {
	e := w.anEntity(isThere)
	if e == nil || w.chance(30) {
		e = w.create(w.root, w.pick(), one(w, nouns), false, nil)
	}
	p := w.anEditor(e)
	q := w.anEditor(e, p)
	seen := e.version()
	for range 1 + w.random.IntN(3) {
		w.update(q, w.pick(), e, e.version(), w.patch(e, 1+w.random.IntN(3)))
	}
	w.update(p, w.pick(), e, seen, with(w.form(e, seen), w.patch(e, 1+w.random.IntN(3))))
	if w.chance(40) {
		w.update(w.anEditor(e), w.pick(), e, e.version(), w.patch(e, 2))
	}
	for c := w.aConflict(); c != nil && w.chance(80); c = w.aConflict() {
		w.resolveSomehow(w.anEditor(c.entity), c)
		if w.chance(30) {
			w.update(w.anEditor(c.entity), w.pick(), c.entity, c.entity.version(), w.patch(c.entity, 2))
		}
	}
}

// mix does anything.
func (w *world) mix() {
	for range 8 + w.random.IntN(12) {
		p, e := w.somebody(func(p *person) bool { return !p.erased }), w.anEntity(func(*entity) bool { return true })
		switch dice := w.random.IntN(100); {
		case dice < 26:
			w.edit(p, e)
		case dice < 30:
			w.editMany(p)
		case dice < 36:
			w.create(p, w.pick(), one(w, nouns), w.chance(40), nil)
		case dice < 42 && !e.deleted():
			w.remove(p, w.pick(), e, w.base(e))
		case dice < 48:
			w.restoreSomething(p, e)
		case dice < 54:
			w.comment(p, w.pick(), e)
		case dice < 59:
			w.view(p, w.pick(), e)
		case dice < 67:
			w.shareAtRandom(p, e)
		case dice < 73 && isThere(e):
			w.readdressAtRandom(e)
		case dice < 78:
			w.changeRole()
		case dice < 84:
			if c := w.aConflict(); c != nil {
				w.resolveSomehow(p, c)
			}
		case dice < 88:
			w.repeat()
		case dice < 90:
			w.misuse()
		case dice < 96:
			w.look(p, w.pick(), e)
		default:
			w.poll(p, w.pick(), w.cursor())
		}
	}
}

func (w *world) edit(p *person, e *entity) {
	patch := w.patch(e, 1+w.random.IntN(3))
	base := w.base(e)
	if w.chance(20) {
		patch = with(w.form(e, base), patch)
	}
	if w.chance(10) {
		patch["visibility"] = map[bool]string{true: "ORGANIZATION", false: "RESTRICTED"}[e.current().restricted]
		base = e.version()
	}
	w.update(p, w.pick(), e, base, patch)
}

func (w *world) restoreSomething(p *person, e *entity) {
	if gone := w.anEntity((*entity).deleted); gone != nil && w.chance(80) {
		p, e = w.root, gone
	}
	w.restore(p, w.pick(), e)
}

func (w *world) shareAtRandom(p *person, e *entity) {
	if w.chance(60) {
		p = w.root
	}
	if to := w.somebody(active); w.chance(50) {
		w.grant(p, w.pick(), e, to, one(w, []string{"READ", "WRITE"}))
	} else {
		w.revoke(p, w.pick(), e, to)
	}
}

// readdressAtRandom has who may see an entity changed by its visibility or its owner.
func (w *world) readdressAtRandom(e *entity) {
	patch := fields{"visibility": one(w, []string{"ORGANIZATION", "RESTRICTED", "RESTRICTED"})}
	if w.chance(40) {
		patch = fields{"ownerId": nil}
		if owner := w.somebody(active); w.chance(70) {
			patch["ownerId"] = owner.id
		}
	}
	w.update(w.root, w.pick(), e, e.version(), patch)
}

func (w *world) changeRole() {
	p := w.somebody(func(p *person) bool { return !p.erased })
	switch {
	case p.now() != removed && w.chance(20):
		w.removeMember(w.root, w.pick(), p)
	default:
		w.setRole(w.root, w.pick(), p, one(w, []string{viewer, member, member, admin}))
	}
}

// resumeElsewhere: readers lose their connections, and come back after their last cursor, mostly elsewhere.
func (w *world) resumeElsewhere() {
	for _, s := range w.sessions {
		w.digest(s)
		if !s.over && !s.leftBehind() && w.chance(60) {
			w.resume(s)
		}
	}
	w.mix()
}

// resume has a reader come back after the last cursor that it dealt with.
func (w *world) resume(s *session) *session {
	s.leave()
	w.digest(s)
	if s.person.now() == removed {
		w.released(s, afterBreak)
		return nil
	}
	if s.tab != nil { // it is back before anybody is told that it was away: 13.5
		s.tab.ghosts = append(s.tab.ghosts, presence{s.tab.sides(s.person, w.lately(time.Now())), time.Now().Add(afterBreak)})
	}
	at := s.instance
	if w.chance(80) {
		at = 1 - at
	}
	return w.follow(s.person, at, s.following, s.last)
}

// killSomething kills a part of the system while work goes on, and lets the readers come back that lost their instance.
func (w *world) killSomething() {
	var lost []*session
	switch w.random.IntN(4) {
	case 0:
		w.killRedis()
	case 1, 2:
		lost = w.killInstance(w.random.IntN(2))
	default:
		w.killPostgres()
	}
	w.mix()
	for _, s := range lost {
		if w.digest(s); !s.refused {
			w.resume(s)
		}
	}
	w.mix()
}

// eraseSomebody erases a person, and goes on; one at most in a round.
func (w *world) eraseSomebody() {
	for _, p := range w.people {
		if p.erased {
			return
		}
	}
	w.returnRedis() // which has to know that they leave all rooms
	w.settle()
	p := w.somebody(func(*person) bool { return true })
	w.erase(p)
	w.note(nil, nil, "%s was erased", p.id)
	w.join(fmt.Sprint("new", w.position), member)
	w.mix()
}
