package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"tandem/internal/eventually"
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
	a.begun(streams, len(tried))
	a.change(a.victim)
	a.eve.create(object{"name": "the last"})
	a.innocent.create(object{"name": "the last"})
	for quiet := false; !quiet; {
		quiet = true
		for _, s := range streams {
			quiet = !s.hears(time.Second) && quiet // of what must not come, there is no other sign
		}
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
			for i := range a.trying(a.eve, try, try.theirs) {
				for o, s := range streams {
					value := try.theirs
					if o == a.innocent {
						value = try.none
					}
					s.socket.write(object{"id": fmt.Sprint(len(tried)), "type": "subscribe", "payload": a.trying(o, try, value)[i]})
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
	ended  int // how many subscriptions
}

// hears reads what comes until nothing more has for a time, and reports whether anything came.
func (s *heardStream) hears(within time.Duration) (anything bool) {
	s.socket.t.Helper()
	for {
		encoded, err := s.socket.conn.next(within)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return anything
		}
		var message object
		if err == nil {
			err = json.Unmarshal(encoded, &message)
		}
		if err != nil {
			s.socket.t.Fatal(err)
		}
		anything = true
		id, ends := message["id"].(string), message["type"] != "next"
		s.events[id] = append(s.events[id], inJSON(s.socket.t, message))
		if ends {
			s.ended++
		}
	}
}

// begun waits until every subscription is there, or was refused.
func (a *idAttack) begun(streams map[*tenant]*heardStream, each int) {
	a.t.Helper()
	before := a.subscriptions
	eventually.True(a.t, "every subscription has begun or was refused", func() bool {
		ended := 0.0
		for _, s := range streams {
			s.hears(10 * time.Millisecond)
			ended += float64(s.ended)
		}
		return openSubscriptions(a.t, a.metrics)-before+ended == float64(each*len(streams))
	})
}

// openSubscriptions returns how many subscriptions an instance has.
func openSubscriptions(t *testing.T, metricsAt string) float64 {
	t.Helper()
	_, scrape := get(t, metricsAt)
	return value(scrape, `tandem_subscriptions{to="changes"}`) + value(scrape, `tandem_subscriptions{to="presence"}`)
}
