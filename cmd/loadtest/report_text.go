package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
)

// write writes the report for a person.
func (r *report) write(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	line := func(name, format string, values ...any) { fmt.Fprintf(w, name+"\t"+format+"\n", values...) }
	line("clients", "%d on %d topics, connected in %.2f s", r.Clients, r.Topics, r.ConnectSeconds)
	line("  server CPU", "%s µs a client", orUnknown(r.ConnectCPUMicros))
	line("  server memory", "%s kB a client, idle; %s after the load", orUnknown(r.IdleKilobytes), orUnknown(r.AfterLoadKilobytes))
	if r.IdleCPUMicros != nil {
		line("idle", "%s µs of server CPU a second%s", orUnknown(r.IdleCPUMicros), listed(r.OthersIdleMicros))
	}
	line("published", "%d edits in %.2f s", r.Published, r.Seconds)
	line("  server CPU", "%s µs an edit", orUnknown(r.EditCPUMicros))
	for _, name := range slices.Sorted(maps.Keys(r.OthersMicros)) {
		line("  "+name+" CPU", "%.1f µs an edit", r.OthersMicros[name])
	}
	if r.WALBytes != nil {
		line("  Postgres", "%s B of WAL an edit, %s B of the log with its indexes", orUnknown(r.WALBytes), orUnknown(r.LogBytes))
	}
	if r.RedisCommands != nil {
		line("  Redis", "%s commands an edit", orUnknown(r.RedisCommands))
	}
	if r.ReadCPUMicros != nil {
		line("reads", "%s µs of server CPU a read%s", orUnknown(r.ReadCPUMicros), listed(r.OthersReadMicros))
	}
	r.writeDeliveries(line)
	return w.Flush()
}

func orUnknown(number *float64) string {
	if number == nil {
		return "?"
	}
	return fmt.Sprintf("%.1f", *number)
}

// writeDeliveries writes what became of the edits.
func (r *report) writeDeliveries(line func(name, format string, values ...any)) {
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
}

// listed lists processor times after another one.
func listed(micros map[string]float64) (text string) {
	for _, name := range slices.Sorted(maps.Keys(micros)) {
		text += fmt.Sprintf(", %.1f of %s", micros[name], name)
	}
	return text
}
