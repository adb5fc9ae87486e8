package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
	"time"
)

// A report has the results of a run. A value that could not be measured is null.
type report struct {
	Clients int `json:"clients"`
	Topics  int `json:"topics"`

	ConnectSeconds     float64  `json:"connectSeconds"`
	ConnectCPUMicros   *float64 `json:"connectCpuMicrosPerClient"`
	IdleKilobytes      *float64 `json:"idleKilobytesPerClient"`
	AfterLoadKilobytes *float64 `json:"afterLoadKilobytesPerClient"`

	Published           int      `json:"published"`
	Seconds             float64  `json:"seconds"`
	Deliveries          int      `json:"deliveries"`
	DeliveriesPerSecond float64  `json:"deliveriesPerSecond"`
	CPUMicros           *float64 `json:"cpuMicrosPerDelivery"`
	P50                 float64  `json:"latencyMillisP50"`
	P99                 float64  `json:"latencyMillisP99"`
	P999                float64  `json:"latencyMillisP999"`
	Max                 float64  `json:"latencyMillisMax"`

	EditCPUMicros *float64           `json:"cpuMicrosPerEdit"`
	OthersMicros  map[string]float64 `json:"othersCpuMicrosPerEdit,omitempty"`

	Broken           int      `json:"connectionsBroken"`
	Resumed          int      `json:"clientsResumed"`
	ResumedInSeconds *float64 `json:"resumedInSeconds"`

	Lost       int    `json:"lost"`
	Doubled    int    `json:"doubled"`
	Reordered  int    `json:"reordered"`
	Errors     int    `json:"errors"`
	FirstError string `json:"firstError,omitempty"`
}

// report computes the results, after the run.
func (m *measurement) report(f faults) *report {
	l, s := m.ledger, m.swarm
	clients := float64(len(s.clients))
	r := &report{
		Clients: len(s.clients), Topics: len(m.seeded.customers),
		ConnectSeconds: m.connectTime.Seconds(),
		Published:      l.published, Deliveries: l.deliveries,
		P50: millis(l, 50), P99: millis(l, 99), P999: millis(l, 99.9), Max: millis(l, 100),
		Broken: int(s.broke.Load()), Resumed: int(s.returned.Load()),
		Lost: f.Lost, Doubled: f.Doubled, Reordered: f.Reordered, Errors: s.errors,
	}
	if s.firstError != nil {
		r.FirstError = s.firstError.Error()
	}
	if l.deliveries > 0 {
		r.Seconds = l.last.Sub(m.began).Seconds()
		r.DeliveriesPerSecond = float64(l.deliveries) / r.Seconds
		r.CPUMicros = cpuBetween(m.before, m.after, float64(l.deliveries))
	}
	if l.published > 0 {
		r.EditCPUMicros = cpuBetween(m.before, m.after, float64(l.published))
		r.OthersMicros = map[string]float64{}
		for name, after := range m.othersAfter {
			r.OthersMicros[name] = float64((after-m.othersBefore[name])/time.Microsecond) / float64(l.published)
		}
	}
	r.ConnectCPUMicros = cpuBetween(m.start, m.connected, clients)
	r.IdleKilobytes = memoryBetween(m.start, m.connected, clients)
	r.AfterLoadKilobytes = memoryBetween(m.start, m.after, clients)
	if !m.killed.IsZero() && r.Resumed > 0 {
		r.ResumedInSeconds = new(s.lastReturn.Sub(m.killed).Seconds())
	}
	return r
}

func millis(l *ledger, percentile float64) float64 {
	return float64(l.latencies.ValueAtPercentile(percentile)) / 1000
}

func cpuBetween(a, b usage, per float64) *float64 {
	if !a.known || !b.known {
		return nil
	}
	return new(float64((b.cpu-a.cpu)/time.Microsecond) / per)
}

func memoryBetween(a, b usage, per float64) *float64 {
	if !a.known || !b.known {
		return nil
	}
	return new(float64(b.memory-a.memory) / 1000 / per)
}

// clean reports whether every client received every published version, once and in
// order, and nothing failed.
func (r *report) clean() bool {
	return r.Lost+r.Doubled+r.Reordered+r.Errors == 0 && r.Deliveries > 0 && r.Resumed == r.Broken
}

func (r *report) writeJSON(out io.Writer) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}

// write writes the report for a person.
func (r *report) write(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	line := func(name, format string, values ...any) { fmt.Fprintf(w, name+"\t"+format+"\n", values...) }
	line("clients", "%d on %d topics, connected in %.2f s", r.Clients, r.Topics, r.ConnectSeconds)
	line("  server CPU", "%s µs a client", orUnknown(r.ConnectCPUMicros))
	line("  server memory", "%s kB a client, idle; %s after the load", orUnknown(r.IdleKilobytes), orUnknown(r.AfterLoadKilobytes))
	line("published", "%d edits in %.2f s", r.Published, r.Seconds)
	line("  server CPU", "%s µs an edit", orUnknown(r.EditCPUMicros))
	for _, name := range slices.Sorted(maps.Keys(r.OthersMicros)) {
		line("  "+name+" CPU", "%.1f µs an edit", r.OthersMicros[name])
	}
	line("deliveries", "%d, %.0f a second", r.Deliveries, r.DeliveriesPerSecond)
	line("  server CPU", "%s µs a delivery", orUnknown(r.CPUMicros))
	line("  latency", "p50 %.1f ms, p99 %.1f ms, p99.9 %.1f ms, max %.1f ms", r.P50, r.P99, r.P999, r.Max)
	if r.Broken > 0 {
		line("resumed", "%d of %d clients, the last one %s s after the kill", r.Resumed, r.Broken, orUnknown(r.ResumedInSeconds))
	}
	line("lost", "%d", r.Lost)
	line("doubled", "%d", r.Doubled)
	line("reordered", "%d", r.Reordered)
	line("errors", "%d", r.Errors)
	if r.FirstError != "" {
		line("  the first", "%s", r.FirstError)
	}
	return w.Flush()
}

func orUnknown(number *float64) string {
	if number == nil {
		return "?"
	}
	return fmt.Sprintf("%.1f", *number)
}
