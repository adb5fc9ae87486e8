package chaos

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// An event is a version of a customer.
type event struct {
	customer string
	version  int
}

// A ledger knows every acknowledged write and every delivered event.
type ledger struct {
	followers int

	mu           sync.Mutex // guards what follows
	acknowledged map[event]time.Time
	newest       map[string]int   // the newest acknowledged version of each customer
	sequences    [][]event        // what each follower received
	last         []map[string]int // the last version that each follower has of each customer
	left         map[event]int    // followers that do not have an acknowledged change
	early        map[event]int    // followers that had a change before it was acknowledged
	violation    string           // the first broken promise
	now          line             // of the fault that lasts
	lastAck      time.Time
}

func newLedger(followers int) *ledger {
	l := &ledger{followers: followers, acknowledged: map[event]time.Time{}, newest: map[string]int{}, left: map[event]int{}, early: map[event]int{},
		sequences: make([][]event, followers), lastAck: time.Now()}
	for range followers {
		l.last = append(l.last, map[string]int{})
	}
	return l
}

// acknowledge records an answer to a write.
func (l *ledger) acknowledge(e event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	l.acknowledged[e], l.newest[e.customer] = now, max(l.newest[e.customer], e.version)
	l.now.acknowledged++
	l.now.pause = max(l.now.pause, now.Sub(l.lastAck))
	l.lastAck = now
	if left := l.followers - l.early[e]; left > 0 {
		l.left[e] = left
	}
	delete(l.early, e)
}

// deliver records an event of a follower, which follows everything from version 2 of each customer on.
func (l *ledger) deliver(follower int, e event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := max(1, l.last[follower][e.customer])
	if e.version != before+1 {
		l.violate("follower %d received version %d of %s after version %d", follower, e.version, e.customer, before)
	}
	l.last[follower][e.customer] = e.version
	l.sequences[follower] = append(l.sequences[follower], e)
	l.now.delivered++
	at, known := l.acknowledged[e]
	if !known {
		l.early[e]++
		return
	}
	l.now.late = max(l.now.late, time.Since(at))
	if l.left[e]--; l.left[e] == 0 {
		delete(l.left, e)
	}
}

// violate keeps the first broken promise. The caller holds mu.
func (l *ledger) violate(format string, arguments ...any) {
	if l.violation == "" {
		l.violation = time.Now().Format("15:04:05.000 ") + fmt.Sprintf(format, arguments...)
	}
}

func (l *ledger) fail(format string, arguments ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.violate(format, arguments...)
}

func (l *ledger) broken() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.violation
}

// acknowledgedVersions returns the newest acknowledged version of each customer.
func (l *ledger) acknowledgedVersions() map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.newest)
}

// read records a list that was not too old.
func (l *ledger) read() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now.lists++
}

func (l *ledger) repeated() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now.repeats++
}

func (l *ledger) reconnected() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now.reconnects++
}

// isDelivered reports whether every follower has everything that was acknowledged until a time.
func (l *ledger) isDelivered(until time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for e := range l.left {
		if !l.acknowledged[e].After(until) {
			return false
		}
	}
	return true
}

func (l *ledger) startFault() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now, l.lastAck = line{}, time.Now()
}

func (l *ledger) endFault(name string, lasted, healed time.Duration) line {
	l.mu.Lock()
	defer l.mu.Unlock()
	ended := l.now
	ended.fault, ended.lasted, ended.healed = name, lasted, healed
	return ended
}

// compare holds what was acknowledged and delivered to the log.
func (l *ledger) compare(log []event) (faults []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.violation != "" {
		faults = append(faults, l.violation)
	}
	inLog := map[event]int{}
	for _, e := range log {
		inLog[e]++
	}
	for e := range l.acknowledged {
		if inLog[e] != 1 {
			faults = append(faults, fmt.Sprintf("version %d of %s was acknowledged and is in the log %d times", e.version, e.customer, inLog[e]))
		}
	}
	for i, sequence := range l.sequences {
		if !slices.Equal(sequence, log) {
			faults = append(faults, fmt.Sprintf("follower %d received %d events that are not the %d of the log; %s", i, len(sequence), len(log), firstDifference(sequence, log)))
		}
	}
	return faults
}

func firstDifference(got, want []event) string {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return fmt.Sprintf("event %d is %v and not %v", i, got[i], want[i])
		}
	}
	return "one is the beginning of the other"
}
