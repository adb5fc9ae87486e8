package redis_test

import (
	"syscall"
	"testing"
	"time"

	"tandem/internal/eventually"
	"tandem/internal/redistest"
)

// A Redis that restarts costs what is announced meanwhile, and no more.
func TestBusResumesAfterRestart(t *testing.T) {
	server := redistest.Start(t)
	a, b := newBus(t, server.URL()), newBus(t, server.URL())
	near, far := listen(t, a, "restart"), listen(t, b, "restart")
	hear(t, a, far, "restart")
	hear(t, b, near, "restart")

	server.Kill()
	eventually.True(t, "an announcement is lost", func() bool {
		hear(t, a, near, "restart") // the listener beside it needs no Redis
		return a.Lost() > 0
	})

	server.Start()
	hear(t, a, far, "restart")
	hear(t, b, near, "restart")
}

// A Redis that is not there when the listener begins is listened to once it is.
func TestBusStartsWithoutRedis(t *testing.T) {
	server := redistest.Start(t)
	a, b := newBus(t, server.URL()), newBus(t, server.URL())
	server.Kill()
	heard := listen(t, b, "late")
	server.Start()
	hear(t, a, heard, "late")
}

// A Redis that neither answers nor breaks the connection holds up nobody, and
// costs a bounded amount of memory.
func TestBusDoesNotWaitForRedis(t *testing.T) {
	server := redistest.Start(t)
	a, b := newBus(t, server.URL()), newBus(t, server.URL())
	near, far := listen(t, a, "hang"), listen(t, b, "hang")
	hear(t, a, far, "hang")

	server.Signal(syscall.SIGSTOP)
	began := time.Now()
	for range 1000 { // a wait for Redis would take seconds, each time
		hear(t, a, near, "hang")
	}
	if took := time.Since(began); took > patience {
		t.Errorf("1000 announcements took %v", took)
	}

	server.Signal(syscall.SIGCONT)
	hear(t, a, far, "hang")
}
