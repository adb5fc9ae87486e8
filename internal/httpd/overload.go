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
	// checkEvery is the interval between checks.
	checkEvery = time.Second
	// calmChecks is how many checks in a row a measure must be well under its bound before the
	// instance accepts connections again. A low value lets the waiting clients cause the next
	// overload at once. A high value makes them wait without need.
	calmChecks = 3
	// calmShare is the share of its bound that a measure must be under to count as calm.
	calmShare = 0.8
)

// The causes of overload.
const (
	CauseMemory     = "memory"
	CauseHandshakes = "handshakes"
	CauseLatency    = "latency"
)

// A Measure is a figure that shows overload if it is above its bound.
type Measure struct {
	Name  string
	Value func() float64
	Bound float64
	// Instant measures are also checked for each new connection, since they can exceed their bound
	// between two checks.
	Instant bool
}

// An Overload detects that an instance is overloaded: from the moment a measure is above its bound
// until it has been well under it for some seconds. A nil Overload detects nothing.
type Overload struct {
	log      *slog.Logger
	measures []Measure

	mu    sync.Mutex // guards what follows; innermost
	calms []int      // for each measure, the calm checks until its overload ends; 0: it shows none
}

// NewOverload returns an Overload with measures. It needs Run.
func NewOverload(log *slog.Logger, measures ...Measure) *Overload {
	return &Overload{log: log, measures: measures, calms: make([]int, len(measures))}
}

// Run checks the measures until ctx ends.
func (o *Overload) Run(ctx context.Context) {
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			o.check()
		case <-ctx.Done():
			return
		}
	}
}

func (o *Overload) check() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i, m := range o.measures {
		switch value := m.Value(); {
		case value > m.Bound:
			o.exceed(i, value)
		case o.calms[i] > 0 && value < calmShare*m.Bound:
			if o.calms[i]--; o.calms[i] == 0 {
				o.log.Info("new connections are accepted again", "cause", m.Name)
			}
		case o.calms[i] > 0:
			o.calms[i] = calmChecks
		}
	}
}

// exceed records that a measure is above its bound. o.mu is held.
func (o *Overload) exceed(i int, value float64) {
	if m := o.measures[i]; o.calms[i] == 0 {
		o.log.Warn("overloaded; new connections are rejected", "cause", m.Name, "value", value, "bound", m.Bound)
	}
	o.calms[i] = calmChecks
}

// Cause returns the name of the measure that shows overload, or "".
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

// Causes reports for each measure whether it shows overload.
func (o *Overload) Causes() map[string]bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	causes := make(map[string]bool, len(o.measures))
	for i, m := range o.measures {
		causes[m.Name] = o.calms[i] > 0
	}
	return causes
}

// lateWindow is the number of checks over which lateness is measured.
const lateWindow = 5

// fewLate is the number of late events that never counts as overload, even if it is a large share of
// all: one slow disk write in a quiet night.
const fewLate = 3

// A Lateness measures the share of late events in the last seconds. If it is above a hundredth, the
// 99th percentile is above the bound; a share costs only two counters.
type Lateness struct {
	// Bound is the time after which an event is late.
	Bound time.Duration

	total, late atomic.Int64
	window      [lateWindow]struct{ total, late int64 } // of Value
	next        int
}

// Observe records how long an event took.
func (l *Lateness) Observe(took time.Duration) {
	l.total.Add(1)
	if took > l.Bound {
		l.late.Add(1)
	}
}

// Value returns the share, from 0 to 1. Call it once for each check.
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

// MemoryShare returns the share of the memory limit (GOMEMLIMIT) that live objects and stacks take,
// as of the last garbage collection. Garbage does not count, since Go collects it before it takes
// more memory. Without a limit the share is 0.
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

// noMemoryLimit is Go's limit if nobody sets one.
const noMemoryLimit = 1<<63 - 1
