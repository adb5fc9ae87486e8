package delivery_test

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/collab"
	"tandem/internal/delivery"
)

// A timedQueue keeps the times at which jobs were recalled of two organizations, and how many are left.
type timedQueue struct {
	delivery.Queue
	clock func() time.Time // of the database

	mu   sync.Mutex // guards what follows
	left map[collab.ID]int
	at   []time.Time
}

func (q *timedQueue) LatestTime(_ context.Context, now collab.Time) (collab.Time, error) {
	if there := collab.At(q.clock()); there.After(now.Time) {
		return there, nil
	}
	return now, nil
}

func (q *timedQueue) DueOrganizations(context.Context, collab.JobKind, collab.Time) ([]collab.ID, error) {
	return []collab.ID{"large", "small"}, nil
}

func (q *timedQueue) RecallJobs(_ context.Context, orgID collab.ID, now collab.Time) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.at = append(q.at, now.Time)
	recalled := min(q.left[orgID], collab.MaxRecalled)
	q.left[orgID] -= recalled
	return recalled, nil
}

// looks returns the times of the looks since the last call.
func (q *timedQueue) looks() []time.Time {
	q.mu.Lock()
	defer q.mu.Unlock()
	at := q.at
	q.at = nil
	return at
}

// queue sets how many jobs wait.
func (q *timedQueue) queue(large, small int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.left["large"], q.left["small"] = large, small
}

// waiting returns how many jobs wait.
func (q *timedQueue) waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.left["large"] + q.left["small"]
}

// inRecaller runs a recaller every minute, with a clock that is ahead by a time that the test sets.
func inRecaller(t *testing.T, test func(q *timedQueue, ahead *atomic.Int64)) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var ahead atomic.Int64
		q := &timedQueue{clock: time.Now, left: make(map[collab.ID]int)}
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() {
			now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
			delivery.NewRecaller(q, slog.New(slog.DiscardHandler), now).Run(ctx, time.Minute)
		})
		synctest.Wait()
		test(q, &ahead)
		stop()
		running.Wait()
	})
}

func TestRecallsOfAllOrganizations(t *testing.T) {
	inRecaller(t, func(q *timedQueue, _ *atomic.Int64) {
		q.queue(2*collab.MaxRecalled+1, 1)
		time.Sleep(time.Minute)
		synctest.Wait()
		if looks, left := len(q.looks()), q.waiting(); looks != 4 || left > 0 {
			t.Errorf("%d looks, %d jobs are left", looks, left)
		}
	})
}

// A clock that was just set is not trusted until it has gone on as clocks do.
func TestNoRecallsByAClockThatWasSet(t *testing.T) {
	inRecaller(t, func(q *timedQueue, ahead *atomic.Int64) {
		for _, by := range []time.Duration{-6 * 365 * 24 * time.Hour, 0, 6 * 365 * 24 * time.Hour} {
			ahead.Store(int64(by))
			for _, trusted := range []bool{false, true} {
				time.Sleep(time.Minute)
				synctest.Wait()
				if looks := len(q.looks()); looks > 0 != trusted {
					t.Errorf("clock set by %s: %d looks", by, looks)
				}
			}
		}
	})
}

// An instance whose clock is behind takes the database's.
func TestNoRecallsByAClockThatIsBehind(t *testing.T) {
	inRecaller(t, func(q *timedQueue, ahead *atomic.Int64) {
		for _, by := range []time.Duration{-24 * time.Hour, 24 * time.Hour} {
			ahead.Store(int64(by))
			time.Sleep(2 * time.Minute)
			synctest.Wait()
			for _, at := range q.looks() {
				if want := time.Now().Add(max(0, by)); !at.Equal(want) {
					t.Errorf("with a clock set by %s it looked at %s, not %s", by, at, want)
				}
			}
		}
	})
}
