package chaos

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/systemtest"
)

const (
	// answerTime is how long a writer waits before it asks the other instance.
	answerTime = 5 * time.Second
	// again is the pause before a client that failed tries again.
	again = 100 * time.Millisecond
)

var client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32}}

// A writer edits one customer, which nobody else does: whatever happens, each edit makes the next version.
type writer struct {
	ledger   *ledger
	token    string
	customer string
	version  int
}

// newWriter has somebody join an organization and create a customer.
func newWriter(t *testing.T, s *system, l *ledger, org, name string) *writer {
	t.Helper()
	w := &writer{ledger: l, token: systemtest.Sign(org, name, name, collab.RoleMember), version: 1}
	got := systemtest.Ask(s.instances[1].direct, w.token, `mutation { createCustomer(input: {name: "v1"}) { ... on CustomerSaved { customer { id } } } }`, nil)
	saved, _ := got.Data["createCustomer"].(systemtest.Object)
	if saved["customer"] == nil {
		t.Fatalf("no customer was created: %+v", got)
	}
	w.customer = saved["customer"].(systemtest.Object)["id"].(string)
	return w
}

const update = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { __typename ... on CustomerSaved { customer { id version } } } }`

// run writes until ctx ends, and finishes the write that is under way.
func (w *writer) run(ctx context.Context, urls []string, first int) {
	for ctx.Err() == nil {
		began := time.Now()
		if !w.write(func(try int) string { return urls[(first+w.version+try)%len(urls)] }, func() bool { return time.Since(began) < 2*healTime }) {
			w.ledger.fail("the edit that makes version %d of %s is not acknowledged after %v", w.version+1, w.customer, time.Since(began))
			return
		}
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
			w.ledger.repeated()
			<-time.After(again)
		}
		ctx, cancel := context.WithTimeout(context.Background(), answerTime)
		got := systemtest.AskWith(ctx, client, at(try), w.token, update, systemtest.Object{"input": input})
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
		w.ledger.fail("the edit that makes version %d of %s was answered %v %s %s", w.version+1, w.customer, got.Data, got.Code, got.Text)
		return
	}
	w.version++
	w.ledger.acknowledge(event{w.customer, w.version})
}
