// Package circuit leaves services alone that do not work, so that what waits for them is not held up by deadlines.
package circuit

import (
	"errors"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"
)

const (
	// outages is how many attempts in a row have to fail, for different owners or for anybody, before a service is left alone, and LeaveAlone for how long. Then
	// one attempt at a time finds out whether it works again.
	outages    = 5
	LeaveAlone = 30 * time.Second
	// mostTrials is how many owners may fail then, each for the first time, before the service is left alone again. A low value makes owners
	// for whom it works wait behind those for whom it does not, 30 s for each few of them; with a high one, a service that is down is asked more often.
	mostTrials = 32
	// mostSuspects bounds the owners of failed attempts that are kept.
	mostSuspects = 100
)

// A Breaker is that of one service. It is safe for concurrent use.
type Breaker struct {
	breaker *gobreaker.TwoStepCircuitBreaker[any]

	mu       sync.Mutex      // guards what follows; innermost
	suspects map[string]bool // the owners of attempts that failed since the last success
	trials   int             // how many of them failed for the first time since the service was last left alone, at most mostTrials
	othersBy time.Time       // until then, only other owners find out whether the service works
}

// New returns the breaker of a service.
func New(service string) *Breaker {
	return &Breaker{suspects: make(map[string]bool), breaker: gobreaker.NewTwoStepCircuitBreaker[any](gobreaker.Settings{
		Name: service, Timeout: LeaveAlone,
		ReadyToTrip: func(counts gobreaker.Counts) bool { return counts.ConsecutiveFailures >= outages },
		IsExcluded:  func(err error) bool { return errors.Is(err, errNothing) },
	})}
}

var (
	// errOutage tells the library that an attempt failed because of the service, errNothing that it says nothing about that.
	errOutage  = errors.New("the service does not work")
	errNothing = errors.New("the attempt did not end, or failed for the same owner before")
)

// A Result is what an attempt says about its service.
type Result int

// The results.
const (
	Works   Result = iota
	Fails          // perhaps only for the owner of the attempt
	Down           // for anybody
	Unknown        // the attempt did not come to an end
)

// AllowFor begins an attempt of an owner, unless the service is left alone. The caller ends it with what it says about the service, which
// may fail for some and work for others. The failures of one owner since the last success
// count once, so they never have the service left alone for others. If an attempt that is to find out whether the service works
// again fails, the next one is of an owner who did not fail before, and those who did wait as long as the service did. So owners for whom it
// works find that out, and it is left alone again after it failed for many more.
func (b *Breaker) AllowFor(owner string) (end func(Result), allowed bool) {
	if b.waits(owner) {
		return nil, false
	}
	done, err := b.breaker.Allow()
	if err != nil {
		return nil, false
	}
	return func(result Result) { done(b.judge(owner, result)) }, true
}

// waits reports whether others find out whether the service works again.
func (b *Breaker) waits(owner string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.suspects[owner] && time.Now().Before(b.othersBy)
}

// Room returns how many attempts may be under way to a service that failed: none while it is left alone, and then one. It is
// not limited if the service works.
func (b *Breaker) Room() (attempts int, limited bool) {
	switch b.breaker.State() {
	case gobreaker.StateOpen:
		return 0, true
	case gobreaker.StateHalfOpen:
		return 1, true
	}
	return 0, false
}

// judge returns the error by which the library counts an attempt.
func (b *Breaker) judge(owner string, result Result) error {
	isTrial := b.breaker.State() == gobreaker.StateHalfOpen
	b.mu.Lock()
	defer b.mu.Unlock()
	switch result {
	case Works:
		clear(b.suspects)
		b.othersBy, b.trials = time.Time{}, 0
		return nil
	case Unknown:
		return errNothing
	case Down:
		return errOutage
	}
	if isTrial {
		b.othersBy = time.Now().Add(LeaveAlone)
	}
	if b.suspects[owner] {
		return errNothing
	}
	b.suspect(owner)
	if isTrial && b.trials < mostTrials-1 {
		b.trials++
		return errNothing
	}
	b.trials = 0
	return errOutage
}

// suspect keeps that an attempt of an owner failed. The caller holds mu.
func (b *Breaker) suspect(owner string) {
	for suspect := range b.suspects {
		if len(b.suspects) < mostSuspects {
			break
		}
		delete(b.suspects, suspect)
	}
	b.suspects[owner] = true
}
