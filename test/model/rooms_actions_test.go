package model

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// aRoom makes a room, mostly of an entity.
func (w *world) aRoom(e *entity) *room {
	r := &room{name: fmt.Sprint("lobby ", len(w.rooms)), entity: e}
	if e != nil {
		r.name = fmt.Sprintf(one(w, []string{"%s", "%s", "page:/%s?tab=1", "notes of %s"}), e.id)
	}
	for _, known := range w.rooms {
		if known.name == r.name {
			return known
		}
	}
	w.rooms = append(w.rooms, r)
	return r
}

// aTab makes a client of somebody in a room.
func (w *world) aTab(r *room, p *person) *tab {
	t := &tab{room: r, id: fmt.Sprint("tab-", len(r.tabs)+1), person: p, sure: true, from: w.position,
		shows: object{"status": "ONLINE", "currentPage": nil, "editingField": nil}}
	r.tabs = append(r.tabs, t)
	return t
}

// showing makes what a client shows.
func (w *world) showing() object {
	return object{"status": one(w, []string{"ONLINE", "BUSY", "AWAY"}), "currentPage": w.words(), "editingField": one(w, []any{nil, "name", "notes"})}
}

// enterRoom has somebody subscribe to a room, mostly with a client.
func (w *world) enterRoom(p *person, instance int, r *room) {
	f := following{field: "presence", room: r}
	if w.chance(80) {
		if f.tab = w.aTab(r, p); w.chance(50) {
			f.state = w.showing()
		}
	}
	w.follow(p, instance, f, "")
}

// heartbeat has a client be present without a subscription: 13.4.
func (w *world) heartbeat(t *tab, instance int) {
	r, p, shows, sent := t.room, t.person, w.showing(), time.Now()
	w.perform(call{
		person: p, entity: r.entity, instance: instance, what: fmt.Sprintf("heartbeat of %s in %s %s", t.id, r.name, brief(shows)),
		document:  `mutation ($room: ID!, $client: ID!, $state: PresenceInput) { heartbeat(room: $room, clientId: $client, state: $state) { __typename users { ...Person } } }` + personFragment,
		variables: object{"room": r.name, "client": t.id, "state": shows},
		expect: func(s standing) []outcome {
			return []outcome{{kind: "PresenceState",
				check: func(got object) string {
					shown := peopleOf(got["users"])
					if p.hidden {
						return w.roomShows(r, p, shown, time.Now(), nil)
					}
					return w.roomShows(r, p, shown, time.Now(), p)
				},
				apply: func(object) {
					if p.hidden {
						return
					}
					now := time.Now()
					where := r.sides(p, w.breaks(w.known(instance, sent), now))
					t.ghosts = append(t.ghosts, presence{t.beat.at, t.beat.until.Add(afterDeath - afterBeat)}, presence{where, now.Add(afterDeath)})
					t.beat = presence{where, now.Add(afterBeat)}
					t.shows, t.sure, t.from = shows, true, w.position
				},
			}}
		},
	})
}

func peopleOf(list any) map[string]object {
	people := map[string]object{}
	for _, person := range list.([]any) {
		people[person.(object)["id"].(string)] = person.(object)
	}
	return people
}

// change has a client show something else: 13.7.
func (w *world) change(t *tab, instance int) {
	patch := w.showing()
	for name := range maps.Clone(patch) {
		if w.chance(30) {
			delete(patch, name)
		}
	}
	began := time.Now()
	w.perform(call{
		person: t.person, entity: t.room.entity, instance: instance, what: fmt.Sprintf("update presence of %s in %s %s", t.id, t.room.name, brief(patch)),
		document:  `mutation ($room: ID!, $client: ID!, $state: PresenceInput!) { updatePresence(room: $room, clientId: $client, state: $state) }`,
		variables: object{"room": t.room.name, "client": t.id, "state": patch},
		expect: func(standing) []outcome {
			now := time.Now()
			// It may be on its way to the other side and back if access was changed since.
			moves := slices.ContainsFunc(w.shifts, func(c shift) bool { return c.answered.After(w.settled) })
			steady := !moves && w.known(instance, began) == w.position && !w.disturbed(began) && t.mustBe(now, w.settled, []int{w.position}) != 0
			var outcomes []outcome
			if where := t.mayBe(now, w.lately(now)); where != 0 {
				outcomes = append(outcomes, outcome{kind: "true", apply: func(object) {
					t.shows, t.sure, t.from = with(t.shows, patch), t.sure && steady, w.position
				}})
			}
			if !steady {
				outcomes = append(outcomes, outcome{kind: "false", apply: func(object) { t.sure = false }})
			}
			return outcomes
		},
	})
}

// walkOut takes a client out of its room, whatever holds it: 13.6. Its subscriptions then end.
func (w *world) walkOut(t *tab, instance int) {
	w.settle() // or it may enter after this
	began := time.Now()
	w.perform(call{
		person: t.person, entity: t.room.entity, instance: instance, what: fmt.Sprintf("%s leaves %s", t.id, t.room.name),
		document:  `mutation ($room: ID!, $client: ID!) { leaveRoom(room: $room, clientId: $client) }`,
		variables: object{"room": t.room.name, "client": t.id},
		expect: func(standing) []outcome {
			left := func(object) {
				surely := w.known(instance, began) == w.position && !w.disturbed(began)
				t.beat = presence{}
				t.leave(w.lately(time.Now()), map[bool]time.Duration{true: hears, false: afterDeath}[surely])
				if surely {
					t.fade(hears)
				}
			}
			return []outcome{{kind: "true", apply: left}, {kind: "false", apply: left}}
		},
	})
	w.settle()
	for _, s := range w.sessions {
		if s.tab == t && !s.over && !s.leftBehind() {
			w.quit(s)
		}
	}
}

// quit has a reader complete their subscription, and close the connection: 13.5.
func (w *world) quit(s *session) {
	w.note(nil, s.person, "%v quits", s)
	s.quit()
	w.released(s, hears)
}

// hide has somebody be seen nowhere, or again: 13.9.
func (w *world) hide(p *person, instance int, hidden bool) {
	sent := time.Now()
	w.perform(call{
		person: p, instance: instance, what: fmt.Sprintf("hide: %v", hidden),
		document:  `mutation ($hidden: Boolean!) { setPresenceHidden(hidden: $hidden) { __typename presenceHidden } }`,
		variables: object{"hidden": hidden},
		expect: func(standing) []outcome {
			return []outcome{{kind: "Viewer",
				check: func(got object) string {
					if got["presenceHidden"] != hidden {
						return fmt.Sprintf("with presenceHidden %v", hidden)
					}
					return ""
				},
				apply: func(object) {
					was, now := p.hidden, time.Now()
					p.hidden = hidden
					for _, t := range w.tabsOf(p) {
						switch {
						case hidden:
							may := t.stay(sent).may
							t.set(sent, false, may)
							t.set(now.Add(hears), false, false)
							t.beat = presence{}
							t.fade(hears)
						case was && w.held(t):
							t.set(sent, false, true)
							t.set(now, true, true)
							t.sure = false
						}
					}
				},
			}}
		},
	})
}

// whoIsIn has somebody read who is in a room.
func (w *world) whoIsIn(p *person, instance int, r *room) {
	w.perform(call{
		person: p, entity: r.entity, instance: instance, what: "who is in " + r.name,
		document: `query ($room: ID!) { presence(room: $room) { __typename users { ...Person } } }` + personFragment, variables: object{"room": r.name},
		expect: func(standing) []outcome {
			return []outcome{{kind: "PresenceState", check: func(got object) string {
				return w.roomShows(r, p, peopleOf(got["users"]), time.Now(), nil)
			}}}
		},
	})
}

// roomStory: people are in rooms of what not everybody may see, and come and go while access changes.
func (w *world) roomStory() {
	w.returnRedis()
	e := w.anEntity(isThere)
	if w.chance(50) || e == nil {
		e = w.create(w.root, w.pick(), one(w, nouns), w.chance(70), nil)
	}
	if w.chance(10) {
		e = nil
	}
	r := w.aRoom(e)
	for range 3 + w.random.IntN(3) {
		if p := w.somebody(active); p != nil {
			w.enterRoom(p, w.pick(), r)
		}
	}
	if w.chance(70) {
		w.settle()
	}
	for range 5 + w.random.IntN(8) {
		w.actInRoom(r)
		if w.chance(40) {
			w.settle()
		}
	}
	w.settle()
	for _, s := range w.sessions {
		if s.room == r && !s.over && !s.leftBehind() && w.chance(70) {
			w.quit(s)
		}
	}
	for _, p := range w.people {
		if p.hidden && active(p) && w.chance(70) {
			w.hide(p, w.pick(), false)
		}
	}
}

// actInRoom has somebody do something in a room, or to who may see its entity.
func (w *world) actInRoom(r *room) {
	p := w.somebody(active)
	if t := one(w, r.tabs); t != nil && t.person != w.root && active(t.person) && w.chance(60) {
		p = t.person
	}
	if p == nil {
		return
	}
	switch dice := w.random.IntN(100); {
	case dice < 15:
		w.enterRoom(p, w.pick(), r)
	case dice < 40 && r.entity != nil && !r.entity.deleted():
		if r.entity.current().sees(p, p.now()) {
			w.takeFrom(p, r.entity)
		} else {
			w.giveTo(p, r.entity)
		}
	case dice < 52:
		w.hide(p, w.pick(), !p.hidden)
	case dice < 67:
		w.heartbeat(w.aTab(r, p), w.pick())
	case dice < 75:
		w.whoIsIn(p, w.pick(), r)
	default:
		w.actOfTab(one(w, r.tabs))
	}
}

// actOfTab has a client do something: show something else, leave, or lose its connection and come back.
func (w *world) actOfTab(t *tab) {
	if t == nil || !active(t.person) {
		return
	}
	switch w.random.IntN(4) {
	case 0, 1:
		w.change(t, w.pick())
	case 2:
		w.walkOut(t, w.pick())
	default:
		for _, s := range w.sessions {
			if w.digest(s); s.tab == t && !s.over && !s.leftBehind() {
				w.resume(s)
				return
			}
		}
	}
}
