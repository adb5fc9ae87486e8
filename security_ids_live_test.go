package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// follow subscribes with every id. Then the victim changes everything, and nobody
// else is told of it.
func (a *idAttack) follow() {
	a.t.Helper()
	streams := map[*tenant]*heardStream{a.eve: nil, a.innocent: nil, a.victim: nil}
	for o := range streams {
		streams[o] = &heardStream{socket: o.connect(), events: map[string][]string{}}
	}
	tried := a.subscribe(streams)
	for _, s := range streams {
		s.until("ready") // all that was subscribed before is there
	}
	a.change(a.victim)
	a.eve.create(object{"name": "the last"})
	a.innocent.create(object{"name": "the last"})
	for _, s := range streams {
		s.settle()
	}
	silent := map[string]bool{} // what tells the victim nothing of their own
	for n, try := range tried {
		id := fmt.Sprint(n)
		got, never := a.heard(streams[a.eve].events[id], try, try.theirs), a.heard(streams[a.innocent].events[id], try, try.none)
		if try.of.field().Name != "presence" { // where some updates are one, or several
			want(a.t, try.String(), got, never)
		}
		if kind := try.of.kindOf(); try.kind == kind || kind == "" {
			before, again := silent[try.of.String()]
			told := strings.Contains(strings.Join(streams[a.victim].events[id], ""), `"next"`)
			silent[try.of.String()] = !told && (before || !again)
		}
	}
	for of, nothing := range silent {
		if nothing {
			a.t.Errorf("%s tells the victim nothing, so the test shows nothing: is kindOfID right?", of)
		}
	}
}

// subscribe begins a subscription for each attempt, on all streams, whose id is the
// attempt's number.
func (a *idAttack) subscribe(streams map[*tenant]*heardStream) (tried []attempt) {
	for _, of := range a.takers {
		if of.root != ast.Subscription {
			continue
		}
		for _, try := range a.attempts(of) {
			for i := range a.operations(a.eve, of, try.theirs) {
				for o, s := range streams {
					value := try.theirs
					if o == a.innocent {
						value = try.none
					}
					s.socket.write(object{"id": fmt.Sprint(len(tried)), "type": "subscribe", "payload": a.operations(o, of, value)[i]})
				}
				tried = append(tried, try)
			}
		}
	}
	return tried
}

// heard is what a subscription told, as far as it has to be the same for both.
func (a *idAttack) heard(events []string, try attempt, sent string) (told []string) {
	a.t.Helper()
	for _, event := range events {
		told = append(told, a.shown(try.String(), object{"event": json.RawMessage(event)}, sent))
	}
	return told
}

// change changes everything that a tenant has.
func (a *idAttack) change(o *tenant) {
	o.t.Helper()
	for kind, field := range map[string]string{"Customer": "company", "Call": "outcome", "Meeting": "location"} {
		o.ask(`mutation($id: ID!) { update`+kind+`(input: {id: $id, baseVersion: 1, patch: {`+field+`: "zanzibar again"}}) { __typename } }`,
			object{"id": o.ids[strings.ToLower(kind)]})
	}
	o.ask(`mutation($id: ID!) { restoreEntity(input: {id: $id}) { __typename } }`, object{"id": o.ids["deleted"]})
	o.ask(`mutation($id: ID!) { addComment(input: {entityId: $id, body: "zanzibar", mentionIds: ["both"]}) { __typename } }`, object{"id": o.ids["customer"]})
	for kind, room := range o.ids {
		if kind != "mutation" {
			o.colleague.ask(`mutation($room: ID!) { heartbeat(room: $room, clientId: "c", state: {currentPage: "zanzibar"}) { totalCount } }`, object{"room": room})
		}
	}
	o.stock("victoria")
}

// A heardStream is a socket with all that it was told, by subscription.
type heardStream struct {
	socket *socket
	events map[string][]string
}

// until asks something, and reads until that is answered.
func (s *heardStream) until(id string) {
	s.socket.t.Helper()
	s.socket.subscribe(id, `{ viewer { role } }`, nil)
	for {
		message := s.socket.read()
		if message["id"] == id && message["type"] == "complete" {
			return
		}
		if message["id"] != id {
			s.events[message["id"].(string)] = append(s.events[message["id"].(string)], inJSON(s.socket.t, message))
		}
	}
}

// settle reads until nothing new has come for two seconds, which a busy machine may need to tell of a
// change: of what must not come, there is no other sign.
func (s *heardStream) settle() {
	s.socket.t.Helper()
	for quiet := 0; quiet < 20; quiet++ {
		before := fmt.Sprint(s.events)
		time.Sleep(100 * time.Millisecond)
		s.until(fmt.Sprint("quiet", quiet, time.Now().UnixNano()))
		if fmt.Sprint(s.events) != before {
			quiet = 0
		}
	}
}
