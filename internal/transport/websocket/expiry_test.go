package websocket

import (
	"sync/atomic"
	"testing"
	"time"

	"tandem/internal/transport"
)

// A clock on the wall that is set forward beyond the end of a token, as after a machine was suspended, ends its connection.
func TestTokenThatExpiresByTheWall(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	w := newWire(t, func(s *Server) {
		s.PingInterval = pingSlots * 100 * time.Millisecond
		s.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	})
	c := w.enter(t)
	ahead.Store(int64(2 * time.Hour))
	c.wantClose(transport.CodeOf(transport.ErrExpired))
}
