package main

import (
	"context"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// firstVersion is the version of a customer without edits; firstEdit makes the next.
const (
	firstVersion = 1
	firstEdit    = firstVersion + 1
)

// A ledger has the published versions, the times for which they were scheduled, and
// the number of clients that still wait for each.
type ledger struct {
	followers []int         // of each topic
	window    chan struct{} // holds a place for each edit under way; nil where a rate decides

	mu         sync.Mutex // guards what follows
	edits      [][]edit   // of each topic; the first made firstEdit
	measuring  bool       // what is published now is measured
	published  int        // of what is measured
	deliveries int
	awaited    int // deliveries of all edits, measured or not, that have not come
	last       time.Time
	latencies  *hdrhistogram.Histogram // in microseconds
}

// An edit of a topic's customer.
type edit struct {
	scheduled time.Time
	left      int // clients that don't have it yet
	measured  bool
}

// Latencies are kept from a microsecond to ten minutes, with three digits.
const (
	longestLatency = 10 * time.Minute
	digits         = 3
)

func newLedger(followers []int, window int) *ledger {
	l := &ledger{
		followers: followers,
		edits:     make([][]edit, len(followers)),
		latencies: hdrhistogram.New(1, longestLatency.Microseconds(), digits),
	}
	if window > 0 {
		l.window = make(chan struct{}, window)
	}
	return l
}

// enter waits until the window has room for another edit.
func (l *ledger) enter(ctx context.Context) error {
	select {
	case l.window <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// publish records an edit that is about to be sent, and returns the version that it
// will make. Edits of one topic are sent one after another.
func (l *ledger) publish(topic int, scheduled time.Time) (version int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.edits[topic] = append(l.edits[topic], edit{scheduled, l.followers[topic], l.measuring})
	l.awaited += l.followers[topic]
	if l.measuring {
		l.published++
	}
	return firstVersion + len(l.edits[topic])
}

// deliver records that one more client has a version. It reports false for a
// version that was never published.
func (l *ledger) deliver(topic, version int, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := version - firstEdit
	if i < 0 || i >= len(l.edits[topic]) || l.edits[topic][i].left == 0 {
		return false
	}
	e := &l.edits[topic][i]
	e.left--
	l.awaited--
	if e.left == 0 && l.window != nil {
		<-l.window
	}
	if e.measured {
		l.deliveries++
		l.last = now
		_ = l.latencies.RecordValue(min(max(1, now.Sub(e.scheduled).Microseconds()), longestLatency.Microseconds()))
	}
	return true
}

// measure begins the measurement of published edits.
func (l *ledger) measure() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.measuring = true
}

// lastVersion is the newest version of a topic's customer.
func (l *ledger) lastVersion(topic int) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return firstVersion + len(l.edits[topic])
}

// drain waits until all events have arrived, and gives up when none arrives for giveUp.
func (l *ledger) drain(ctx context.Context, giveUp time.Duration) {
	for waited, before := time.Duration(0), -1; waited < giveUp && ctx.Err() == nil; waited += drainTick {
		l.mu.Lock()
		awaited := l.awaited
		l.mu.Unlock()
		switch {
		case awaited == 0:
			return
		case awaited != before:
			waited, before = 0, awaited
		}
		time.Sleep(drainTick)
	}
}

// drainTick is how often drain looks.
const drainTick = 10 * time.Millisecond
