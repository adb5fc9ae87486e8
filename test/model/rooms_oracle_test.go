package model

import (
	"fmt"
	"slices"
	"time"
)

// roomPatience bounds how long a room may take to show who is there. It is less than a heartbeat lasts, so that nobody who
// is seen wrongly goes unnoticed until it is over.
const roomPatience = 15 * time.Second

// presenceDocument returns a subscription to a room.
func (f following) presenceDocument() (string, object) {
	variables := object{"room": f.room.name}
	if f.tab != nil {
		variables["client"] = f.tab.id
	}
	if f.state != nil {
		variables["state"] = f.state
	}
	return `subscription ($room: ID!, $client: ID, $state: PresenceInput) { presence(room: $room, clientId: $client, state: $state) {
		room snapshot { ...Person } joined { ...Person } updated { ...Person } left totalCount } }` + personFragment, variables
}

const personFragment = " fragment Person on PresenceUser { id status currentPage isEditing editingField clients }"

// receivePresence lays an update over what the reader was told before, and checks what they see then: 13.3.
func (w *world) receivePresence(s *session, at time.Time, told object) {
	snapshot, whole := told["snapshot"].([]any)
	list := func(name string) []any { all, _ := told[name].([]any); return all }
	switch {
	case whole:
		s.people, s.looked = map[string]object{}, true
		for _, person := range snapshot {
			s.people[person.(object)["id"].(string)] = person.(object)
		}
	case !s.looked:
		w.violates(s, nil, "was told first what is different: %v", told)
	case len(list("joined"))+len(list("updated"))+len(list("left")) == 0:
		w.violates(s, nil, "was sent an empty update")
	}
	for name, wasThere := range map[string]bool{"joined": false, "updated": true} {
		for _, person := range list(name) {
			id := person.(object)["id"].(string)
			if (s.people[id] != nil) != wasThere {
				w.violates(s, nil, "was told that %s %s, and had seen %v", id, name, s.people[id])
			}
			s.people[id] = person.(object)
		}
	}
	for _, id := range list("left") {
		if s.people[id.(string)] == nil {
			w.violates(s, nil, "was told that %v left, who was not there", id)
		}
		delete(s.people, id.(string))
	}
	if told["totalCount"] != float64(len(s.people)) || told["room"] != s.room.name {
		w.violates(s, nil, "received %v people in %v, and knows %d", told["totalCount"], told["room"], len(s.people))
	}
	if wrong := w.roomShows(s.room, s.person, s.people, at, nil); wrong != "" {
		w.violates(s, nil, "%s (received at %s)", wrong, at.Format("04:05.000"))
	}
}

// roomShows says what is wrong with the people that somebody is shown in a room at a time. It knows nothing of one of them.
func (w *world) roomShows(r *room, p *person, shown map[string]object, at time.Time, but *person) string {
	positions := w.lately(at)
	reader := r.sides(p, positions)
	since := at.Add(-hears)
	calm := !w.disturbed(since)
	for _, q := range w.people {
		if q == but {
			continue
		}
		var may sides
		must := false
		for _, t := range r.tabs {
			if t.person == q {
				may |= t.mayBe(at, positions)
				must = must || calm && t.mustBe(at, since, positions) == reader
			}
		}
		switch there := shown[q.id] != nil; {
		case there && may&reader&^nowhere == 0:
			return fmt.Sprintf("is shown %s in the room %s, where %s must not see them", q.id, r.name, p.id)
		case !there && must:
			return fmt.Sprintf("is not shown %s in the room %s, who has been there for a while", q.id, r.name)
		}
	}
	for id := range shown {
		if !slices.ContainsFunc(w.people, func(q *person) bool { return q.id == id }) {
			return "is shown " + id + ", who is nobody"
		}
	}
	return ""
}

// roomLacks says what a reader who is told everything would not see as they do, or "".
func (w *world) roomLacks(s *session) string {
	now, positions := time.Now(), []int{w.position}
	reader := s.room.sides(s.person, positions)
	switch {
	case w.redisGone != nil || reader == nowhere:
		return ""
	case !s.looked:
		return "who is in the room " + s.room.name
	}
	for _, q := range w.people {
		var may, must []*tab
		for _, t := range s.room.tabs {
			if t.person != q {
				continue
			}
			if t.mustBe(now, now, positions) == reader {
				must = append(must, t)
			}
			// A reader waits for what may only be seen since an instance has not heard yet.
			if t.mayBe(now.Add(hears), positions)&reader != 0 {
				may = append(may, t)
			}
		}
		switch shown := s.people[q.id]; {
		case shown == nil && len(must) > 0:
			return q.id + " in the room " + s.room.name
		case shown != nil && len(may) == 0:
			return q.id + " leaving the room " + s.room.name
		case shown != nil && len(may) == len(must):
			if wrong := w.personShows(must, shown); wrong != "" {
				return fmt.Sprintf("%s in the room %s with %s, is told %v", q.id, s.room.name, wrong, shown)
			}
		}
	}
	return ""
}

// personShows says what somebody with these clients, and no others, has to be shown with: 13.8.
func (w *world) personShows(tabs []*tab, shown object) string {
	if shown["clients"] != float64(len(tabs)) {
		return fmt.Sprintf("%d clients", len(tabs))
	}
	status, edited := "", []any{}
	for _, t := range tabs {
		if !t.sure || len(t.ghosts) > 0 && t.ghosts[len(t.ghosts)-1].until.After(time.Now()) || w.moved(t) {
			return ""
		}
		order := []any{"ONLINE", "BUSY", "AWAY"}
		if one := t.shows["status"].(string); status == "" || slices.Index(order, any(one)) < slices.Index(order, any(status)) {
			status = one
		}
		if t.shows["editingField"] != nil {
			edited = append(edited, t.shows["editingField"])
		}
	}
	switch {
	case shown["status"] != status:
		return status
	case len(edited) > 0 && !slices.Contains(edited, shown["editingField"]), len(edited) == 0 && shown["editingField"] != nil,
		shown["isEditing"] != (len(edited) > 0):
		return fmt.Sprintf("the field of %v", edited)
	case len(tabs) == 1 && shown["currentPage"] != tabs[0].shows["currentPage"]:
		return fmt.Sprintf("the page %v", tabs[0].shows["currentPage"])
	}
	return ""
}

// moved reports whether a client may have gone from one side of its room to the other since it is known what it shows.
func (w *world) moved(t *tab) bool {
	return t.sides(t.person, w.breaks(t.from, time.Now())) != t.sides(t.person, []int{t.from})
}
