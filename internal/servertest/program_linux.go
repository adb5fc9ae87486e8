package servertest

import (
	"math"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// LimitFiles bounds how large a file the program may write, as a disk does that is full.
func (p *Program) LimitFiles(t testing.TB, bytes uint64) {
	t.Helper()
	limit := syscall.Rlimit{Cur: bytes, Max: math.MaxUint64}
	_, _, failed := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(p.command.Process.Pid), syscall.RLIMIT_FSIZE,
		uintptr(unsafe.Pointer(&limit)), 0, 0, 0)
	if failed != 0 {
		t.Fatal(failed)
	}
}

// WantReady waits until the instance answers /readyz with a status.
func (p *Program) WantReady(t testing.TB, status int) {
	t.Helper()
	got := 0
	for deadline := time.Now().Add(Patience); got != status; {
		if time.Now().After(deadline) {
			t.Fatalf("/readyz says %d, want %d", got, status)
		}
		got, _ = Get(t, p.URL+"/readyz")
	}
}
