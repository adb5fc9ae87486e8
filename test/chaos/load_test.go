package chaos

import (
	"context"
	crand "crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/systemtest"
)

const (
	writers        = 6
	followersByOne = 4 // followers of each instance
	readers        = 2
	// pace is the time between two writes of one writer.
	pace = 15 * time.Millisecond
)

// A load is people who write, people who follow and people who read lists, all in one organization.
type load struct {
	system  *system
	ledger  *ledger
	org     string
	token   string
	begin   string // the cursor before the first edit
	stopped context.CancelFunc
	writing context.CancelFunc
	ended   sync.WaitGroup // writers
	probes  []*writer      // of each instance, which write nowhere else
}

// startLoad has people join, and starts writers and followers.
func startLoad(t *testing.T, s *system) *load {
	t.Helper()
	org := strings.ToLower(crand.Text())
	l := &load{system: s, org: org, ledger: newLedger(followersByOne * len(s.instances)), token: systemtest.Sign(org, "root", "Root", collab.RoleAdmin)}
	for i := range writers + len(s.instances) {
		l.probes = append(l.probes, newWriter(t, s, l.ledger, org, fmt.Sprint("writer", i)))
	}
	working := l.probes[len(s.instances):]
	l.probes = l.probes[:len(s.instances):len(s.instances)]
	l.begin = headOf(t, s, l.token)
	s.load = l
	ctx, stop := context.WithCancel(context.Background())
	l.stopped = stop
	var following sync.WaitGroup
	for i := range l.ledger.followers {
		at := s.urls()
		f := &follower{ledger: l.ledger, number: i, token: systemtest.Sign(org, fmt.Sprint("reader", i), fmt.Sprint("Reader ", i), collab.RoleMember),
			query: everything, variables: systemtest.Object{"after": l.begin}, at: append(at[i%len(at):], at[:i%len(at)]...), moves: i%4 > 1,
			connected: func() {}, client: http.DefaultClient, silence: silence}
		following.Go(func() { f.run(ctx) })
	}
	for i := range readers {
		r := &reader{ledger: l.ledger, token: systemtest.Sign(org, fmt.Sprint("lister", i), fmt.Sprint("Lister ", i), collab.RoleMember)}
		following.Go(func() { r.run(ctx, s.urls()) })
	}
	t.Cleanup(func() { stop(); following.Wait() })
	writing, end := context.WithCancel(ctx)
	l.writing = end
	for i, w := range working {
		l.ended.Go(func() { w.run(writing, s.urls(), i) })
	}
	return l
}

// headOf returns the cursor of the present of somebody's organization.
func headOf(t *testing.T, s *system, token string) string {
	t.Helper()
	got := systemtest.Ask(s.instances[1].direct, token, `{ activity(first: 1) { nodes { cursor } } }`, nil)
	if got.Failed() || got.Code != "" {
		t.Fatalf("the head of the log can't be read: %+v", got)
	}
	return got.Data["activity"].(systemtest.Object)["nodes"].([]any)[0].(systemtest.Object)["cursor"].(string)
}

// whole waits until each instance acknowledges a write, and each follower has what was acknowledged until then.
func (l *load) whole(t *testing.T, s *system, since time.Time) {
	t.Helper()
	patient := func() bool { return time.Since(since) < healTime && l.ledger.broken() == "" }
	for i, at := range s.instances {
		if !l.probes[i].write(func(int) string { return at.url }, patient) {
			t.Fatalf("%s acknowledges no write %v after the fault ended; %s; its log ends with:\n%s", at.Name, time.Since(since), l.ledger.broken(), at.Tail())
		}
	}
	for until := time.Now(); !l.ledger.isDelivered(until); <-time.After(5 * time.Millisecond) {
		if !patient() {
			t.Fatalf("followers lack acknowledged changes %v after the fault ended; %s", time.Since(since), l.ledger.broken())
		}
	}
}

// lastWrite has an instance write, and returns the time that it gave to that.
func (l *load) lastWrite(t *testing.T, at *instance) time.Time {
	t.Helper()
	w := l.probes[1]
	began := time.Now()
	w.write(func(int) string { return at.url }, func() bool { return time.Since(began) < healTime })
	got := systemtest.Ask(at.url, w.token, `query ($id: ID!) { customer(id: $id) { updatedAt } }`, systemtest.Object{"id": w.customer})
	customer, _ := got.Data["customer"].(systemtest.Object)
	text, _ := customer["updatedAt"].(string)
	written, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatalf("%v in %+v", err, got)
	}
	return written
}

// stop ends the writers, and the followers when they have everything.
func (l *load) stop() {
	l.writing()
	l.ended.Wait()
	for began := time.Now(); !l.ledger.isDelivered(time.Now()) && time.Since(began) < healTime; {
		<-time.After(10 * time.Millisecond)
	}
	l.stopped()
}

// wantLog reads the log, and compares it with what was acknowledged and delivered.
func (l *load) wantLog(t *testing.T) {
	t.Helper()
	var log []event
	for after := any(nil); ; {
		got := systemtest.Ask(l.system.instances[0].direct, l.token, `query ($after: Cursor) { activity(first: 100, after: $after, filter: {types: [UPDATE]}) {
			nodes { entityId entityVersion } pageInfo { endCursor hasNextPage } } }`, systemtest.Object{"after": after})
		if got.Code != "" || got.Lost != nil {
			t.Fatalf("the log can't be read: %+v", got)
		}
		page := got.Data["activity"].(systemtest.Object)
		for _, node := range page["nodes"].([]any) {
			n := node.(systemtest.Object)
			log = append(log, event{n["entityId"].(string), int(n["entityVersion"].(float64))})
		}
		info := page["pageInfo"].(systemtest.Object)
		if after = info["endCursor"]; info["hasNextPage"] != true {
			break
		}
	}
	slices.Reverse(log)
	for _, fault := range l.ledger.compare(log) {
		t.Error(fault)
	}
}
