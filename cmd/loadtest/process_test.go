//go:build linux

package main

import (
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"tandem/internal/eventually"
)

func TestParseStat(t *testing.T) {
	got, ok := parseStat([]byte("4711 (a) (b c) S 1 4711 4711 0 -1 4194560 1 2 3 4 150 25 0 0 20 0 9 0 1 2 3"))
	if !ok || got != 1750*time.Millisecond {
		t.Errorf("got %s, %t; want 1.75s", got, ok)
	}
	for _, bad := range []string{"", "4711 (a) S 1", "4711 (a) S 1 4711 4711 0 -1 4194560 1 2 3 4 x y 0 0 20"} {
		if got, ok := parseStat([]byte(bad)); ok {
			t.Errorf("%q: got %s", bad, got)
		}
	}
}

func TestParseStatus(t *testing.T) {
	got, ok := parseStatus([]byte("Name:\ttandem\nVmHWM:\t  99 kB\nVmRSS:\t  1234 kB\nThreads:\t9\n"))
	if !ok || got != 1234*1024 {
		t.Errorf("got %d, %t; want 1234 kB", got, ok)
	}
	if got, ok := parseStatus([]byte("Name:\tzombie\n")); ok {
		t.Errorf("got %d", got)
	}
}

func TestUsageOfNobody(t *testing.T) {
	if usageOf(0).known {
		t.Error("the use of no process is known")
	}
	if u := usageOf(os.Getpid()); !u.known || u.memory == 0 {
		t.Errorf("got %+v of this process", u)
	}
}

// The time of a process has that of its children, also of those that have ended.
func TestFamilyCPU(t *testing.T) {
	before := familyCPU(os.Getpid())
	for range 2 {
		if err := exec.Command("sh", "-c", "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done").Run(); err != nil {
			t.Fatal(err)
		}
	}
	ended := familyCPU(os.Getpid())
	if ended < before+2*tick {
		t.Errorf("two children that worked took %s", ended-before)
	}
	working := exec.Command("sh", "-c", "while :; do :; done")
	if err := working.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = working.Process.Kill(), working.Wait() }()
	eventually.True(t, "the time of a child that works is counted", func() bool { return familyCPU(os.Getpid()) > ended+2*tick })
}

func TestParseOthers(t *testing.T) {
	pid := strconv.Itoa(os.Getpid())
	if got, err := parseOthers("postgres=" + pid + ",redis=" + pid); err != nil || got["postgres"] != os.Getpid() || got["redis"] != os.Getpid() {
		t.Errorf("got %v, %v", got, err)
	}
	for _, bad := range []string{"", "postgres", "=" + pid, "postgres=x", "postgres=0", "postgres=" + pid + ",", "postgres=999999999"} {
		if got, err := parseOthers(bad); err == nil {
			t.Errorf("%q is read as %v", bad, got)
		}
	}
}
