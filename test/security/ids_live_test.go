package security_test

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
	"tandem/internal/servertest"
)

// follow subscribes with every id. Then the victim changes everything, and nobody else receives any of it.
func (a *idAttack) follow() {
	a.t.Helper()
	streams := map[*servertest.Tenant]*heardStream{a.eve: nil, a.innocent: nil, a.victim: nil}
	for o := range streams {
		streams[o] = &heardStream{socket: o.Connect(), events: map[string][]string{}}
	}
	tried := a.subscribe(streams)
	a.begun(streams, len(tried))
	a.change(a.victim)
	a.eve.Create(servertest.Object{"name": "the last"})
	a.innocent.Create(servertest.Object{"name": "the last"})
	for quiet := false; !quiet; {
		quiet = true
		for _, s := range streams {
			quiet = !s.hears(time.Second) && quiet // nothing else can show that an event does not come
		}
	}
	silent := map[string]bool{} // the attempts that tell the victim nothing of their own
	for n, try := range tried {
		id := fmt.Sprint(n)
		got, never := a.heard(streams[a.eve].events[id], try, try.theirs), a.heard(streams[a.innocent].events[id], try, try.none)
		if try.of.Field().Name != "presence" { // several updates may be combined there
			servertest.Want(a.t, try.String(), got, never)
		}
		if kind := try.of.KindOf(); try.kind == kind || kind == "" {
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

// subscribe starts a subscription for each attempt, on all streams, with the attempt's number as its id.
func (a *idAttack) subscribe(streams map[*servertest.Tenant]*heardStream) (tried []attempt) {
	for _, of := range a.takers {
		if of.Root != ast.Subscription {
			continue
		}
		for _, try := range a.attempts(of) {
			for i := range a.trying(a.eve, try, try.theirs) {
				for o, s := range streams {
					value := try.theirs
					if o == a.innocent {
						value = try.none
					}
					s.socket.Write(servertest.Object{"id": fmt.Sprint(len(tried)), "type": "subscribe", "payload": a.trying(o, try, value)[i].Payload()})
				}
				tried = append(tried, try)
			}
		}
	}
	return tried
}

// heard is what a subscription delivered, reduced to what must be the same for both.
func (a *idAttack) heard(events []string, try attempt, sent string) (told []string) {
	a.t.Helper()
	for _, event := range events {
		told = append(told, a.shown(try.String(), event, sent))
	}
	return told
}

// change changes everything that a tenant has.
func (a *idAttack) change(o *servertest.Tenant) {
	o.T.Helper()
	for _, e := range servertest.EntityTypes() {
		o.Ask(`mutation($id: ID!) { update`+e.Name+`(input: {id: $id, baseVersion: 1, patch: {`+e.Text+`: "zanzibar again"}}) { __typename } }`,
			servertest.Object{"id": o.Ids[e.One]})
	}
	o.Colleague.Ask(`mutation($id: ID!) { updateCustomer(input: {id: $id, baseVersion: 1, patch: {name: "zanzibar in conflict"}}) { __typename } }`,
		servertest.Object{"id": o.Ids["customer"]})
	o.Ask(`mutation($id: ID!) { restoreEntity(input: {id: $id}) { __typename } }`, servertest.Object{"id": o.Ids["deleted"]})
	o.Ask(`mutation($id: ID!) { addComment(input: {entityId: $id, body: "zanzibar", mentionIds: ["both"]}) { __typename } }`, servertest.Object{"id": o.Ids["customer"]})
	for kind, room := range o.Ids {
		if kind != "mutation" {
			o.Colleague.Ask(`mutation($room: ID!) { heartbeat(room: $room, clientId: "c", state: {currentPage: "zanzibar"}) { totalCount } }`, servertest.Object{"room": room})
		}
	}
	o.Stock("victoria")
}

// A heardStream is a socket with everything that it received, by subscription.
type heardStream struct {
	socket *servertest.Socket
	events map[string][]string
	ended  int // how many subscriptions have ended
}

// hears reads until nothing more has come for a time, and reports whether anything came.
func (s *heardStream) hears(within time.Duration) (anything bool) {
	s.socket.T.Helper()
	for {
		encoded, err := s.socket.Conn.Next(within)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return anything
		}
		var message servertest.Object
		if err == nil {
			err = json.Unmarshal(encoded, &message)
		}
		if err != nil {
			s.socket.T.Fatal(err)
		}
		anything = true
		id, ends := message["id"].(string), message["type"] != "next"
		s.events[id] = append(s.events[id], servertest.InJSON(s.socket.T, message))
		if ends {
			s.ended++
		}
	}
}

// begun waits until every subscription has started or was refused.
func (a *idAttack) begun(streams map[*servertest.Tenant]*heardStream, each int) {
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
	_, scrape := servertest.Get(t, metricsAt)
	return servertest.Value(scrape, `tandem_subscriptions{to="changes"}`) + servertest.Value(scrape, `tandem_subscriptions{to="presence"}`)
}
