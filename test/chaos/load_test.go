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
	// pace is the time between two writes of one writer.
	pace = 15 * time.Millisecond
	// answerTime is how long a writer waits before it asks the other instance.
	answerTime = 5 * time.Second
	// again is the pause before a client that failed tries again.
	again = 100 * time.Millisecond
)

// A load is people who write and people who follow, all in one organization.
type load struct {
	system  *system
	ledger  *ledger
	token   string
	begin   string // the cursor before the first edit
	stopped context.CancelFunc
	writing context.CancelFunc
	ended   sync.WaitGroup // writers
	probes  []*writer      // of each instance, which write nowhere else
	client  *http.Client
}

// A writer edits one customer, which nobody else does: whatever happens, each edit makes the next version.
type writer struct {
	load     *load
	token    string
	customer string
	version  int
}

// startLoad has people join, and starts writers and followers.
func startLoad(t *testing.T, s *system) *load {
	t.Helper()
	org := strings.ToLower(crand.Text())
	l := &load{system: s, ledger: newLedger(followersByOne * len(s.instances)), token: systemtest.Sign(org, "root", "Root", collab.RoleAdmin),
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32}}}
	for i := range writers + len(s.instances) {
		w := &writer{load: l, token: systemtest.Sign(org, fmt.Sprint("writer", i), fmt.Sprint("Writer ", i), collab.RoleMember), version: 1}
		w.customer = w.create(t, s.instances[0].url)
		l.probes = append(l.probes, w)
	}
	working := l.probes[len(s.instances):]
	l.probes = l.probes[:len(s.instances):len(s.instances)]
	l.begin = l.head(t)
	ctx, stop := context.WithCancel(context.Background())
	l.stopped = stop
	var following sync.WaitGroup
	for i := range l.ledger.followers {
		f := &follower{load: l, number: i, token: systemtest.Sign(org, fmt.Sprint("reader", i), fmt.Sprint("Reader ", i), collab.RoleMember), cursor: l.begin, at: i % len(s.instances)}
		following.Go(func() { f.run(ctx) })
	}
	t.Cleanup(func() { stop(); following.Wait() })
	writing, end := context.WithCancel(ctx)
	l.writing = end
	for i, w := range working {
		l.ended.Go(func() { w.run(writing, i) })
	}
	return l
}

// head returns the cursor of the present.
func (l *load) head(t *testing.T) string {
	t.Helper()
	got := systemtest.Ask(l.system.instances[0].direct, l.token, `{ activity(first: 1) { nodes { cursor } } }`, nil)
	if got.Failed() || got.Code != "" {
		t.Fatalf("the head of the log can't be read: %+v", got)
	}
	return got.Data["activity"].(systemtest.Object)["nodes"].([]any)[0].(systemtest.Object)["cursor"].(string)
}

func (w *writer) create(t *testing.T, url string) string {
	t.Helper()
	got := systemtest.Ask(url, w.token, `mutation { createCustomer(input: {name: "v1"}) { ... on CustomerSaved { customer { id } } } }`, nil)
	saved, _ := got.Data["createCustomer"].(systemtest.Object)
	if saved["customer"] == nil {
		t.Fatalf("no customer was created: %+v", got)
	}
	return saved["customer"].(systemtest.Object)["id"].(string)
}

const update = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { __typename ... on CustomerSaved { customer { id version } } } }`

// run writes until ctx ends, and finishes the write that is under way.
func (w *writer) run(ctx context.Context, first int) {
	for ctx.Err() == nil {
		w.write(func(try int) string {
			return w.load.system.instances[(first+w.version+try)%len(w.load.system.instances)].url
		}, func() bool { return true })
		<-time.After(pace)
	}
}

// write makes the next version, as a client does: until an instance answers, it sends the same write again. It gives up when
// goOn says so, and reports whether the write was acknowledged.
func (w *writer) write(at func(try int) string, goOn func() bool) bool {
	input := systemtest.Object{"id": w.customer, "baseVersion": w.version, "clientMutationId": fmt.Sprint(w.customer, w.version+1),
		"patch": systemtest.Object{"name": fmt.Sprint("v", w.version+1)}}
	for try := 0; goOn(); try++ {
		if try > 0 {
			w.load.ledger.repeated()
			<-time.After(again)
		}
		ctx, cancel := context.WithTimeout(context.Background(), answerTime)
		got := systemtest.AskWith(ctx, w.load.client, at(try), w.token, update, systemtest.Object{"input": input})
		cancel()
		if got.Failed() {
			continue
		}
		w.acknowledged(got)
		return true
	}
	return false
}

func (w *writer) acknowledged(got systemtest.Answer) {
	answer, _ := got.Data["updateCustomer"].(systemtest.Object)
	customer, _ := answer["customer"].(systemtest.Object)
	if customer == nil || customer["version"] != float64(w.version+1) {
		w.load.ledger.fail("the edit that makes version %d of %s was answered %v %s %s", w.version+1, w.customer, got.Data, got.Code, got.Text)
		return
	}
	w.version++
	w.load.ledger.acknowledge(event{w.customer, w.version})
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
