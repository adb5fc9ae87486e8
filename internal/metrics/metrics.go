// Package metrics serves the program's measurements to operators, in the format of
// Prometheus. It knows nothing about the measured parts: package server passes it the families,
// with functions that each scrape calls, so that a measured part only keeps its
// own counters.
//
// A label has few values that are known beforehand. One per person, entity or
// address would grow without end, here and in Prometheus.
package metrics

import (
	"fmt"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// A Kind is how the values of a family move.
type Kind int

const (
	// Gauge values go up and down.
	Gauge Kind = iota
	// Counter values only go up, until the program restarts.
	Counter
)

// A Family is the measures of one name, distinguished by labels.
type Family struct {
	Name   string
	Kind   Kind
	Help   string
	Labels []string
}

// A Set takes the value of a family. Labels are in the order of the family's.
type Set func(name string, value float64, labels ...string)

// A Registry is all families of a program.
type Registry struct{ registry *prometheus.Registry }

// New returns a registry with the families of the Go runtime and of the process.
func New() *Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		collectors.NewBuildInfoCollector(),
	)
	return &Registry{registry}
}

// Handler serves a scrape. A family that can't be read is left out; the others are served.
func (r *Registry) Handler() http.Handler {
	return promhttp.HandlerFor(r.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}

// Read registers families that each scrape reads together, so that they are consistent. Two
// scrapes may read at the same time. It panics if a name is taken or invalid.
func (r *Registry) Read(families []Family, read func(Set)) {
	c := &collector{families: make(map[string]family, len(families)), read: read}
	for _, f := range families {
		kind := prometheus.GaugeValue
		if f.Kind == Counter {
			kind = prometheus.CounterValue
		}
		c.families[f.Name] = family{prometheus.NewDesc(f.Name, f.Help, f.Labels, nil), kind}
	}
	r.registry.MustRegister(c)
}

// Counter adds a family of counters. The function it returns increments one of them.
// known are the labels that exist from the start, at 0, because a rate can't be
// computed of a series that begins at 1.
func (r *Registry) Counter(f Family, known ...[]string) func(labels ...string) {
	counter := prometheus.NewCounterVec(prometheus.CounterOpts{Name: f.Name, Help: f.Help}, f.Labels)
	r.registry.MustRegister(counter)
	for _, labels := range known {
		counter.WithLabelValues(labels...)
	}
	return func(labels ...string) { counter.WithLabelValues(labels...).Inc() }
}

// Histogram adds a family whose values are sorted into buckets, each up to one of
// the bounds. The function it returns takes a value; it costs some tens of
// nanoseconds.
func (r *Registry) Histogram(f Family, bounds []float64) func(value float64, labels ...string) {
	histogram := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: f.Name, Help: f.Help, Buckets: bounds}, f.Labels)
	r.registry.MustRegister(histogram)
	if len(f.Labels) == 0 {
		only := histogram.WithLabelValues()
		return func(value float64, _ ...string) { only.Observe(value) }
	}
	return func(value float64, labels ...string) { histogram.WithLabelValues(labels...).Observe(value) }
}

// A collector reads families at a scrape.
type collector struct {
	families map[string]family
	read     func(Set)
}

type family struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
}

// Describe passes the families to the registry.
func (c *collector) Describe(out chan<- *prometheus.Desc) {
	for _, f := range c.families {
		out <- f.desc
	}
}

// Collect reads the values. A value that does not fit its family is an error of the scrape, which
// still has all others.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	c.read(func(name string, value float64, labels ...string) {
		f, known := c.families[name]
		if !known {
			desc := prometheus.NewDesc("tandem_unknown", "A value without a family.", nil, nil)
			out <- prometheus.NewInvalidMetric(desc, fmt.Errorf("no family has the name %s", name))
			return
		}
		metric, err := prometheus.NewConstMetric(f.desc, f.kind, value, labels...)
		if err != nil {
			metric = prometheus.NewInvalidMetric(f.desc, err)
		}
		out <- metric
	})
}
