package transport

import (
	"errors"
	"os"
	"sync"
	"syscall"
)

// A poller tells when a connection that rests has something to read. While it
// rests it needs no goroutine, which is half of what an idle one would cost.
//
// It is an epoll(7) of its own, which the runtime waits for like for any other
// file; each wait for a connection is for one event (EPOLLONESHOT).
type poller struct {
	file *os.File
	fd   int

	mu sync.Mutex // guards resting; taken after socket.mu, never before
	// resting are the connections that nobody reads, by descriptor. The goroutine that takes
	// one out reads it.
	resting map[int32]*connection
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
	p := &poller{file: os.NewFile(uintptr(fd), "epoll"), fd: fd, resting: make(map[int32]*connection)}
	go p.run()
	return p, nil
}

// close ends the poller, and may be called again. No connection may rest with it
// any more.
func (p *poller) close() { _ = p.file.Close() }

// run has each connection read that has something to read.
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
			p.wake(event.Fd)
		}
	}
}

// rest has the connection read when there is something to read. It reports false
// if that can't be waited for. The socket's lock is held, and it is open.
func (p *poller) rest(c *connection) bool {
	fd := int32(c.socket.fd)
	event := syscall.EpollEvent{Events: syscall.EPOLLIN | syscall.EPOLLRDHUP | syscall.EPOLLONESHOT, Fd: fd}
	p.mu.Lock()
	p.resting[fd] = c
	p.mu.Unlock()
	op := syscall.EPOLL_CTL_MOD
	if !c.polled {
		op, c.polled = syscall.EPOLL_CTL_ADD, true
	}
	if syscall.EpollCtl(p.fd, op, int(fd), &event) == nil {
		return true
	}
	return !p.take(fd, c)
}

// wake has the connection of a descriptor read.
func (p *poller) wake(fd int32) {
	p.mu.Lock()
	c := p.resting[fd]
	delete(p.resting, fd)
	p.mu.Unlock()
	if c != nil {
		go c.read()
	}
}

// rouse has a connection read that may rest, since it is closed or about to be.
func (p *poller) rouse(c *connection) {
	if p.take(int32(c.socket.fd), c) {
		go c.read()
	}
}

// take takes a connection out, and reports whether it rested.
func (p *poller) take(fd int32, c *connection) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.resting[fd] != c {
		return false
	}
	delete(p.resting, fd)
	return true
}
