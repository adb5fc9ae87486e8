//go:build linux

package main

import (
	"os"
	"testing"
	"time"
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
