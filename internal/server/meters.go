package server

import (
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"tandem/internal/collab"
	"tandem/internal/config"
	"tandem/internal/delivery"
	"tandem/internal/httpd"
	"tandem/internal/metrics"
	"tandem/internal/transport"
)

// Upper bounds of the histograms, in seconds.
var (
	latencyBounds   = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
	operationBounds = []float64{.005, .01, .025, .05, .1, .25, .5, 1, 10}
	durationBounds  = []float64{1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 24 * 3600}
)

// meters count what happens as it happens. Without an address for metrics they count nothing.
type meters struct {
	registry  *metrics.Registry // nil without an address
	count     httpd.Count
	ended     func(protocol, code string, open time.Duration) // nil without an address
	delivered func(sinceCommit, sinceHeard time.Duration)
	sent      delivery.Counts
	service   collab.Counts
	pruned    *pruning
}

func newMeters(settings config.Settings, schema *ast.Schema) meters {
	if settings.MetricsAddr == "" {
		return meters{
			delivered: func(time.Duration, time.Duration) {},
			sent:      delivery.Counts{Sent: func(string) {}, Failed: func(string, string) {}},
		}
	}
	r, pruned := metrics.New(), &pruning{}
	signIn := signInsRefused(r)
	count := newCount(r, schema, signIn)
	if settings.RegionHeader != "" {
		count.Region = requestsByRegion(r)
	}
	return meters{
		registry: r, count: count, ended: connectionsEnded(r), delivered: eventsDelivered(r), sent: jobsSent(r),
		service: newServiceCounts(r, signIn, pruned), pruned: pruned,
	}
}

// maxOperationNames bounds the names of operations that are told apart. With a low value, operations of a large
// application share one label. With a high value, a client that makes up names fills the memory of Prometheus: each
// name can have 36 series of 12 values, by type, transport and status.
const maxOperationNames = 100

// maxRegions bounds the regions of clients that are told apart. With a high value, a proxy that passes on a header of its clients
// lets them fill the memory of Prometheus.
const maxRegions = 100

// requestsByRegion returns the counter of requests by the region of their client.
func requestsByRegion(r *metrics.Registry) func(region string) {
	names := metrics.NewNames(maxRegions)
	count := r.Counter(metrics.Family{
		Name: "tandem_client_requests_total", Help: "Requests of operations, streams and sockets; absent without REGION_HEADER.", Labels: []string{"region"},
	})
	return func(region string) { count(names.Label(region)) }
}

// operationsRan returns the meter of operations.
func operationsRan(r *metrics.Registry) func(httpd.Operation) {
	names := metrics.NewNames(maxOperationNames)
	took := r.Histogram(metrics.Family{
		Name: "tandem_operation_duration_seconds", Help: "From the arrival of an operation to its response, or until the subscription had begun.",
		Labels: []string{"operation", "type", "transport", "status"},
	}, operationBounds)
	return func(o httpd.Operation) {
		took(o.Took.Seconds(), names.Label(o.Name), o.Type, o.Transport, o.Status)
	}
}

// fieldsOf returns the fields of the schema that operations select at their root, by type of operation.
func fieldsOf(schema *ast.Schema) (labels [][]string) {
	roots := map[ast.Operation]*ast.Definition{ast.Query: schema.Query, ast.Mutation: schema.Mutation, ast.Subscription: schema.Subscription}
	for kind, root := range roots {
		for _, field := range root.Fields {
			if !strings.HasPrefix(field.Name, "__") {
				labels = append(labels, []string{string(kind), field.Name})
			}
		}
	}
	return labels
}

// signInsRefused returns the counter of refused sign-ins.
func signInsRefused(r *metrics.Registry) func(reason string) {
	return one(r.Counter(metrics.Family{
		Name: "tandem_sign_ins_refused_total", Help: "Credentials that were rejected, by reason.", Labels: []string{"reason"},
	}, labelSets(httpd.SignInRefusals)...))
}

// newServiceCounts returns counters of what is written and pruned.
func newServiceCounts(r *metrics.Registry, signIn func(reason string), pruned *pruning) collab.Counts {
	changed := r.Counter(metrics.Family{
		Name: "tandem_changes_total", Help: "Changes that this instance wrote.", Labels: []string{"type"},
	}, labelSets(texts(collab.ChangeTypes))...)
	resolved := r.Counter(metrics.Family{
		Name: "tandem_conflicts_resolved_total", Help: "Conflicts that were resolved through this instance.", Labels: []string{"resolution"},
	}, labelSets(texts(collab.Resolutions))...)
	return collab.Counts{
		Changed:  func(t collab.ChangeType) { changed(string(t)) },
		Resolved: func(how collab.Resolution) { resolved(string(how)) },
		Removed:  func() { signIn(httpd.SignInRemoved) },
		Pruned:   pruned.count,
	}
}

// newCount returns counters of operations, errors and refusals.
func newCount(r *metrics.Registry, schema *ast.Schema, signIn func(reason string)) httpd.Count {
	return httpd.Count{
		Operation: operationsRan(r),
		Polled:    "changes",
		Field: pair(r.Counter(metrics.Family{
			Name: "tandem_fields_total", Help: "Fields that operations selected at their root.", Labels: []string{"type", "field"},
		}, fieldsOf(schema)...)),
		Slow: one(r.Counter(metrics.Family{
			Name: "tandem_slow_operations_total", Help: "Operations that took longer than SLOW_OPERATION, and events that took as long to render.", Labels: []string{"type"},
		}, labelSets(httpd.OperationTypes)...)),
		SignInRefused: signIn,
		Resumed: one(r.Counter(metrics.Family{
			Name: "tandem_resumes_total", Help: "Attempts to subscribe after a cursor.", Labels: []string{"outcome"},
		}, labelSets(httpd.Resumptions)...)),
		Error: one(r.Counter(metrics.Family{
			Name: "tandem_errors_total", Help: "Errors that clients were shown.", Labels: []string{"code"},
		}, labelSets(httpd.ErrorCodes)...)),
		Refused: one(r.Counter(metrics.Family{
			Name: "tandem_handshakes_refused_total", Help: "Connections that were refused.", Labels: []string{"reason"},
		}, labelSets(httpd.Refusals)...)),
		Limited: one(r.Counter(metrics.Family{
			Name: "tandem_limited_total", Help: "Requests, connections and subscriptions refused by a rate limit or a bound.", Labels: []string{"what"},
		}, labelSets(httpd.Limited)...)),
	}
}

// jobsSent returns counters of what the queue sent, and of what it could not.
func jobsSent(r *metrics.Registry) delivery.Counts {
	kinds := []string{string(collab.JobPush), string(collab.JobDigest)}
	return delivery.Counts{
		Sent: one(r.Counter(metrics.Family{
			Name: "tandem_queue_sent_total", Help: "Messages and digests that were sent.", Labels: []string{"kind"},
		}, labelSets(kinds)...)),
		Failed: pair(r.Counter(metrics.Family{
			Name: "tandem_queue_unsent_total", Help: "Attempts that sent nothing, by reason.", Labels: []string{"kind", "reason"},
		}, labelSets(kinds, delivery.Reasons)...)),
	}
}

// connectionsEnded returns the meter of connections that end. All of its series begin at 0, so that Prometheus sees the
// first connections that are lost at once as an increase.
func connectionsEnded(r *metrics.Registry) func(protocol, code string, open time.Duration) {
	closed := r.Counter(metrics.Family{
		Name: "tandem_connections_closed_total", Help: "Connections that ended; a stream with the code that a socket would have had.",
		Labels: []string{"protocol", "code"},
	}, labelSets(transport.Protocols, transport.CodeLabels())...)
	lasted := r.Histogram(metrics.Family{
		Name: "tandem_connection_duration_seconds", Help: "How long connections were open.", Labels: []string{"protocol"},
	}, durationBounds)
	return func(protocol, code string, open time.Duration) {
		closed(protocol, code)
		lasted(open.Seconds(), protocol)
	}
}

// eventsDelivered returns the meter of the latency of events. An event counts once, whatever the
// number of its receivers.
func eventsDelivered(r *metrics.Registry) func(sinceCommit, sinceHeard time.Duration) {
	committed := r.Histogram(metrics.Family{
		Name: "tandem_commit_to_delivery_seconds", Help: "From the commit of a change, by the clock of who wrote it, to the end of its delivery.",
	}, latencyBounds)
	heard := r.Histogram(metrics.Family{
		Name: "tandem_announcement_to_delivery_seconds", Help: "From when this instance learned of a change to the end of its delivery.",
	}, latencyBounds)
	return func(sinceCommit, sinceHeard time.Duration) {
		committed(max(0, sinceCommit).Seconds())
		heard(sinceHeard.Seconds())
	}
}

func one(count func(...string)) func(string)          { return func(a string) { count(a) } }
func pair(count func(...string)) func(string, string) { return func(a, b string) { count(a, b) } }

// texts returns values as texts.
func texts[T ~string](values []T) []string {
	all := make([]string, len(values))
	for i, value := range values {
		all[i] = string(value)
	}
	return all
}

// labelSets returns all combinations of labels.
func labelSets(values ...[]string) [][]string {
	all := [][]string{nil}
	for _, some := range values {
		var longer [][]string
		for _, labels := range all {
			for _, value := range some {
				longer = append(longer, append(labels[:len(labels):len(labels)], value))
			}
		}
		all = longer
	}
	return all
}
