package httpd

import (
	"context"
	"log/slog"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// checkEvery is how often the measures of overload are looked at.
	checkEvery = time.Second
	// calm is how many looks in a row a measure must be well under its bound before
	// connections are let in again. Fewer, and the crowd that was kept out makes
	// the next overload at once; more, and clients wait for nothing.
	calm = 3
	// ease is how far under its bound a measure has to be for that.
	ease = 0.8
)

// The causes of overload.
const (
	CauseMemory     = "memory"
	CauseHandshakes = "handshakes"
	CauseLatency    = "latency"
)

// A Measure shows whether an instance has too much to do.
type Measure struct {
	Name  string
	Value func() float64
	Bound float64
	// Instant measures are also looked at when a connection comes, since they can
	// go over their bound between two looks.
	Instant bool
}

// An Overload tells whether an instance has too much to do to take on more: it
// does once a measure is over its bound, and until that has been well under it
// for some seconds. Its connections end it, by being served. A nil one never is.
type Overload struct {
	log      *slog.Logger
	measures []Measure

	mu    sync.Mutex // guards what follows
	calms []int      // looks until a measure is over no more; 0: it is not over
}

// NewOverload returns an Overload by measures. It needs Run.
func NewOverload(log *slog.Logger, measures ...Measure) *Overload {
	return &Overload{log: log, measures: measures, calms: make([]int, len(measures))}
}

// Run looks at the measures until ctx ends.
func (o *Overload) Run(ctx context.Context) {
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			o.look()
		case <-ctx.Done():
			return
		}
	}
}

func (o *Overload) look() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i, m := range o.measures {
		switch value := m.Value(); {
		case value > m.Bound:
			o.exceed(i, value)
		case o.calms[i] > 0 && value < ease*m.Bound:
			if o.calms[i]--; o.calms[i] == 0 {
				o.log.Info("new connections are taken again", "cause", m.Name)
			}
		case o.calms[i] > 0:
			o.calms[i] = calm
		}
	}
}

// exceed takes note that a measure is over its bound. o.mu is held.
func (o *Overload) exceed(i int, value float64) {
	if m := o.measures[i]; o.calms[i] == 0 {
		o.log.Warn("too much to do, new connections are refused", "cause", m.Name, "value", value, "bound", m.Bound)
	}
	o.calms[i] = calm
}

// Cause names the measure that shows overload, or "" if there is none.
func (o *Overload) Cause() string {
	if o == nil {
		return ""
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for i, m := range o.measures {
		if o.calms[i] == 0 && m.Instant {
			if value := m.Value(); value > m.Bound {
				o.exceed(i, value)
			}
		}
		if o.calms[i] > 0 {
			return m.Name
		}
	}
	return ""
}

// Causes tells of each measure whether it shows overload.
func (o *Overload) Causes() map[string]bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	causes := make(map[string]bool, len(o.measures))
	for i, m := range o.measures {
		causes[m.Name] = o.calms[i] > 0
	}
	return causes
}

// lateWindow is over how many looks lateness is measured.
const lateWindow = 5

// fewLate is how many late events are no overload, whatever their share: one slow
// disk in a quiet night.
const fewLate = 3

// A Lateness measures which share of the events of the last seconds was late.
// That more than a hundredth is, is another way to say that the 99th percentile is
// over the bound, and it costs no more than two counters.
type Lateness struct {
	// Bound is how long an event may take.
	Bound time.Duration

	total, late atomic.Int64
	window      [lateWindow]struct{ total, late int64 } // of Value
	next        int
}

// Observe takes note of how long an event took.
func (l *Lateness) Observe(took time.Duration) {
	l.total.Add(1)
	if took > l.Bound {
		l.late.Add(1)
	}
}

// Value returns the share, from 0 to 1. It is called once for each look.
func (l *Lateness) Value() float64 {
	slot := &l.window[l.next]
	l.next = (l.next + 1) % lateWindow
	slot.total, slot.late = l.total.Swap(0), l.late.Swap(0)
	var total, late int64
	for _, s := range l.window {
		total, late = total+s.total, late+s.late
	}
	if late < fewLate {
		return 0
	}
	return float64(late) / float64(total)
}

// MemoryShare returns which share of the memory limit (GOMEMLIMIT) is in use for
// good: by what the last collection found alive, and by stacks. What is garbage
// does not count, since Go collects it before it takes more. Without a limit it
// is 0.
func MemoryShare() float64 {
	limit := debug.SetMemoryLimit(-1)
	if limit <= 0 || limit == noMemoryLimit {
		return 0
	}
	samples := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
	metrics.Read(samples)
	used := 0.0
	for _, sample := range samples {
		if sample.Value.Kind() == metrics.KindUint64 {
			used += float64(sample.Value.Uint64())
		}
	}
	return used / float64(limit)
}

// noMemoryLimit is what Go has where nobody set one.
const noMemoryLimit = 1<<63 - 1
