package model

import (
	crand "crypto/rand"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"tandem/internal/collab"
	"tandem/internal/systemtest"
)

// A world is one round: an organization of its own, what the model knows of it, and the readers that follow it.
// One goroutine does one operation after another, so that the order of the log is the order of operations; only the
// readers run beside it.
type world struct {
	model
	*system
	seed     uint64
	random   *rand.Rand
	org      string
	root     *person // an admin to the end, who does what has to succeed
	begin    string  // a cursor from before everything
	step     int
	at       *int // the instance that everything is done at; nil: any
	history  []line
	sessions []*session
	rooms    []*room
	settled  time.Time // when all readers had last received everything
	ids      int       // of mutations that were made
	repeated bool      // whether the last operation was sent more than once, since an answer did not come
	// answered are edits that were answered, to be repeated.
	answered []repeatable
}

// newWorld makes the world of a seed, which is empty.
func newWorld(s *system, seed uint64) *world {
	return &world{system: s, seed: seed, random: rand.New(rand.NewPCG(seed, 8)), org: "org-" + crand.Text()[:10]}
}

// setUp makes an organization with people of every role, and entities of every kind.
func (w *world) setUp() {
	w.root = w.join("root", admin)
	w.begin = w.query(w.root, w.pick(), `{ customers(first: 0) { asOf } }`, nil).Data["customers"].(object)["asOf"].(string)
	for _, who := range []struct{ name, role string }{{"ada", admin}, {"ben", member}, {"cem", member}, {"dan", member}, {"eve", viewer}} {
		w.join(who.name, who.role)
	}
	for range 3 {
		w.create(w.root, w.pick(), nouns[0], false, nil)
	}
	for _, n := range nouns[1:] {
		w.create(w.root, w.pick(), n, false, nil)
	}
}

// end lets all readers go, and makes the system whole for the next round.
func (w *world) end() {
	for _, s := range w.sessions {
		s.leave()
	}
	w.returnRedis()
	w.starting.Wait()
}

// join makes somebody a member, which their first request does.
func (w *world) join(name, role string) *person {
	p := &person{id: name + "-" + fmt.Sprint(w.seed), token: systemtest.Sign(w.org, name+"-"+fmt.Sprint(w.seed), strings.ToUpper(name[:1])+name[1:], collab.Role(role))}
	p.roles = []roleAt{{0, role}}
	w.people = append(w.people, p)
	got := w.query(p, w.pick(), `{ viewer { role } }`, nil)
	if shown := got.Data["viewer"].(object)["role"]; shown != role {
		w.fail(nil, p, "%s joined as %s, and is %v", name, role, shown)
	}
	return p
}

// chance is true in the given percentage of cases.
func (w *world) chance(percent int) bool { return w.random.IntN(100) < percent }

// one picks one of several, or the zero value if there are none.
func one[T any](w *world, of []T) T {
	if len(of) == 0 {
		var none T
		return none
	}
	return of[w.random.IntN(len(of))]
}

// somebody picks a person who is none of the root, and for whom a condition holds; nil if there is nobody.
func (w *world) somebody(is func(*person) bool) *person {
	var found []*person
	for _, p := range w.people[1:] {
		if is(p) {
			found = append(found, p)
		}
	}
	return one(w, found)
}

// active reports whether somebody is a member now.
func active(p *person) bool { return p.now() != removed }

// anEntity picks an entity for which a condition holds; nil if there is none.
func (w *world) anEntity(is func(*entity) bool) *entity {
	var found []*entity
	for _, e := range w.entities {
		if is(e) {
			found = append(found, e)
		}
	}
	return one(w, found)
}

func isThere(e *entity) bool { return !e.deleted() }

// anEditor picks somebody who may change an entity.
func (w *world) anEditor(e *entity, but ...*person) *person {
	p := w.somebody(func(p *person) bool {
		return !slices.Contains(but, p) && e.current().sees(p, p.now()) && e.current().edits(p, p.now())
	})
	if p == nil {
		return w.root
	}
	return p
}

// mutation makes a clientMutationId.
func (w *world) mutation() any {
	w.ids++
	return fmt.Sprintf("m%d-%d-%s", w.seed, w.ids, w.org)
}

// query asks until there is an answer.
func (w *world) query(p *person, instance int, query string, variables object) answer {
	got, _ := w.answerOf(p, instance, query, variables)
	return got
}

// answerOf sends an operation until it is answered, on the other instance if one does not answer, and returns
// which one did. Every operation can safely be sent twice: 8.8, 19.5.
func (w *world) answerOf(p *person, instance int, query string, variables object) (answer, int) {
	began := time.Now()
	for attempt := 0; ; attempt++ {
		got := systemtest.Ask(w.urls[instance], p.token, query, variables)
		switch {
		case got.Code == "INTERNAL":
			w.fail(nil, p, "%s was answered INTERNAL: %s", p.id, got.Text)
		case !got.Failed():
			if w.repeated = attempt > 0; w.repeated {
				w.note(nil, p, "it was answered at the attempt %d, after %v", attempt+1, time.Since(began).Round(time.Millisecond))
			}
			return got, instance
		case !w.disturbed(began):
			w.fail(nil, p, "%s got no answer from %s, and nothing was away: %s %s %v", p.id, w.name(instance), got.Code, got.Text, got.Lost)
		case time.Since(began) > patience:
			w.fail(nil, p, "%s got no answer in %v: %s %s %v", p.id, patience, got.Code, got.Text, got.Lost)
		}
		instance = 1 - instance
		<-time.After(20 * time.Millisecond)
	}
}

// patience bounds every wait; only a violation uses it up.
const patience = 45 * time.Second

// hears bounds how long an instance may take to learn of access that was changed at another one: 19.7 allows about
// a second, and this machine may be busy.
const hears = 5 * time.Second

// known returns the newest position up to which an instance must know of all changes of access at a time.
func (w *world) known(instance int, at time.Time) int {
	for _, s := range w.shifts {
		since := s.answered
		if back := w.backAt(); back.After(since) {
			since = back
		}
		if s.instance != instance && at.Before(since.Add(hears)) {
			return s.position - 1
		}
	}
	return w.position
}

// A standing is what decides over an operation: somebody's role, and the access to an entity.
type standing struct {
	role string
	access
}

// standings are those by which an instance may answer a person now: one unless access was changed just now elsewhere.
func (w *world) standings(p *person, e *entity, instance int) []standing {
	var all []standing
	from := w.known(instance, time.Now())
	for role := from; role <= w.position; role++ {
		for a := from; a <= w.position; a++ {
			next := standing{role: p.role(role)}
			if e != nil {
				next.access = e.access(a)
			}
			if !slices.ContainsFunc(all, func(s standing) bool { return s.role == next.role && s.position == next.position }) {
				all = append(all, next)
			}
		}
	}
	slices.Reverse(all) // what holds now comes first
	return all
}
