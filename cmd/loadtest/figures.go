package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"text/tabwriter"
)

// reports are those of one round of the series, by the name of the run.
type reports map[string]*report

// of returns the report of a run; one without values if it was not made.
func (r reports) of(name string) *report {
	if found := r[name]; found != nil {
		return found
	}
	return &report{}
}

// A figure is one row of the table: what follows from a round, which is not a number if it does not have the runs.
type figure struct {
	name, unit string
	of         func(reports) float64
}

// started is how many instances each run starts.
const started = 3

// figures are the rows. The instance of a row is that with the clients, unless it says another one.
var figures = []figure{
	{"instance: without clients", "kB", func(r reports) float64 { return number(r.of("idle").StartKilobytes) }},
	{"instance: a connection that signs in and subscribes", "µs CPU", func(r reports) float64 { return number(r.of("idle").ConnectCPUMicros) }},
	{"instance: a connection with one shared subscription", "kB", func(r reports) float64 { return number(r.of("idle").IdleKilobytes) }},
	{"instance: one more shared subscription", "kB", func(r reports) float64 {
		return (number(r.of("shared").IdleKilobytes) - number(r.of("idle").IdleKilobytes)) / 4
	}},
	{"instance: a connection with one subscription of its own", "kB", func(r reports) float64 { return number(r.of("own").IdleKilobytes) }},
	{"instance: one more subscription of its own", "kB", func(r reports) float64 {
		return (number(r.of("more").IdleKilobytes) - number(r.of("own").IdleKilobytes)) / 2
	}},
	{"instance: a connection at rest, each second", "µs CPU", func(r reports) float64 { return perClient(r.of("idle"), r.of("idle").IdleCPUMicros) }},
	{"instance: presence of a client, besides, each second", "µs CPU", func(r reports) float64 {
		return perClient(r.of("presence"), r.of("presence").IdleCPUMicros) - perClient(r.of("idle"), r.of("idle").IdleCPUMicros)
	}},
	{"instance: presence of a client, besides", "kB", func(r reports) float64 {
		return number(r.of("presence").IdleKilobytes) - number(r.of("idle").IdleKilobytes)
	}},
	{"instance: a change, with one subscriber, delivered", "µs CPU", func(r reports) float64 { return number(r.of("own").EditCPUMicros) }},
	{"instance: a change, with 20 subscribers, each delivery", "µs CPU", func(r reports) float64 { return number(r.of("twenty").CPUMicros) }},
	{"instance: a change, with 1,000 subscribers, each delivery", "µs CPU", func(r reports) float64 { return number(r.of("thousand").CPUMicros) }},
	{"another instance: a change that nobody follows there", "µs CPU", func(r reports) float64 { return named(r.of("writes").OthersMicros, bystanderName) }},
	{"another instance: a write", "µs CPU", func(r reports) float64 { return named(r.of("writes").OthersMicros, writerName) }},
	{"another instance: a read of 20 customers", "µs CPU", func(r reports) float64 { return named(r.of("writes").OthersReadMicros, writerName) }},
	{"organization: writes one after the other", "1/s", func(r reports) float64 { return perSecond(r.of("single")) }},
	{"organization: until a subscriber has a write, median", "ms", func(r reports) float64 { return orNaN(r.of("single").P50) }},
	{"organization: writes, 16 at a time", "1/s", func(r reports) float64 { return perSecond(r.of("writes")) }},
	{"Postgres: a write", "µs CPU", func(r reports) float64 { return named(r.of("writes").OthersMicros, postgresName) }},
	{"Postgres: a read of 20 customers", "µs CPU", func(r reports) float64 { return named(r.of("writes").OthersReadMicros, postgresName) }},
	{"Postgres: an instance at rest, each second", "µs CPU", func(r reports) float64 { return named(r.of("idle").OthersIdleMicros, postgresName) / started }},
	{"Postgres: write-ahead log of a write", "B", func(r reports) float64 { return number(r.of("writes").WALBytes) }},
	{"Postgres: log of changes with its indexes, of a write", "B", func(r reports) float64 { return number(r.of("writes").LogBytes) }},
	{"Redis: a write, with its limits, announced to 3 instances", "µs CPU", func(r reports) float64 { return named(r.of("writes").OthersMicros, redisName) }},
	{"Redis: the same", "commands", func(r reports) float64 { return number(r.of("writes").RedisCommands) }},
	{"Redis: a read, with its limits", "µs CPU", func(r reports) float64 { return named(r.of("writes").OthersReadMicros, redisName) }},
	{"Redis: an instance at rest, each second", "µs CPU", func(r reports) float64 { return named(r.of("idle").OthersIdleMicros, redisName) / started }},
	{"Redis: presence of a client, each second", "µs CPU", func(r reports) float64 {
		return perClient(r.of("presence"), new(named(r.of("presence").OthersIdleMicros, redisName)-named(r.of("idle").OthersIdleMicros, redisName)))
	}},
	{"Redis: presence of a client", "kB", func(r reports) float64 { return number(r.of("presence").IdleRedisBytes) / 1000 }},
}

func number(known *float64) float64 {
	if known == nil {
		return math.NaN()
	}
	return *known
}

func named(numbers map[string]float64, name string) float64 {
	if value, known := numbers[name]; known {
		return value
	}
	return math.NaN()
}

// orNaN is for measures that a run always has, and that are then above 0.
func orNaN(measured float64) float64 {
	if measured == 0 {
		return math.NaN()
	}
	return measured
}

func perClient(r *report, of *float64) float64 { return number(of) / float64(r.Clients) }

func perSecond(r *report) float64 { return float64(r.Published) / r.Seconds }

// A row is a figure of all rounds.
type row struct {
	Figure string  `json:"figure"`
	Median float64 `json:"median"`
	Least  float64 `json:"least"`
	Most   float64 `json:"most"`
	Unit   string  `json:"unit"`
}

// rowsOf returns the figures that the rounds have.
func rowsOf(rounds []reports) (rows []row) {
	for _, f := range figures {
		var values []float64
		for _, round := range rounds {
			if value := f.of(round); !math.IsNaN(value) {
				values = append(values, value)
			}
		}
		if len(values) > 0 {
			slices.Sort(values)
			rows = append(rows, row{f.name, values[len(values)/2], values[0], values[len(values)-1], f.unit})
		}
	}
	return rows
}

func writeFigures(out io.Writer, rounds []reports, asJSON bool) error {
	rows := rowsOf(rounds)
	if asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(rows)
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "figure\tmedian of %d\tleast\tmost\tunit\n", len(rounds))
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%.1f\t%.1f\t%.1f\t%s\n", r.Figure, r.Median, r.Least, r.Most, r.Unit)
	}
	return w.Flush()
}
