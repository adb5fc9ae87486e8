package fair

import "slices"

// An org is an organization on whose behalf units are held or waited for.
type org struct {
	name   string
	held   int64
	people map[string]*person
	turns  []*person // people with waiting requests, the next one first
}

// A person belongs to an organization; the person without a name is its shared work.
type person struct {
	org     *org
	name    string
	held    int64
	grants  int        // that are held or waited for
	waiting []*request // oldest first
}

// A request is a grant that is still waiting.
type request struct {
	grant   *Grant
	units   int64
	granted bool
	ready   chan struct{} // closed when granted; nil while nobody waits for it
}

// Queue.mu is held in all functions below.

// enter returns the person of a key, and counts one more grant of theirs.
func (q *Queue) enter(who Key) *person {
	o := q.orgs[who.Org]
	if o == nil {
		o = &org{name: who.Org, people: make(map[string]*person)}
		q.orgs[who.Org] = o
	}
	p := o.people[who.Person]
	if p == nil {
		p = &person{org: o, name: who.Person}
		o.people[who.Person] = p
	}
	p.grants++
	return p
}

// leave reverts enter.
func (q *Queue) leave(p *person) {
	if p.grants--; p.grants > 0 {
		return
	}
	delete(p.org.people, p.name)
	if len(p.org.people) == 0 {
		delete(q.orgs, p.org.name)
	}
}

// enqueue adds a request to the queue of its person.
func (q *Queue) enqueue(r *request) {
	q.waiting++
	p := r.grant.person
	if p.waiting = append(p.waiting, r); len(p.waiting) > 1 {
		return
	}
	if p.org.turns = append(p.org.turns, p); len(p.org.turns) == 1 {
		q.turns = append(q.turns, p.org)
	}
}

// withdraw removes a request that was not granted.
func (q *Queue) withdraw(r *request) {
	q.waiting--
	p := r.grant.person
	p.waiting = slices.DeleteFunc(p.waiting, func(other *request) bool { return other == r })
	if len(p.waiting) == 0 {
		p.org.turns = slices.DeleteFunc(p.org.turns, func(other *person) bool { return other == p })
	}
	if len(p.org.turns) == 0 {
		q.turns = slices.DeleteFunc(q.turns, func(other *org) bool { return other == p.org })
	}
}

// dispatch grants as many requests as the limits allow.
func (q *Queue) dispatch() {
	for i := 0; i < len(q.turns); {
		p := q.turns[i].next(q.limits)
		if p == nil { // its own limits are reached: the next organization has its turn
			i++
			continue
		}
		r := p.waiting[0]
		if !within(q.limits.Total, q.held, r.units) {
			return // it keeps its turn, so that smaller requests can't pass it forever
		}
		q.grant(r)
		i = 0
	}
}

// next returns the person of an organization whose turn it is, or nil if limits
// keep all of them waiting.
func (o *org) next(limits Limits) *person {
	for _, p := range o.turns {
		units := p.waiting[0].units
		if p.name != "" && !within(limits.PerPerson, p.held, units) {
			continue
		}
		if !within(limits.PerOrg, o.held, units) {
			return nil // as above: it keeps its turn
		}
		return p
	}
	return nil
}

// grant grants a request, and moves its organization and its person to the end of the queue.
func (q *Queue) grant(r *request) {
	p, o := r.grant.person, r.grant.person.org
	q.withdraw(r)
	if len(p.waiting) > 0 {
		o.turns = append(slices.DeleteFunc(o.turns, func(other *person) bool { return other == p }), p)
	}
	if len(o.turns) > 0 {
		q.turns = append(slices.DeleteFunc(q.turns, func(other *org) bool { return other == o }), o)
	}
	r.grant.hold(r.units)
	r.granted = true
	if r.ready != nil {
		close(r.ready)
	}
}

// within reports whether more units may be held in addition. A request beyond the limit
// is allowed if nothing is held.
func within(limit, held, units int64) bool {
	return limit <= 0 || held == 0 || held+units <= limit
}

// hold adds to the counts of units; more may be negative.
func (g *Grant) hold(more int64) {
	g.units += more
	g.person.held += more
	g.person.org.held += more
	g.queue.held += more
}
