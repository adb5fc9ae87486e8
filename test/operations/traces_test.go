package operations_test

import (
	"crypto/rand"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/eventually"
	"tandem/internal/servertest"
)

// renamed is what the tests write; no span has it.
const renamed = "Confidential Holdings"

const rename = `mutation Rename($id: ID!, $version: Int!, $name: String!) {
	updateCustomer(input: {id: $id, baseVersion: $version, patch: {name: $name}}) { __typename }
}`

// A mutation on one instance that a subscriber on another one sees is one trace.
func TestTraceCrossesInstances(t *testing.T) {
	t.Parallel()
	collector := servertest.Collect(t)
	settings := servertest.Shared(t)
	maps.Copy(settings, traced(collector, "1"))
	maps.Copy(settings, map[string]string{"OTEL_EXPORTER_OTLP_HEADERS": "api-key=a%20secret", "OTEL_SERVICE_NAME": "crm", "REGION": "eu-west-1"})
	one, two := servertest.Start(t, settings), servertest.Start(t, settings)
	ada := servertest.Join(t, one, rand.Text(), "ada", collab.RoleMember)
	customer := ada.Create(servertest.Object{"name": "v1"})
	follower := ada.On(two).Connect()
	follower.Subscribe("1", servertest.CustomerChanged, servertest.Object{"after": customer["cursor"]})
	ada.Update(customer, 1, servertest.Object{"name": "v2"})
	follower.Next("1") // the subscription has begun

	trace, parent := "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
	answer := ask(t, ada, "00-"+trace+"-"+parent+"-01", servertest.Object{"id": customer["id"], "version": 2, "name": renamed})
	follower.Next("1")
	chain := []string{"HTTP POST", "mutation Rename", "write", "statement COMMIT", "announce", "receive", "broadcast customerChanged"}
	spans := spansOf(t, collector, trace, chain)

	byName := make(map[string]servertest.Span)
	for _, span := range spans {
		byName[span.Name] = span
	}
	for name, above := range map[string]string{
		"mutation Rename": "HTTP POST", "write": "mutation Rename", "statement COMMIT": "write",
		"announce": "mutation Rename", "receive": "announce", "broadcast customerChanged": "announce",
	} {
		if byName[name].Parent != byName[above].ID || byName[name].ID == "" {
			t.Errorf("%s is not below %s: %v", name, above, byName[name])
		}
	}
	http := byName["HTTP POST"]
	servertest.Want(t, "the parent of the request", http.Parent, parent)
	servertest.Want(t, "the id of the request", http.Attributes["tandem.request_id"], answer.Header.Get("X-Request-Id"))
	servertest.Want(t, "service and region", http.Attributes["service.name"]+http.Attributes["cloud.region"], "crmeu-west-1")
	servertest.Want(t, "the header of the collector", collector.Header("api-key"), "a secret")
	for _, span := range spans {
		for key, value := range span.Attributes {
			if strings.Contains(value, renamed) || strings.Contains(value, ada.Token) {
				t.Errorf("%s of %s is %q", key, span.Name, value)
			}
		}
	}
}

// traced are the settings of instances that send traces to a collector.
func traced(collector *servertest.Collector, ratio string) map[string]string {
	return map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": collector.URL, "OTEL_TRACES_SAMPLER_ARG": ratio}
}

// ask sends a mutation with a traceparent.
func ask(t *testing.T, who *servertest.Person, traceparent string, variables servertest.Object) *servertest.Response {
	t.Helper()
	body, err := json.Marshal(servertest.Object{"query": rename, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	answer := servertest.Knock(t, http.MethodPost, who.At.URL+"/graphql", string(body), map[string]string{
		"Content-Type": "application/json", "Authorization": "Bearer " + who.Token, "traceparent": traceparent,
	})
	servertest.Want(t, "the answer", answer.Text(), `{"data":{"updateCustomer":{"__typename":"CustomerSaved"}}}`)
	return answer
}

// spansOf waits until a trace has spans of some names, and returns its spans.
func spansOf(t *testing.T, collector *servertest.Collector, trace string, names []string) (spans []servertest.Span) {
	t.Helper()
	eventually.True(t, "a trace has "+strings.Join(names, ", "), func() bool {
		spans = slices.DeleteFunc(collector.Spans(), func(s servertest.Span) bool { return s.Trace != trace })
		return !slices.ContainsFunc(names, func(name string) bool {
			return !slices.ContainsFunc(spans, func(s servertest.Span) bool { return s.Name == name })
		})
	})
	return spans
}

// The part of the requests that are traced is the operator's to choose, whatever clients ask for.
func TestClientsCannotForceTraces(t *testing.T) {
	t.Parallel()
	collector := servertest.Collect(t)
	at := servertest.Start(t, traced(collector, "0"))
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	customer := ada.Create(servertest.Object{"name": "v1"})
	ask(t, ada, "00-00000000000000000000000000000001-00f067aa0ba902b7-01", servertest.Object{"id": customer["id"], "version": 1, "name": "v2"})
	at.Drain(t) // sends what waits
	if spans := collector.Spans(); len(spans) > 0 {
		t.Errorf("got %v", spans)
	}
}

// A request whose client does not want a trace has none, and a traceparent that can't be read is ignored.
func TestTraceparentOfClients(t *testing.T) {
	t.Parallel()
	collector := servertest.Collect(t)
	at := servertest.Start(t, traced(collector, "1"))
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	customer := ada.Create(servertest.Object{"name": "v1"})
	const unwanted, long = "0af7651916cd43dd8448eb211c80319c", "4bf92f3577b34da6a3ce929d0e0e4736"
	for i, traceparent := range []string{"00-" + unwanted + "-b7ad6b7169203331-00", "cc-" + long + "-00f067aa0ba902b7-01-" + strings.Repeat("x", 1000), "nonsense"} {
		ask(t, ada, traceparent, servertest.Object{"id": customer["id"], "version": i + 1, "name": strings.Repeat("x", i+1)})
	}
	at.Drain(t)
	requests := 0
	for _, span := range collector.Spans() {
		if span.Trace == unwanted || span.Trace == long {
			t.Errorf("got %v", span)
		}
		if span.Name == "mutation Rename" {
			requests++
		}
	}
	servertest.Want(t, "traces", requests, 2)
}

// A collector that refuses spans slows nothing. The log reports it once, and the metrics count the spans.
func TestCollectorIsAway(t *testing.T) {
	t.Parallel()
	collector, logged := servertest.Collect(t), &servertest.LogBuffer{}
	collector.SetAway(true)
	settings := traced(collector, "1")
	maps.Copy(settings, map[string]string{"LOG_LEVEL": "info", "METRICS_ADDR": servertest.FreeAddress(t)})
	at := servertest.StartLogging(t, settings, logged)
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	dropped := func() float64 {
		ada.Ask("{ viewer { role } }", nil)
		_, scrape := servertest.Get(t, "http://"+settings["METRICS_ADDR"]+"/metrics")
		return servertest.Value(scrape, "tandem_trace_spans_dropped_total")
	}
	eventually.True(t, "spans of several requests are dropped", func() bool { return dropped() > 20 })
	servertest.Want(t, "lines", strings.Count(logged.String(), "the collector takes no traces; spans are dropped until it does"), 1)
	collector.SetAway(false)
	eventually.True(t, "spans arrive", func() bool { return dropped() > 0 && len(collector.Spans()) > 0 })
	eventually.True(t, "the log reports it", func() bool { return strings.Contains(logged.String(), "the collector takes traces again") })
}

// A subscription over HTTP is a span that ends when the stream begins, and an operation on a socket is a trace of its own. SQLite's
// statements have spans, too.
func TestTracesOfStreamsAndSockets(t *testing.T) {
	t.Parallel()
	collector := servertest.Collect(t)
	at := servertest.Start(t, traced(collector, "1"))
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	ada.Ask("query Warm { viewer { role } }", nil)
	socket := ada.Connect()
	socket.Subscribe("1", "subscription Socket { customerChanged { cursor } }", nil)
	body := `{"query": "subscription Stream { customerChanged { cursor } }"}`
	stream := servertest.Knock(t, http.MethodPost, at.URL+"/graphql", body, map[string]string{
		"Content-Type": "application/json", "Accept": "text/event-stream", "Authorization": "Bearer " + ada.Token,
	})
	servertest.Want(t, "status", stream.StatusCode, http.StatusOK)
	named := func(name string) (found servertest.Span) {
		eventually.True(t, "there is a span "+name, func() bool {
			i := slices.IndexFunc(collector.Spans(), func(s servertest.Span) bool { return s.Name == name })
			if i >= 0 {
				found = collector.Spans()[i]
			}
			return i >= 0
		})
		return found
	}
	servertest.Want(t, "the parent on a socket", named("subscription Socket").Parent, "")
	subscribed := named("subscription Stream")
	if spans := spansOf(t, collector, subscribed.Trace, []string{"HTTP POST"}); subscribed.Parent == "" {
		t.Errorf("the subscription has no parent among %v", spans)
	}
	spansOf(t, collector, named("query Warm").Trace, []string{"statement SELECT"})
}
