package attack_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"tandem/internal/eventually"
)

// A calm client asks and writes in turn, and follows what it writes.
type calm struct {
	*person
	customer string
	version  int
	cursor   any

	mu    sync.Mutex // guards the fields below
	took  []time.Duration
	asked time.Time // when it sent the operation that is not answered yet; zero if all are answered
	fault error
}

const (
	calmQuery  = `{ customers(first: 10) { nodes { id name status } } }`
	calmUpdate = `mutation($id: ID!, $version: Int!, $name: String!) {
		updateCustomer(input: {id: $id, baseVersion: $version, patch: {name: $name}}) { ... on CustomerSaved { customer { version } } } }`
	calmFollow = `subscription($id: ID!, $after: Cursor!) { customerChanged(id: $id, after: $after) { customer { version } } }`
)

// run asks and writes until ctx ends.
func (c *calm) run(ctx context.Context) {
	events := make(chan object, 100)
	go c.follow(ctx, events)
	for ctx.Err() == nil {
		c.time(ctx, func() error {
			_, err := c.ask(ctx, calmQuery, nil)
			return err
		})
		c.time(ctx, func() error { return c.write(ctx, events) })
		select {
		case <-time.After(5 * time.Millisecond): // the pace of the client
		case <-ctx.Done():
		}
	}
}

// write changes the customer, and waits until the subscription delivers the change.
func (c *calm) write(ctx context.Context, events <-chan object) error {
	data, err := c.ask(ctx, calmUpdate, object{"id": c.customer, "version": c.version, "name": fmt.Sprint("Calm ", c.version)})
	if err != nil {
		return err
	}
	saved, ok := data["updateCustomer"].(object)["customer"].(object)
	if !ok {
		return fmt.Errorf("the edit was answered with %v", data)
	}
	c.version = int(saved["version"].(float64))
	select {
	case <-events:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// follow passes on the events of the customer.
func (c *calm) follow(ctx context.Context, events chan<- object) {
	s, err := c.connect(ctx)
	if err == nil {
		err = s.subscribe(1, calmFollow, fmt.Sprintf(`{"id":%q,"after":%q}`, c.customer, c.cursor))
	}
	for err == nil {
		var message object
		if message, err = s.read(); err == nil && message["type"] == "next" {
			events <- message
		}
	}
	c.failed(ctx, err)
}

// time records how long something takes.
func (c *calm) time(ctx context.Context, do func() error) {
	began := time.Now()
	c.mu.Lock()
	c.asked = began
	c.mu.Unlock()
	err := do()
	if ctx.Err() != nil {
		return
	}
	c.failed(ctx, err)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.took = append(c.took, time.Since(began))
	c.asked = time.Time{}
}

func (c *calm) failed(ctx context.Context, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil && ctx.Err() == nil && c.fault == nil {
		c.fault = err
	}
}

// awaitAnswers waits until the client got n more answers in this lap.
func (c *calm) awaitAnswers(t *testing.T, n int) {
	t.Helper()
	answers := func() (answers int, failed bool) {
		c.mu.Lock()
		defer c.mu.Unlock()
		return len(c.took), c.fault != nil
	}
	before, _ := answers()
	eventually.True(t, "the calm client is answered after an attack", func() bool {
		now, failed := answers()
		return failed || now >= before+n // lap reports the failure
	})
}

// lap returns how long everything took since the last lap, and how long the client has been waiting for the
// unanswered operation.
func (c *calm) lap(t *testing.T) []time.Duration {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fault != nil {
		t.Fatalf("the calm client failed: %v", c.fault)
	}
	took := c.took
	c.took = nil
	if !c.asked.IsZero() {
		took = append(took, time.Since(c.asked))
	}
	return took
}

// percentile returns the time within which a given part of them finished.
func percentile(took []time.Duration, part float64) time.Duration {
	if len(took) == 0 {
		return patience
	}
	sorted := slices.Sorted(slices.Values(took))
	return sorted[int(math.Ceil(part*float64(len(sorted))))-1]
}
