package transport

import (
	"errors"
	"net"
	"os"
	"time"

	"tandem/internal/hub"
)

// chunk is how much is written under one deadline while a reader is slow.
const chunk = 16 << 10

// flush writes what is pending until there is nothing left. A connection that
// makes no progress for so long is closed.
func (s *socket) flush() {
	var bytes []byte
	for {
		s.mu.Lock()
		bytes, s.pending = s.pending, bytes[:0]
		begun := s.begun
		s.begun, s.owed = 0, 0
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

// push writes bytes for as long as there is progress, and returns how many were written.
func (s *socket) push(bytes []byte) (n int, err error) {
	for n < len(bytes) {
		part := bytes[n:min(len(bytes), n+chunk)]
		_ = s.conn.SetWriteDeadline(time.Now().Add(s.stall))
		wrote, err := s.conn.Write(part)
		if wrote == 0 && errors.Is(err, os.ErrDeadlineExceeded) {
			// The kernel says that there is room only when there is much of it,
			// which a slow reader may not make in that time.
			_ = s.conn.SetWriteDeadline(time.Time{})
			wrote = s.nudge(part)
		}
		n += wrote
		if err != nil && (wrote == 0 || !errors.Is(err, os.ErrDeadlineExceeded)) {
			return n, err
		}
		s.heard() // what the client took tells that it is there
	}
	return n, nil
}

// nudge writes what the kernel takes at once, if the connection is still open.
func (s *socket) nudge(part []byte) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0
	}
	n, _ := s.try(part)
	return n
}

// giveUp closes a connection that can't be written to any more. A reader that
// only stands still is told why, for when it reads again: the kernel is given the
// room for it that it did not have. rest is what the frame that was begun lacks.
func (s *socket) giveUp(rest []byte, cause error) {
	s.mu.Lock()
	s.pending, s.closing = nil, true
	broken := s.closed || !errors.Is(cause, os.ErrDeadlineExceeded)
	s.mu.Unlock()
	if !broken {
		if s.owner != nil {
			s.owner.end(hub.ErrConnectionLost)
		}
		if tcp, ok := s.conn.(*net.TCPConn); ok {
			_ = tcp.SetWriteBuffer(2 * kernelBuffer)
		}
		_ = s.conn.SetWriteDeadline(time.Now().Add(closeWait))
		s.mu.Lock()
		s.code = closeTryAgain
		s.mu.Unlock()
		last := appendClose(append([]byte(nil), rest...), closeTryAgain, "the client reads too slowly")
		_, err := s.conn.Write(last)
		broken = err != nil
	}
	s.mu.Lock()
	if broken {
		s.abort()
	}
	s.caughtUp()
}

// caughtUp ends flushing and lets go on who waits for it. It is called with s.mu
// held, and frees it.
func (s *socket) caughtUp() {
	_ = s.conn.SetWriteDeadline(time.Time{}) // one that has passed would fail the next try
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
