package transport

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobwas/ws"
)

const (
	// maxPending bounds what a connection owes the kernel, in bytes. What shares
	// its events never comes near; it is for the answers to requests that a
	// client sends without reading.
	maxPending = 1 << 20
	// kernelBuffer bounds what the kernel keeps for a reader that stands still,
	// in bytes. Smaller, and a fast reader far away is slowed down; larger, and
	// each that stands still costs as much.
	kernelBuffer = 128 << 10
)

// A socket writes frames to one connection. While the client keeps up, a frame
// is written at once by the goroutine that has it, without blocking. What the kernel does
// not take is left to a goroutine that lives until it is written.
type socket struct {
	conn  net.Conn
	stall time.Duration // how long a write may make no progress
	owner *connection   // told when a write made none for so long, and roused when it is closed; nil for none
	seen  atomic.Int64  // when the client was last heard of, as uptime
	sent  *atomic.Int64 // counts the bytes of many sockets; nil: nobody counts

	// fd is what is written to without blocking, while s.mu is held and closed is
	// false; noDescriptor where that can't be done, as through TLS.
	fd int

	mu sync.Mutex // guards what follows
	// pending is what the kernel would not take yet; a goroutine writes it while flushing.
	pending  []byte
	flushing bool
	// begun is how much of pending is the rest of a frame that the kernel took a part of.
	begun int
	// owed is how much of pending came through send, which asks nobody whether there is room.
	owed int
	// idle is closed when flushing ends; nil if nobody waits.
	idle chan struct{}
	// refused are called when flushing ends: they had something to send, and kept it.
	refused []func()
	closing bool // a close frame was sent, or is about to be
	ended   bool // nobody reads any more: what is pending is all there is
	closed  bool
	code    ws.StatusCode // what the connection was closed with first; 0 while it is open
}

const noDescriptor = -1

func newSocket(conn net.Conn, stall time.Duration) *socket {
	s := &socket{conn: conn, stall: stall, fd: noDescriptor}
	s.heard()
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(kernelBuffer)
		if fd, ok := descriptor(tcp); ok {
			s.fd = fd
		}
	}
	return s
}

// started is what uptime counts from.
var started = time.Now()

// uptime is how long the program has been running, by the monotonic clock: a wall
// clock that is set must neither close connections nor keep dead ones.
func uptime() time.Duration { return time.Since(started) }

// heard notes that the client is there.
func (s *socket) heard() { s.seen.Store(int64(uptime())) }

// send writes frames, or leaves them to be written as soon as can be.
func (s *socket) send(frames []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return
	}
	if s.flushing {
		if s.owed += len(frames); s.owed > maxPending {
			s.abort()
			return
		}
	}
	s.write(frames)
}

// offer is send for frames that the caller can keep: while the client is
// slow it takes nothing, reports false, and calls later once the client has
// caught up. What is offered after ctx has ended goes nowhere.
func (s *socket) offer(ctx context.Context, frames []byte, later func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closing || ctx.Err() != nil:
		return true // nobody is there to miss them
	case s.flushing:
		s.refused = append(s.refused, later)
		return false
	}
	s.write(frames)
	return true
}

// sendInTurn is send for somebody who can wait until the client has caught up.
// What build returns is sent; it is called when it is its turn, with s.mu held, and
// not at all once ctx has ended.
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

// drained waits until the client has taken all that it was sent. It ends, since a
// client that takes nothing is closed.
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

// behind reports whether the client has not taken all that it was sent.
func (s *socket) behind() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.flushing
}

// write hands frames to the kernel; what it does not take is left to flush. s.mu is held.
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
		s.begun = frameEnd(frames, n) - n
		s.pending = append(s.pending, frames[n:]...)
		s.flushing = true
		go s.flush()
	}
}

// try writes what the kernel takes at once. s.mu is held, and the connection is open.
func (s *socket) try(frames []byte) (int, error) {
	if s.fd == noDescriptor {
		return 0, nil
	}
	return writeNow(s.fd, frames)
}

// goodbye sends a close frame after all that is pending, and then lets the
// connection end. It may be called more than once.
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

// closeWait is how long a client has to answer a close frame.
const closeWait = 5 * time.Second

// finish waits for the client's close frame, which the reader finds, and no
// longer than closeWait: closing at once could take from the client what it has
// not read yet.
func (s *socket) finish() {
	if tcp, ok := s.conn.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
	}
	_ = s.conn.SetReadDeadline(time.Now().Add(closeWait))
	s.rouse()
}

// rest leaves the reading to a poller until there is something to read. It
// reports false if the connection has to be read by a goroutine of its own.
func (s *socket) rest(p *poller) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return p != nil && s.fd != noDescriptor && !s.closing && !s.closed && p.rest(s.owner)
}

// rouse has the connection read if it rests: its reader finds out that it
// ended, or will. s.mu may be held.
func (s *socket) rouse() {
	if s.owner != nil && s.owner.transport.poller != nil {
		s.owner.transport.poller.rouse(s.owner)
	}
}

// abort ends the connection at once. s.mu is held.
func (s *socket) abort() {
	s.closing = true
	if s.code == 0 {
		s.code = codeLost
	}
	if !s.closed {
		s.closed = true
		s.rouse() // before its descriptor can be another connection's
		_ = s.conn.Close()
	}
}

// end ends the connection when nobody reads it any more: at once, or if a close
// frame is pending, as soon as that is written.
func (s *socket) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.flushing && s.closing {
		s.ended = true
		return
	}
	s.abort()
}

// kill ends the connection at once.
func (s *socket) kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.abort()
}
