package monitoring_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/coder/websocket"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"tandem/internal/collab"
	"tandem/internal/servertest"
	"tandem/internal/tlstest"
)

// labels are names of labels.
type labels map[string]bool

func labelsOf(names ...string) labels {
	set := labels{}
	for _, name := range names {
		set[name] = true
	}
	return set
}

// with returns the labels with more.
func (l labels) with(more labels) labels {
	all := maps.Clone(l)
	maps.Copy(all, more)
	return all
}

// String returns the names in order.
func (l labels) String() string { return strings.Join(slices.Sorted(maps.Keys(l)), ", ") }

// ofTarget are the labels that Prometheus adds to each series that it scrapes.
var ofTarget = labelsOf("job", "instance")

// exposed are the metrics that Prometheus has of an instance, with their labels.
type exposed map[string]labels

// expose returns the metrics of an instance that has all of its parts: both stores, a replica, here the primary itself, NATS, an identity provider and retention.
// Series that begin with an event are there, because a client has connected, subscribed, written and left.
func expose(t *testing.T) exposed {
	t.Helper()
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"keys": []}`)) }))
	t.Cleanup(provider.Close)
	settings := servertest.Shared(t)
	settings["METRICS_ADDR"], settings["RETENTION"], settings["AUTH_JWKS_URL"] = servertest.FreeAddress(t), "365", provider.URL
	settings["DATABASE_READ_URL"] = settings["DATABASE_URL"]
	settings["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1" // where no collector is
	settings["NATS_URL"] = "nats://127.0.0.1:1"                    // where none is
	at := "http://" + settings["METRICS_ADDR"] + "/metrics"
	ada := servertest.Join(t, servertest.Start(t, settings), "acme", "ada", collab.RoleMember)
	customer := ada.Create(servertest.Object{"name": "v1"})
	socket := ada.Connect()
	socket.Subscribe("1", servertest.CustomerChanged, servertest.Object{"id": customer["id"], "after": customer["cursor"]})
	ada.Update(customer, 1, servertest.Object{"name": "v2"})
	socket.Next("1")
	_ = socket.Conn.Close(websocket.StatusGoingAway, "")
	servertest.WantSeries(t, at, `tandem_connections_closed_total{code="1001",protocol="graphql-transport-ws"}`, 1)
	_, scrape := servertest.Get(t, at)
	all := exposedBy(t, scrape)
	maps.Copy(all, exposedBy(t, scrapeWithCertificate(t)))
	return all
}

// scrapeWithCertificate returns the metrics of an instance that speaks TLS.
func scrapeWithCertificate(t *testing.T) string {
	t.Helper()
	files, settings := tlstest.Make(t), servertest.Embedded(t)
	settings["METRICS_ADDR"], settings["TLS_CERT"], settings["TLS_KEY"] = servertest.FreeAddress(t), files.Certificate, files.Key
	servertest.Start(t, settings)
	_, scrape := servertest.Get(t, "http://"+settings["METRICS_ADDR"]+"/metrics")
	return scrape
}

// exposedBy returns the metrics of a scrape, and those that Prometheus makes of it.
func exposedBy(t *testing.T, scrape string) exposed {
	t.Helper()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(scrape))
	if err != nil {
		t.Fatal(err)
	}
	all := exposed{"up": ofTarget}
	for name, family := range families {
		set := maps.Clone(ofTarget)
		for _, metric := range family.GetMetric() {
			for _, label := range metric.GetLabel() {
				set[label.GetName()] = true
			}
		}
		if family.GetType() != dto.MetricType_HISTOGRAM {
			all[name] = set
			continue
		}
		all[name+"_sum"], all[name+"_count"], all[name+"_bucket"] = set, set, set.with(labelsOf("le"))
	}
	return all
}
