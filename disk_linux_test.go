package main

import (
	"bytes"
	"math"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"tandem/internal/collab"
)

// lines keeps what a program logs.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// limitFiles bounds how large a file the program may write, as a disk does that is full.
func (p *program) limitFiles(t *testing.T, bytes uint64) {
	t.Helper()
	limit := syscall.Rlimit{Cur: bytes, Max: math.MaxUint64}
	_, _, failed := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(p.command.Process.Pid), syscall.RLIMIT_FSIZE,
		uintptr(unsafe.Pointer(&limit)), 0, 0, 0)
	if failed != 0 {
		t.Fatal(failed)
	}
}

// wantReady waits until the instance answers /readyz with a status.
func (p *program) wantReady(t *testing.T, status int) {
	t.Helper()
	got := 0
	for deadline := time.Now().Add(patience); got != status; {
		if time.Now().After(deadline) {
			t.Fatalf("/readyz says %d, want %d", got, status)
		}
		got, _ = get(t, p.url+"/readyz")
	}
}

// A full disk is UNAVAILABLE and not ready, reads go on, the log has one line of it, and
// everything goes on by itself when there is room again.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	log := &lines{}
	at := startProgramLogging(t, embedded(t)["DATABASE_URL"], log)
	ada := join(t, &at.instance, "acme", "ada", collab.RoleMember)
	const create = `mutation { createCustomer(input: {name: "Acme"}) { __typename } }`
	ada.ask(create, nil)
	at.wantReady(t, http.StatusOK)
	at.limitFiles(t, 0)
	for range 3 {
		want(t, "code", ada.code(create, nil), "UNAVAILABLE")
		at.wantReady(t, http.StatusServiceUnavailable)
	}
	ada.ask(`{ customers { nodes { name } } }`, nil)
	at.limitFiles(t, math.MaxUint64)
	at.wantReady(t, http.StatusOK)
	ada.ask(create, nil)
	if n := strings.Count(log.String(), "\n"); n != 1 || !strings.Contains(log.String(), "the database can't be written to") {
		t.Errorf("the log has %d lines:\n%s", n, log)
	}
}
