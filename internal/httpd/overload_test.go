package httpd

import (
	"log/slog"
	"math"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// measured is an Overload by one measure, which the test sets.
func measured(instant bool) (*Overload, *atomic.Int64) {
	value := new(atomic.Int64)
	return NewOverload(slog.New(slog.DiscardHandler), Measure{
		Name: CauseMemory, Value: func() float64 { return float64(value.Load()) }, Bound: 100, Instant: instant,
	}), value
}

// Each step is a look at the measure: what it shows, and what follows.
func TestOverloadDoesNotFlap(t *testing.T) {
	t.Parallel()
	o, value := measured(false)
	for i, step := range []struct {
		value int64
		over  bool
	}{
		{99, false}, {100, false}, // at the bound is not over it
		{101, true},
		{99, true}, {90, true}, {81, true}, // under the bound, but not well under it
		{79, true}, {79, true}, {101, true}, // well under it, but not for long
		{79, true}, {79, true}, {90, true}, // so also if it only comes near
		{79, true}, {79, true}, {79, false},
		{99, false}, // and the bound is what it was
		{101, true},
	} {
		value.Store(step.value)
		o.check()
		if over := o.Cause() != ""; over != step.over || o.Causes()[CauseMemory] != step.over {
			t.Fatalf("step %d, at %v: over is %v", i, step.value, over)
		}
	}
}

// A measure that can jump between two looks is looked at when somebody comes.
func TestInstantMeasure(t *testing.T) {
	t.Parallel()
	o, value := measured(true)
	value.Store(101)
	if o.Cause() != CauseMemory {
		t.Error("not over")
	}
	value.Store(0)
	if o.Cause() != CauseMemory {
		t.Error("not over, without three calm checks")
	}
	slow, value := measured(false)
	value.Store(101)
	if slow.Cause() != "" {
		t.Error("a measure that is not instant was looked at")
	}
}

func TestNoOverload(t *testing.T) {
	t.Parallel()
	var o *Overload
	if o.Cause() != "" {
		t.Error("over")
	}
}

func TestOverloadRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, value := measured(false)
		go o.Run(t.Context())
		synctest.Wait()
		value.Store(101)
		time.Sleep(checkEvery)
		synctest.Wait()
		if o.Cause() == "" {
			t.Error("not over")
		}
		value.Store(0)
		time.Sleep(calmChecks * checkEvery)
		synctest.Wait()
		if o.Cause() != "" {
			t.Error("still over")
		}
	})
}

func TestLateness(t *testing.T) {
	t.Parallel()
	l := &Lateness{Bound: time.Second}
	observe := func(onTime, late int) float64 {
		for range onTime {
			l.Observe(time.Second)
		}
		for range late {
			l.Observe(time.Second + 1)
		}
		return l.Value()
	}
	if got := observe(0, fewLate-1); got != 0 {
		t.Errorf("%v are late of a few", got)
	}
	for range lateWindow {
		observe(0, 0)
	}
	if got := observe(97, 3); got != 0.03 {
		t.Errorf("got %v, want 0.03", got)
	}
	if got := observe(100, 0); got != 0.015 {
		t.Errorf("got %v over two looks, want 0.015", got)
	}
	for range lateWindow - 2 {
		observe(0, 0)
	}
	if got := observe(0, 0); got != 0 {
		t.Errorf("got %v, although the late ones are long ago", got)
	}
}

// Garbage is not in use, whatever there is of it. The test sets a limit of the
// process, so it runs alone.
func TestMemoryShare(t *testing.T) {
	before := debug.SetMemoryLimit(math.MaxInt64)
	defer debug.SetMemoryLimit(before)
	if got := MemoryShare(); got != 0 {
		t.Errorf("got %v without a limit", got)
	}
	debug.SetMemoryLimit(1 << 30)
	kept := make([]byte, 256<<20)
	runtime.GC()
	if got := MemoryShare(); got < 0.25 || got > 0.5 {
		t.Errorf("got %v with a quarter in use", got)
	}
	runtime.KeepAlive(kept)
	runtime.GC()
	if got := MemoryShare(); got > 0.2 {
		t.Errorf("got %v of garbage", got)
	}
}
