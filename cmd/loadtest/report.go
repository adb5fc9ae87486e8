package main

import (
	"encoding/json"
	"io"
	"time"
)

// A report has the results of a run. A value that could not be measured is null.
type report struct {
	Clients int `json:"clients"`
	Topics  int `json:"topics"`

	ConnectSeconds     float64  `json:"connectSeconds"`
	ConnectCPUMicros   *float64 `json:"connectCpuMicrosPerClient"`
	StartKilobytes     *float64 `json:"startKilobytes"`
	IdleKilobytes      *float64 `json:"idleKilobytesPerClient"`
	IdleCPUMicros      *float64 `json:"idleCpuMicrosPerSecond"`
	IdleRedisBytes     *float64 `json:"idleRedisBytesPerClient"`
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

	EditCPUMicros *float64 `json:"cpuMicrosPerEdit"`
	WALBytes      *float64 `json:"walBytesPerEdit"`
	LogBytes      *float64 `json:"logBytesPerEdit"`
	RedisCommands *float64 `json:"redisCommandsPerEdit"`
	ReadCPUMicros *float64 `json:"cpuMicrosPerRead"`

	// The processor time of other processes, by name.
	OthersIdleMicros map[string]float64 `json:"othersCpuMicrosPerIdleSecond,omitempty"`
	OthersMicros     map[string]float64 `json:"othersCpuMicrosPerEdit,omitempty"`
	OthersReadMicros map[string]float64 `json:"othersCpuMicrosPerRead,omitempty"`

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
		r.Seconds = l.last.Sub(m.before.at).Seconds()
		r.DeliveriesPerSecond = float64(l.deliveries) / r.Seconds
		r.CPUMicros = cpuBetween(m.before, m.after, float64(l.deliveries))
	}
	m.reportIdle(r, clients)
	m.reportEdits(r, float64(l.published))
	if reads := float64(m.settings.reads); reads > 0 {
		r.ReadCPUMicros = cpuBetween(m.after, m.afterReads, reads)
		r.OthersReadMicros = othersBetween(m.after, m.afterReads, reads)
	}
	if !m.killed.IsZero() && r.Resumed > 0 {
		r.ResumedInSeconds = new(s.lastReturn.Sub(m.killed).Seconds())
	}
	return r
}

// reportIdle reports the cost of connections, and of the time in which nobody published.
func (m *measurement) reportIdle(r *report, clients float64) {
	r.ConnectCPUMicros = cpuBetween(m.start, m.connected, clients)
	r.StartKilobytes = memoryBetween(sample{server: usage{known: true}}, m.start, 1)
	r.IdleKilobytes = memoryBetween(m.start, m.idle, clients)
	r.AfterLoadKilobytes = memoryBetween(m.start, m.after, clients)
	r.IdleRedisBytes = countedBetween(m.start, m.idle, redisBytes, clients)
	if seconds := m.idle.at.Sub(m.connected.at).Seconds(); m.settings.settle > 0 {
		r.IdleCPUMicros = cpuBetween(m.connected, m.idle, seconds)
		r.OthersIdleMicros = othersBetween(m.connected, m.idle, seconds)
	}
}

func (m *measurement) reportEdits(r *report, edits float64) {
	if edits == 0 {
		return
	}
	r.EditCPUMicros = cpuBetween(m.before, m.after, edits)
	r.OthersMicros = othersBetween(m.before, m.after, edits)
	r.WALBytes = countedBetween(m.before, m.after, walBytes, edits)
	r.LogBytes = countedBetween(m.before, m.after, logBytes, edits)
	r.RedisCommands = countedBetween(m.before, m.after, redisCommands, edits)
}

func millis(l *ledger, percentile float64) float64 {
	return float64(l.latencies.ValueAtPercentile(percentile)) / 1000
}

func cpuBetween(a, b sample, per float64) *float64 {
	if !a.server.known || !b.server.known {
		return nil
	}
	return new(float64((b.server.cpu-a.server.cpu)/time.Microsecond) / per)
}

func memoryBetween(a, b sample, per float64) *float64 {
	if !a.server.known || !b.server.known {
		return nil
	}
	return new(float64(b.server.memory-a.server.memory) / 1000 / per)
}

func othersBetween(a, b sample, per float64) map[string]float64 {
	used := map[string]float64{}
	for name, after := range b.others {
		used[name] = float64((after-a.others[name])/time.Microsecond) / per
	}
	return used
}

func countedBetween(a, b sample, name string, per float64) *float64 {
	before, known := a.counts[name]
	after, knownAfter := b.counts[name]
	if !known || !knownAfter {
		return nil
	}
	return new((after - before) / per)
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
