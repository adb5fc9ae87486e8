package hub

import (
	"context"
	"slices"
	"sync"
	"time"
)

// A Session is the connection of a person who signed in, as the operations on it
// see it: until when the token is good, and whether the instance stops. Any
// goroutine may use it.
type Session struct {
	renew Renew

	mu       sync.Mutex // guards what follows
	expires  time.Time
	drains   bool
	comeBack time.Duration // after how long, when it drains
	watchers []*watcher
}

// A Renew checks a fresh token for a session. It returns the context of the
// operations that follow, which carries who asks, and until when the token is
// good. The error is for the client to see.
type Renew func(ctx context.Context, token string) (context.Context, time.Time, error)

// A watcher is told that something of a session changed.
type watcher struct{ told func() }

// NewSession returns a session that lasts until its token expires. renew is nil
// for a connection that can't take a fresh token.
func NewSession(expires time.Time, renew Renew) *Session {
	return &Session{expires: expires, renew: renew}
}

// Expires is when the session's token expires; the zero time is never.
func (s *Session) Expires() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.expires
}

// Refresh gives the session a fresh token, so that it lasts longer. It returns a
// context that carries who asks, as the token says.
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

// Extend says anew when the session ends.
func (s *Session) Extend(expires time.Time) {
	s.change(func() { s.expires = expires })
}

// Drain tells those who watch the session that the instance stops, and after how
// long the client is to connect again. It reports whether anybody watches.
func (s *Session) Drain(comeBack time.Duration) bool {
	return s.change(func() { s.drains, s.comeBack = true, comeBack })
}

// change makes a change, and tells those who watch; it reports whether anybody does.
func (s *Session) change(make func()) bool {
	s.mu.Lock()
	make()
	watchers := slices.Clone(s.watchers)
	s.mu.Unlock()
	for _, w := range watchers {
		w.told()
	}
	return len(watchers) > 0
}

// watch has told called after each change of the session, until unwatch is called.
func (s *Session) watch(told func()) (unwatch func()) {
	w := &watcher{told}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watchers = append(s.watchers, w)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.watchers = slices.DeleteFunc(s.watchers, func(other *watcher) bool { return other == w })
	}
}

// draining reports whether the instance stops, and after how long the client is
// to connect again.
func (s *Session) draining() (time.Duration, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.comeBack, s.drains
}

type sessionKey struct{}

// WithSession returns a context that carries the session of an operation.
func WithSession(ctx context.Context, s *Session) context.Context {
	return context.WithValue(ctx, sessionKey{}, s)
}

// SessionFrom returns the session that ctx carries, or an error for an operation
// that came on no connection that stays.
func SessionFrom(ctx context.Context) (*Session, error) {
	if s, ok := ctx.Value(sessionKey{}).(*Session); ok {
		return s, nil
	}
	return nil, errNoSession
}
