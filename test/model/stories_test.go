package model

import (
	"os"
	"slices"
	"strings"
)

// A story is a run of operations that leads to where faults are likely.
type story struct {
	name   string
	weight int
	play   func(*world)
}

var stories = []story{
	{"mix", 6, (*world).mix},
	{"stalled", 3, (*world).stalledReader},
	{"access", 5, (*world).subscribeRightAfter},
	{"form", 4, (*world).wholeForm},
	{"resume", 3, (*world).resumeElsewhere},
	{"kill", 2, (*world).killSomething},
	{"erase", 1, (*world).eraseSomebody},
	{"owners", 3, (*world).ownerStory},
	{"overlap", 4, (*world).editAtOnce},
	{"rooms", 4, (*world).roomStory},
}

// chosen are the stories that STORIES names, or all of them.
func chosen() []story {
	names := os.Getenv("MODEL_STORIES")
	if names == "" {
		return stories
	}
	return slices.DeleteFunc(slices.Clone(stories), func(s story) bool { return !slices.Contains(strings.Split(names, ","), s.name) })
}

// play plays a round.
func (w *world) play() {
	w.followAtRandom(4)
	w.settle()
	for range 6 + w.random.IntN(4) {
		s := w.aStory(chosen())
		w.note(nil, nil, "— %s", s.name)
		s.play(w)
		if w.chance(40) {
			w.settle()
		}
		w.tidy()
	}
	w.returnRedis()
	w.create(w.root, w.pick(), nouns[0], false, nil)
	w.settle()
	w.compareWithLog()
}

func (w *world) aStory(of []story) story {
	total := 0
	for _, s := range of {
		total += s.weight
	}
	dice := w.random.IntN(total)
	for _, s := range of {
		if dice -= s.weight; dice < 0 {
			return s
		}
	}
	panic("the weights of stories do not add up")
}

// tidy lets some of the older readers go, and new ones come, and Redis back at some time.
func (w *world) tidy() {
	open := 0
	for _, s := range w.sessions {
		w.digest(s)
		if s.room == nil && !s.over && !s.leftBehind() {
			open++
		}
	}
	if open < 4 || w.chance(20) && open < 10 {
		w.followAtRandom(1)
	}
	if w.redisGone != nil && w.chance(50) {
		w.returnRedis()
	}
}

// following makes something to follow at random, for a person.
func (w *world) following(only *entity) following {
	f := following{field: one(w, []string{"entityChanged", "entityChanged", "activity", "one", "one", "notificationReceived", "session"})}
	if only == nil {
		only = w.anEntity(func(*entity) bool { return true })
	}
	switch {
	case f.field == "one":
		f.field = only.one() + "Changed"
		if w.chance(70) {
			f.only = only
		}
	case f.field == "activity" && only.name == "Customer" && w.chance(30):
		f.feed = only
	}
	if !slices.Contains([]string{"activity", "notificationReceived", "session"}, f.field) && w.chance(25) {
		f.rate = one(w, []float64{1, 4, 20})
	}
	return f
}

// cursor picks a place to follow from: "" for now.
func (w *world) cursor() string {
	switch {
	case w.chance(25):
		return ""
	case w.chance(20):
		return w.begin
	}
	recent := w.events[max(0, len(w.events)-40):]
	return one(w, recent).cursor
}

func (w *world) followAtRandom(count int) {
	for range count {
		if p := w.somebody(active); p != nil {
			w.follow(p, w.pick(), w.following(nil), w.cursor())
		}
	}
}

// stalledReader: somebody follows what not everybody sees, and stands still while what let them see it is taken away.
func (w *world) stalledReader() {
	p := w.somebody(active)
	e := w.create(w.root, w.pick(), one(w, nouns), true, nil)
	if w.chance(50) || p.now() == viewer {
		w.grant(w.root, w.pick(), e, p, one(w, []string{"READ", "WRITE"}))
	} else if p.now() != admin {
		w.setRole(w.root, w.pick(), p, admin)
	}
	f := w.following(e)
	if w.chance(70) {
		f = following{field: e.one() + "Changed", only: e}
	}
	s := w.follow(p, w.pick(), f, e.newest().cursor)
	w.update(w.root, w.pick(), e, e.version(), fields{e.title: w.words()})
	w.settle()
	s.stand()
	w.note(e, p, "%v stands still", s)
	w.flood(e, 40+w.random.IntN(50))
	w.takeFrom(p, e)
	w.flood(e, 10+w.random.IntN(60))
	if w.chance(30) {
		w.giveTo(p, e)
	}
	s.goOn()
	w.note(e, p, "%v goes on", s)
	w.settle()
	if w.chance(50) && active(p) {
		w.resume(s)
	}
	w.flood(e, 2)
	w.settle()
	w.rest(e)
}

// flood edits a long text of an entity a given number of times.
func (w *world) flood(e *entity, count int) {
	at, from := w.pick(), e.version()
	for range count {
		w.updateQuietly(w.root, at, e, e.version(), fields{e.long[0]: w.long()}, true)
	}
	w.note(e, w.root, "%s at %s: %d updates of %s of %s to 19,000 characters, v%d to v%d", w.root.id, w.name(at), count, e.long[0], e.label, from+1, e.version())
}

// rest takes the long text out again, so that the rest of the round is light.
func (w *world) rest(e *entity) {
	w.update(w.root, w.pick(), e, e.version(), fields{e.long[0]: nil})
}

// takeFrom takes away what lets somebody see an entity, in one of the ways that there are.
func (w *world) takeFrom(p *person, e *entity) {
	if w.chance(15) {
		w.removeMember(w.root, w.pick(), p)
		return
	}
	if p.now() == admin {
		w.setRole(w.root, w.pick(), p, one(w, []string{member, viewer}))
	}
	if e.current().grants[p.id] != "" {
		w.revoke(w.root, w.pick(), e, p)
	}
	if e.current().owner == p.id {
		w.update(w.root, w.pick(), e, e.version(), fields{"ownerId": nil})
	}
	if !e.current().restricted {
		w.update(w.root, w.pick(), e, e.version(), fields{"visibility": "RESTRICTED"})
	}
}

// giveTo gives somebody what lets them see an entity, in one of the ways that there are.
func (w *world) giveTo(p *person, e *entity) {
	if p.erased {
		return
	}
	if p.now() == removed {
		w.setRole(w.root, w.pick(), p, one(w, []string{viewer, member}))
	}
	switch w.random.IntN(5) {
	case 0:
		w.setRole(w.root, w.pick(), p, admin)
	case 1:
		w.update(w.root, w.pick(), e, e.version(), fields{"visibility": "ORGANIZATION"})
	case 2:
		w.update(w.root, w.pick(), e, e.version(), fields{"ownerId": p.id})
	default:
		w.grant(w.root, w.pick(), e, p, one(w, []string{"READ", "WRITE"}))
	}
}

// subscribeRightAfter: somebody whom an instance has just seen has their access changed at the other one, and at once
// subscribes at the first.
func (w *world) subscribeRightAfter() {
	if w.chance(40) {
		w.killRedis()
	}
	p, here := w.somebody(active), w.pick()
	e := w.anEntity(isThere)
	if w.chance(60) || e == nil {
		e = w.create(w.root, here, one(w, nouns), true, nil)
	}
	if w.chance(50) {
		w.giveTo(p, e)
		w.settle()
	}
	from := w.cursor()
	w.look(p, here, e)
	switch elsewhere := 1 - here; {
	case w.chance(10) && atLeast(p.now(), member):
		e = w.create(p, elsewhere, one(w, nouns), true, nil)
		from = e.newest().cursor
	case !e.current().sees(p, p.now()):
		w.onAt(elsewhere, func() { w.giveTo(p, e) })
	default:
		w.onAt(elsewhere, func() { w.takeFrom(p, e) })
	}
	f := w.following(e)
	w.follow(p, here, f, from)
	if w.chance(30) {
		w.follow(p, here, w.following(e), w.cursor())
	}
	for range 2 + w.random.IntN(4) {
		w.update(w.root, w.pick(), e, e.version(), w.patch(e, 1))
	}
	w.settle()
	w.look(p, here, e)
}
