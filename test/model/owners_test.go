package model

// governed are the fields that decide over access, which only those who manage an entity set.
var governed = []string{"ownerId", "visibility"}

// readdressing adds fields that decide over access to a patch.
func (w *world) readdressing(n *noun, patch fields) fields {
	for _, name := range governed {
		if w.chance(60) {
			patch[name] = w.value(n, name)
		}
	}
	return patch
}

// aManager picks somebody who may set who owns an entity.
func (w *world) aManager(e *entity) *person {
	p := w.somebody(func(p *person) bool { return atLeast(p.now(), member) && e.current().manages(p, p.now()) })
	if p == nil || w.chance(40) {
		return w.root
	}
	return p
}

// mayGovern reports what somebody may do with the fields of a resolution that decide over access: whether they may set
// all of them, and whether those that they may not set are as they are to be.
func (w *world) mayGovern(e *entity, p *person, role string, patch fields, by func(string) *person) (may, idle bool) {
	may, idle = true, true
	for _, name := range governed {
		value, set := patch[name]
		author := by(name)
		if !set || e.current().manages(p, role) || author != p && atLeast(author.now(), member) && e.current().manages(author, author.now()) {
			continue
		}
		may, idle = false, idle && same(value, e.state()[name])
	}
	return may, idle
}

// isLost reports whether a patch makes a person the owner who is no longer a member.
func (w *world) isLost(patch fields) bool {
	for _, p := range w.people {
		if p.id == patch["ownerId"] {
			return !active(p)
		}
	}
	return false
}

// ownerStory: people who manage an entity hand it over, and say who sees it, from versions that others have changed; what
// comes of it is resolved by somebody, who need not manage it.
func (w *world) ownerStory() {
	creator := w.somebody(func(p *person) bool { return atLeast(p.now(), member) })
	if creator == nil || w.chance(30) {
		creator = w.root
	}
	e := w.create(creator, w.pick(), one(w, nouns), w.chance(30), nil)
	if e == nil {
		return // their role was changed just now
	}
	for range 3 + w.random.IntN(4) {
		if w.chance(30) {
			w.settle()
		}
		seen := e.version()
		for range 2 {
			w.update(w.aManager(e), w.pick(), e, seen, w.readdressing(e.noun, w.patch(e, w.random.IntN(3))))
		}
		for c := w.aConflict(); c != nil && c.entity == e && w.chance(70); c = w.aConflict() {
			p := w.anEditor(e)
			if w.chance(50) {
				p = w.aManager(e)
			}
			w.perform(w.aResolution(p, w.pick(), c))
		}
	}
}
