package websocket

import (
	"errors"
	"net"
	"os"
	"time"

	"tandem/internal/transport"
)

// flush writes the pending bytes until there are none. It closes a connection that makes no progress
// for the stall time.
func (s *socket) flush() {
	var bytes []byte
	for {
		s.mu.Lock()
		bytes, s.pending = s.pending, bytes[:0]
		begun := s.partialFrame
		s.partialFrame, s.unwaited = 0, 0
		if len(bytes) == 0 || s.closed {
			s.caughtUp()
			return
		}
		s.mu.Unlock()
		n, err := s.push(bytes)
		if err == nil {
			continue
		}
		if n >= begun {
			begun += frameEnd(bytes[begun:], n-begun)
		}
		s.giveUp(bytes[n:begun], err)
		return
	}
}

// push writes bytes while there is progress, and returns how many were written.
func (s *socket) push(bytes []byte) (n int, err error) {
	for n < len(bytes) {
		part := bytes[n:min(len(bytes), n+transport.Chunk)]
		_ = s.conn.SetWriteDeadline(time.Now().Add(s.stall))
		wrote, err := s.conn.Write(part)
		if wrote == 0 && errors.Is(err, os.ErrDeadlineExceeded) {
			// The kernel reports a socket as writable only when much of its buffer is free,
			// which a slow reader may not achieve in that time.
			_ = s.conn.SetWriteDeadline(time.Time{})
			wrote = s.nudge(part)
		}
		n += wrote
		if err != nil && (wrote == 0 || !errors.Is(err, os.ErrDeadlineExceeded)) {
			return n, err
		}
		s.heard() // the client acknowledged bytes, so it is alive
	}
	return n, nil
}

// nudge writes as much as the kernel accepts without blocking, if the connection is open.
func (s *socket) nudge(part []byte) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0
	}
	n, _ := s.try(part)
	return n
}

// giveUp closes a connection after a failed write. If the client only reads too slowly, giveUp enlarges
// the kernel's buffer to send a close frame with the reason, after rest, the remainder of a frame that
// was written in part.
func (s *socket) giveUp(rest []byte, cause error) {
	s.mu.Lock()
	s.pending, s.closing = nil, true
	broken := s.closed || !errors.Is(cause, os.ErrDeadlineExceeded)
	s.mu.Unlock()
	if !broken {
		if s.owner != nil {
			s.owner.end(transport.ErrConnectionLost)
		}
		if tcp, ok := s.conn.(*net.TCPConn); ok {
			_ = tcp.SetWriteBuffer(2 * transport.KernelBuffer)
		}
		_ = s.conn.SetWriteDeadline(time.Now().Add(closeWait))
		s.mu.Lock()
		s.code = transport.CloseTryAgain
		s.mu.Unlock()
		last := appendClose(append([]byte(nil), rest...), transport.CloseTryAgain, "the client reads too slowly")
		_, err := s.conn.Write(last)
		broken = err != nil
	}
	s.mu.Lock()
	if broken {
		s.abort()
	}
	s.caughtUp()
}

// caughtUp ends flushing, and wakes the senders that wait for it. s.mu is held, and caughtUp unlocks it.
func (s *socket) caughtUp() {
	_ = s.conn.SetWriteDeadline(time.Time{}) // an expired deadline would fail the next try
	s.pending, s.flushing = nil, false
	if s.ended {
		s.abort()
	}
	idle, refused, closing := s.idle, s.refused, s.closing
	s.idle, s.refused = nil, nil
	s.mu.Unlock()
	if idle != nil {
		close(idle)
	}
	if closing {
		s.finish()
		return
	}
	for _, later := range refused {
		later()
	}
}
