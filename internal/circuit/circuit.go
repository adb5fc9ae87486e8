// Package circuit leaves services alone that do not work, so that what waits for them is not held up by deadlines.
package circuit

import (
	"errors"
	"time"

	"github.com/sony/gobreaker/v2"
)

const (
	// outages is how many attempts in a row have to fail before a service is left alone, and LeaveAlone for how long. Then
	// one attempt finds out whether it works again.
	outages    = 5
	LeaveAlone = 30 * time.Second
)

// A Breaker is that of one service. It is safe for concurrent use.
type Breaker struct {
	breaker *gobreaker.TwoStepCircuitBreaker[any]
}

// New returns the breaker of a service.
func New(service string) *Breaker {
	return &Breaker{gobreaker.NewTwoStepCircuitBreaker[any](gobreaker.Settings{
		Name: service, Timeout: LeaveAlone,
		ReadyToTrip: func(counts gobreaker.Counts) bool { return counts.ConsecutiveFailures >= outages },
	})}
}

// errOutage tells the library that an attempt failed because of the service.
var errOutage = errors.New("the service does not work")

// Allow begins an attempt, unless the service is left alone. The caller ends it with whether the service works.
func (b *Breaker) Allow() (end func(works bool), allowed bool) {
	done, err := b.breaker.Allow()
	if err != nil {
		return nil, false
	}
	return func(works bool) {
		if works {
			done(nil)
		} else {
			done(errOutage)
		}
	}, true
}
