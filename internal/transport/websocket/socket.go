package websocket

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobwas/ws"

	"tandem/internal/transport"
)

// maxPending bounds the pending bytes of frames that send did not wait with. Events never come near the
// bound; it is for responses to a client that sends operations and does not read.
const maxPending = 1 << 20

// A socket writes frames to one connection. While the client keeps up, the sender's goroutine writes a
// frame at once, without blocking. Bytes that the kernel does not accept become pending, and a goroutine
// writes them and ends.
type socket struct {
	conn  net.Conn
	stall time.Duration // how long a write may make no progress
	owner *connection   // ended when a write stalls, and woken when the socket is closed; may be nil
	seen  atomic.Int64  // the uptime when the client last sent something or accepted bytes
	sent  *atomic.Int64 // counts the bytes of many sockets; may be nil

	// fd is the descriptor for writes that do not block, to use only while s.mu is held and closed is
	// false; noDescriptor for a connection without one, such as TLS.
	fd int

	mu sync.Mutex // guards what follows; locked after broadcast.mu, before connection.mu and poller.mu
	// pending are the bytes that the kernel has not accepted yet. While flushing, a goroutine writes them.
	pending  []byte
	flushing bool
	// partialFrame is the number of bytes at the start of pending that end a frame sent in part.
	partialFrame int
	// unwaited is the number of pending bytes from send, which does not wait for the client.
	unwaited int
	// idle is closed when flushing ends; nil if nobody waits.
	idle chan struct{}
	// refused are called when flushing ends: their frames were refused by offer.
	refused []func()
	closing bool // a close frame was sent, or will be
	ended   bool // the reader has ended: the connection is closed after the pending bytes
	closed  bool
	code    ws.StatusCode // the first close code; 0 while the connection is open
}

const noDescriptor = -1

func newSocket(conn net.Conn, stall time.Duration) *socket {
	s := &socket{conn: conn, stall: stall, fd: noDescriptor}
	s.heard()
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(transport.KernelBuffer)
		if fd, ok := descriptor(tcp); ok {
			s.fd = fd
		}
	}
	return s
}

// started is the beginning of uptime.
var started = time.Now()

// uptime returns how long the program has been running, by the monotonic clock: setting the wall clock
// must neither close connections nor keep dead ones.
func uptime() time.Duration { return time.Since(started) }

// heard records a sign of life of the client.
func (s *socket) heard() { s.seen.Store(int64(uptime())) }

// send writes frames, or adds them to the pending bytes. It never waits.
func (s *socket) send(frames []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return
	}
	if s.flushing {
		if s.unwaited += len(frames); s.unwaited > maxPending {
			s.abort()
			return
		}
	}
	s.write(frames)
}

// offer is send for frames that the caller can send again. While the client is slow it refuses them,
// reports false, and calls later once the client has caught up. After ctx has ended it drops them.
func (s *socket) offer(ctx context.Context, frames []byte, later func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closing || ctx.Err() != nil:
		return true // the client is gone
	case s.flushing:
		s.refused = append(s.refused, later)
		return false
	}
	s.write(frames)
	return true
}

// sendInTurn is send for a caller that waits until the client has caught up. Then it calls build, with
// s.mu held, and sends the result. It does not call build once ctx has ended.
func (s *socket) sendInTurn(ctx context.Context, build func() []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.flushing && !s.closing {
		idle := s.whenIdle()
		s.mu.Unlock()
		select {
		case <-idle:
		case <-ctx.Done():
		}
		s.mu.Lock()
		if ctx.Err() != nil {
			return
		}
	}
	if !s.closing && ctx.Err() == nil {
		s.write(build())
	}
}

// whenIdle returns a channel that is closed when flushing ends. s.mu is held.
func (s *socket) whenIdle() <-chan struct{} {
	if s.idle == nil {
		s.idle = make(chan struct{})
	}
	return s.idle
}

// drained waits until the client has accepted all frames, or the connection is closed, which happens if
// the client accepts nothing.
func (s *socket) drained() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.flushing && !s.closed {
		idle := s.whenIdle()
		s.mu.Unlock()
		<-idle
		s.mu.Lock()
	}
}

// behind reports whether there are frames that the client has not accepted.
func (s *socket) behind() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.flushing
}

// write passes frames to the kernel, and leaves the bytes that it does not accept to flush. s.mu is held.
func (s *socket) write(frames []byte) {
	if s.closed || len(frames) == 0 {
		return
	}
	if s.sent != nil {
		s.sent.Add(int64(len(frames)))
	}
	if s.flushing {
		s.pending = append(s.pending, frames...)
		return
	}
	n, err := s.try(frames)
	switch {
	case err != nil:
		s.abort()
	case n < len(frames):
		s.partialFrame = frameEnd(frames, n) - n
		s.pending = append(s.pending, frames[n:]...)
		s.flushing = true
		go s.flush()
	}
}

// try writes as much as the kernel accepts without blocking. s.mu is held, and the connection is open.
func (s *socket) try(frames []byte) (int, error) {
	if s.fd == noDescriptor {
		return 0, nil
	}
	return writeNow(s.fd, frames)
}

// goodbye sends a close frame after the pending bytes, and then closes the connection. It may be called
// more than once.
func (s *socket) goodbye(code ws.StatusCode, reason string) {
	s.mu.Lock()
	if s.closing {
		s.mu.Unlock()
		return
	}
	s.write(appendClose(nil, code, reason))
	s.closing, s.code = true, code
	flushing := s.flushing
	s.mu.Unlock()
	if !flushing {
		s.finish()
	}
}

// closeWait is how long a client may take to answer a close frame.
const closeWait = 5 * time.Second

// finish gives the client closeWait to answer with a close frame, for which the reader waits. Closing the
// connection at once could discard bytes that the client has not read yet.
func (s *socket) finish() {
	if tcp, ok := s.conn.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
	}
	_ = s.conn.SetReadDeadline(time.Now().Add(closeWait))
	s.wake()
}

// park lets a poller wait until there is something to read. It reports false if the connection needs a
// goroutine to read it.
func (s *socket) park(p *poller) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return p != nil && s.fd != noDescriptor && !s.closing && !s.closed && p.park(s.owner)
}

// wake starts to read a parked connection, so that its reader notices the end. s.mu may be held.
func (s *socket) wake() {
	if s.owner != nil && s.owner.transport.poller != nil {
		s.owner.transport.poller.wake(s.owner)
	}
}

// abort closes the connection at once. s.mu is held.
func (s *socket) abort() {
	s.closing = true
	if s.code == 0 {
		s.code = transport.CloseLost
	}
	if !s.closed {
		s.closed = true
		s.wake() // before the kernel gives the descriptor to another connection
		_ = s.conn.Close()
	}
}

// end closes the connection after its reader has ended: at once, or after a pending close frame.
func (s *socket) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.flushing && s.closing {
		s.ended = true
		return
	}
	s.abort()
}

// kill closes the connection at once.
func (s *socket) kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.abort()
}
