// Package session tracks the session of a connection: when its token expires, whether the instance stops, and
// changes of its person's access.
package session

import (
	"context"
	"slices"
	"sync"
	"time"

	"tandem/internal/collab"
)

// A Session is a signed-in connection as its operations see it: when the token expires, and whether the instance
// stops. Any goroutine may use it.
type Session struct {
	renew Renew
	now   func() time.Time

	mu        sync.Mutex // guards what follows; innermost: watchers are called without it, and followers with it
	expires   time.Time
	drains    bool
	comeBack  time.Duration // when drains is set: the delay until the client reconnects
	watchers  []*watcher
	clients   map[collab.ID]int // how often each client is present over the session
	followers []*follower
}

// A Renew checks a fresh token for a session. It returns the context of later operations, which carries the
// person, and when the token expires. The error is for the client.
type Renew func(ctx context.Context, token string) (context.Context, time.Time, error)

// A watcher is called when a session changes.
type watcher struct{ notify func() }

// New returns a session that lasts until its token expires by a clock, time.Now if it is nil. renew is nil for a connection whose token
// can't be replaced.
func New(expires time.Time, now func() time.Time, renew Renew) *Session {
	if now == nil {
		now = time.Now
	}
	return &Session{expires: expires, now: now, renew: renew}
}

// Expires returns when the session's token expires; the zero time means never.
func (s *Session) Expires() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.expires
}

// never is how long a token lasts that does not expire.
const never = 1<<63 - 1

// Left returns for how long the token is valid, by the clock on the wall: it also moves while the machine is suspended, and when it is set.
func (s *Session) Left() time.Duration {
	expires := s.Expires()
	if expires.IsZero() {
		return never
	}
	return expires.Sub(s.now().Round(0))
}

// Recheck has watchers look at the session again, since the clock was set.
func (s *Session) Recheck() { s.change(func() {}) }

// Refresh replaces the session's token by a fresh one. It returns a context that carries the person of the token.
func (s *Session) Refresh(ctx context.Context, token string) (context.Context, error) {
	if s.renew == nil {
		return nil, errNotRenewable
	}
	ctx, expires, err := s.renew(ctx, token)
	if err != nil {
		return nil, err
	}
	s.Extend(expires)
	return ctx, nil
}

// Extend sets when the session ends.
func (s *Session) Extend(expires time.Time) {
	s.change(func() { s.expires = expires })
}

// Drain notifies watchers that the instance stops, and after which delay the client should reconnect. It reports
// whether there are watchers.
func (s *Session) Drain(comeBack time.Duration) bool {
	return s.change(func() { s.drains, s.comeBack = true, comeBack })
}

// change calls apply with s.mu held, and notifies watchers. It reports whether there are any.
func (s *Session) change(apply func()) bool {
	s.mu.Lock()
	apply()
	watchers := slices.Clone(s.watchers)
	s.mu.Unlock()
	for _, w := range watchers {
		w.notify()
	}
	return len(watchers) > 0
}

// watch calls notify after each change of the session until unwatch is called.
func (s *Session) watch(notify func()) (unwatch func()) {
	w := &watcher{notify}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watchers = append(s.watchers, w)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.watchers = slices.DeleteFunc(s.watchers, func(other *watcher) bool { return other == w })
	}
}

// draining reports whether the instance stops, and after which delay the client should reconnect.
func (s *Session) draining() (time.Duration, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.comeBack, s.drains
}

type sessionKey struct{}

// With returns a context that carries the session of an operation.
func With(ctx context.Context, s *Session) context.Context {
	return context.WithValue(ctx, sessionKey{}, s)
}

// From returns the session that ctx carries, or an error for an operation without one, as over plain HTTP.
func From(ctx context.Context) (*Session, error) {
	if s, ok := ctx.Value(sessionKey{}).(*Session); ok {
		return s, nil
	}
	return nil, errNoSession
}
