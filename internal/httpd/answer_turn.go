package httpd

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"tandem/internal/fair"
)

// largeAnswer is the size, in bytes, from which a response needs a turn to be completed. Large responses
// take a processor for a long time. If many were completed at once, the goroutines of other operations
// would wait for a processor behind all of theirs.
const largeAnswer = 256 << 10

// newLargeAnswers returns the queue of large responses: one for each processor, half of them of one
// organization.
func newLargeAnswers() *fair.Queue {
	n := int64(runtime.GOMAXPROCS(0))
	return fair.New(fair.Limits{Total: n, PerOrg: max(1, n/2)})
}

// An answerTurn is the turn of one response, which the first of its fields that needs it waits for.
type answerTurn struct {
	queue *fair.Queue
	taken atomic.Bool

	mu    sync.Mutex // guards grant; held while a field waits
	grant *fair.Grant
}

// take waits for the turn, unless the response has it.
func (t *answerTurn) take(ctx context.Context) error {
	if t.queue == nil || t.taken.Load() {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.taken.Load() {
		return nil
	}
	grant, err := t.queue.Acquire(ctx, PersonOf(ctx), 1)
	if err == nil {
		t.grant = grant
		t.taken.Store(true)
	}
	return err
}

func (t *answerTurn) release() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.grant.Release()
}
