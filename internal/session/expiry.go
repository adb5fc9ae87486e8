package session

import (
	"sync"
	"time"
)

// wallTime is how often the clock on the wall is asked whether a token has expired. It bounds how late a session ends after the machine was
// suspended or its clock was set: timers know of neither.
const wallTime = 10 * time.Second

// An Expiry calls a function once the token of a session has expired. Its owner calls Stop.
type Expiry struct {
	session *Session
	end     func()

	mu      sync.Mutex // guards what follows; locked before Session.mu
	timer   *time.Timer
	stopped bool
}

// NewExpiry returns an expiry that calls end, also if the token has expired already.
func NewExpiry(s *Session, end func()) *Expiry {
	e := &Expiry{session: s, end: end}
	e.Check()
	return e
}

// Check looks at the clock, at once and then whenever the session may end. It is called when the session ends earlier than before.
func (e *Expiry) Check() {
	e.mu.Lock()
	defer e.mu.Unlock()
	left := e.session.Left()
	switch {
	case e.stopped:
	case left <= 0:
		e.stopped = true
		e.end()
	case e.timer == nil:
		e.timer = time.AfterFunc(min(left, wallTime), e.Check)
	default:
		e.timer.Reset(min(left, wallTime))
	}
}

// Stop ends the checks.
func (e *Expiry) Stop() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stopped = true
	if e.timer != nil {
		e.timer.Stop()
	}
}
