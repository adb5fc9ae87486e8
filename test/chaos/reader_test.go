package chaos

import (
	"context"
	"maps"
	"slices"
	"time"

	"tandem/internal/systemtest"
)

// readPace is the time between two reads of one reader.
const readPace = 25 * time.Millisecond

// A reader reads the list of what everybody writes, which a replica may answer. No list is older than what was acknowledged
// before it was asked for, to anybody.
type reader struct {
	ledger *ledger
	token  string
}

const list = `query ($ids: [ID!]) { customers(first: 100, filter: {ids: $ids}) { nodes { id version } } }`

// run reads until ctx ends, from one instance after the other.
func (r *reader) run(ctx context.Context, urls []string) {
	for n := 0; ctx.Err() == nil; n++ {
		newest := r.ledger.acknowledgedVersions()
		waiting, cancel := context.WithTimeout(ctx, answerTime)
		got := systemtest.AskWith(waiting, client, urls[n%len(urls)], r.token, list, systemtest.Object{"ids": slices.Collect(maps.Keys(newest))})
		cancel()
		if ctx.Err() == nil && !got.Failed() {
			r.compare(got, newest)
		}
		<-time.After(readPace)
	}
}

// compare holds a list to what was acknowledged before.
func (r *reader) compare(got systemtest.Answer, newest map[string]int) {
	page, ok := got.Data["customers"].(systemtest.Object)
	if !ok {
		r.ledger.fail("a list was answered %v %s %s", got.Data, got.Code, got.Text)
		return
	}
	listed := map[string]int{}
	for _, node := range page["nodes"].([]any) {
		n := node.(systemtest.Object)
		listed[n["id"].(string)] = int(n["version"].(float64))
	}
	for customer, version := range newest {
		if listed[customer] < version {
			r.ledger.fail("a list has version %d of %s, of which version %d was acknowledged before", listed[customer], customer, version)
		}
	}
	r.ledger.read()
}
