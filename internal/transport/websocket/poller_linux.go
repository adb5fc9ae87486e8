package websocket

import (
	"errors"
	"os"
	"sync"
	"syscall"
)

// A poller reports when a parked connection has something to read. A parked connection needs no
// goroutine, which would be half of its cost.
//
// It is an epoll(7) instance, on which the Go runtime waits as on any other file. Each wait for a
// connection is for one event (EPOLLONESHOT).
type poller struct {
	file *os.File
	fd   int

	mu sync.Mutex // guards parked; locked after socket.mu; innermost
	// parked has the connections without a reader, by descriptor. The goroutine that removes one
	// reads it.
	parked map[int32]*connection
}

// newPoller returns a poller that runs until it is closed.
func newPoller() (*poller, error) {
	fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	if err := syscall.SetNonblock(fd, true); err != nil {
		return nil, errors.Join(err, syscall.Close(fd))
	}
	p := &poller{file: os.NewFile(uintptr(fd), "epoll"), fd: fd, parked: make(map[int32]*connection)}
	go p.run()
	return p, nil
}

// close ends the poller. No connection may be parked. It may be called more than once.
func (p *poller) close() { _ = p.file.Close() }

// run starts to read each parked connection that has something to read.
func (p *poller) run() {
	raw, err := p.file.SyscallConn()
	if err != nil {
		return
	}
	var events [128]syscall.EpollEvent
	for {
		var n int
		err := raw.Read(func(fd uintptr) bool {
			n, _ = syscall.EpollWait(int(fd), events[:], 0)
			return n > 0
		})
		if err != nil {
			return // it was closed
		}
		for _, event := range events[:n] {
			p.readable(event.Fd)
		}
	}
}

// park starts to read the connection once there is something to read. It reports false if the poller
// can't wait for that. socket.mu is held, and the socket is open.
func (p *poller) park(c *connection) bool {
	fd := int32(c.socket.fd)
	event := syscall.EpollEvent{Events: syscall.EPOLLIN | syscall.EPOLLRDHUP | syscall.EPOLLONESHOT, Fd: fd}
	p.mu.Lock()
	p.parked[fd] = c
	p.mu.Unlock()
	op := syscall.EPOLL_CTL_MOD
	if !c.registered {
		op, c.registered = syscall.EPOLL_CTL_ADD, true
	}
	if syscall.EpollCtl(p.fd, op, int(fd), &event) == nil {
		return true
	}
	return !p.unpark(fd, c)
}

// readable starts to read the parked connection of a descriptor.
func (p *poller) readable(fd int32) {
	p.mu.Lock()
	c := p.parked[fd]
	delete(p.parked, fd)
	p.mu.Unlock()
	if c != nil {
		go c.read()
	}
}

// wake starts to read a connection that may be parked, because it is closed or about to be.
func (p *poller) wake(c *connection) {
	if p.unpark(int32(c.socket.fd), c) {
		go c.read()
	}
}

// unpark removes a connection, and reports whether it was parked.
func (p *poller) unpark(fd int32, c *connection) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.parked[fd] != c {
		return false
	}
	delete(p.parked, fd)
	return true
}
