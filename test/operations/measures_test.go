package operations_test

import (
	"crypto/rand"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"tandem/internal/collab"
	"tandem/internal/eventually"
	"tandem/internal/server"
	"tandem/internal/servertest"
)

// Every metric family exists, and activity shows in it.
func TestMetrics(t *testing.T) {
	t.Parallel()
	settings := servertest.Shared(t)
	settings["METRICS_ADDR"] = servertest.FreeAddress(t)
	metricsAt := "http://" + settings["METRICS_ADDR"] + "/metrics"
	at := servertest.Start(t, settings)
	org := rand.Text()
	ada := servertest.Join(t, at, org, "ada", collab.RoleMember)
	customer := ada.Create(servertest.Object{"name": "v1"})
	s := ada.Connect()
	for _, id := range []string{"1", "2"} {
		s.Subscribe(id, servertest.CustomerChanged, servertest.Object{"id": customer["id"], "after": customer["cursor"]})
	}
	servertest.WantSeries(t, metricsAt, "tandem_broadcast_members", 2)
	servertest.WantSeries(t, metricsAt, "tandem_members_behind", 0)
	ada.Update(customer, 1, servertest.Object{"name": "v2"})
	s.Read()
	s.Read()
	s.Subscribe("3", servertest.CustomerChanged, servertest.Object{"after": collab.Cursor{Epoch: 1, Position: 1}.String()})
	s.Read().At("type").Is(`"error"`)
	ada.Send(`{ nonsense }`, nil)
	for series, want := range map[string]float64{
		`tandem_connections{protocol="graphql-transport-ws"}`:   1,
		`tandem_connections{protocol="sse"}`:                    0,
		`tandem_handshakes`:                                     0,
		`tandem_broadcasts`:                                     1,
		`tandem_subscriptions{to="changes"}`:                    2,
		`tandem_executions_total`:                               1,
		`tandem_deliveries_total`:                               2,
		`tandem_resumes_total{outcome="resumed"}`:               2,
		`tandem_resumes_total{outcome="resync"}`:                1,
		`tandem_commit_to_delivery_seconds_count`:               1,
		`tandem_announcement_to_delivery_seconds_count`:         1,
		`tandem_changes_total{type="CREATE"}`:                   1,
		`tandem_changes_total{type="UPDATE"}`:                   1,
		`tandem_errors_total{code="RESYNC_REQUIRED"}`:           1,
		`tandem_errors_total{code="GRAPHQL_VALIDATION_FAILED"}`: 1,
		`tandem_errors_total{code="INTERNAL"}`:                  0,
		`tandem_handshakes_refused_total{reason="person"}`:      0,
		`tandem_announcements_lost_total`:                       0,
		`tandem_database_up`:                                    1,
		`tandem_database_connections_max`:                       20,
		`tandem_redis_up`:                                       1,
		`tandem_presence_up`:                                    1,
		`tandem_overloaded{cause="memory"}`:                     0,
		`tandem_draining`:                                       0,
	} {
		servertest.WantSeries(t, metricsAt, series, want)
	}
	_, scrape := servertest.Get(t, metricsAt)
	for _, f := range server.Families {
		if !optional.MatchString(f.Name) && !strings.Contains(scrape, "\n"+f.Name+" ") && !strings.Contains(scrape, "\n"+f.Name+"{") {
			t.Errorf("%s is not there", f.Name)
		}
	}
	if sent := servertest.Value(scrape, "tandem_sent_bytes_total"); sent < 500 {
		t.Errorf("%v bytes were sent", sent)
	}
	wantFewLabels(t, scrape)
	wantStandardNames(t, scrape)

	_ = s.Conn.Close(websocket.StatusGoingAway, "")
	servertest.WantSeries(t, metricsAt, `tandem_connections_closed_total{code="1001",protocol="graphql-transport-ws"}`, 1)
	servertest.WantSeries(t, metricsAt, `tandem_connection_duration_seconds_count{protocol="graphql-transport-ws"}`, 1)
	servertest.WantSeries(t, metricsAt, `tandem_broadcasts`, 0)
}

// With a replica, here the primary itself, there are metrics of it.
func TestMetricsOfReplica(t *testing.T) {
	t.Parallel()
	settings := servertest.Shared(t)
	settings["METRICS_ADDR"], settings["DATABASE_READ_URL"] = servertest.FreeAddress(t), settings["DATABASE_URL"]
	metricsAt := "http://" + settings["METRICS_ADDR"] + "/metrics"
	at := servertest.Start(t, settings)
	servertest.WantSeries(t, metricsAt, "tandem_replica_up", 1)
	ada := servertest.Join(t, at, rand.Text(), "ada", collab.RoleMember)
	ada.Create(servertest.Object{"name": "Acme"})
	eventually.True(t, "a list is read on the replica", func() bool {
		servertest.Want(t, "customers", len(ada.Send("{ customers { nodes { id } } }", nil).Data().List("customers.nodes")), 1)
		_, scrape := servertest.Get(t, metricsAt)
		wantFewLabels(t, scrape)
		wantStandardNames(t, scrape)
		return servertest.Value(scrape, `tandem_replica_reads_total{outcome="replica"}`) > 0
	})
}

// optional are the metrics that an instance has with DATABASE_READ_URL, RETENTION, TLS_CERT, AUTH_JWKS_URL, NATS_URL or OTEL_EXPORTER_OTLP_ENDPOINT only.
var optional = regexp.MustCompile(`^tandem_(replica|retention|certificate|signing_keys|nats|trace_spans)`)

// fewValues are the values that each label may have. None of them can name a person, an organization, an entity or an
// address, except that a client chooses the names of its operations, of which TestOperationNamesAreBounded shows the bound.
var fewValues = map[string]*regexp.Regexp{
	"cause": regexp.MustCompile(`^(memory|handshakes|latency)$`),
	"code":  regexp.MustCompile(`^([A-Z_]+|1\d\d\d|4\d\d\d|other)$`), "field": regexp.MustCompile(`^[a-z][A-Za-z]+$`),
	"host": regexp.MustCompile(`^[a-z0-9.-]*$`), // of ACME_HOSTS
	"kind": regexp.MustCompile(`^(PUSH|DIGEST)$`), "le": regexp.MustCompile(`^([0-9.]+|\+Inf)$`),
	"of":        regexp.MustCompile(`^(render|catch_up|throttled_catch_up|log_read)$`),
	"operation": regexp.MustCompile(`^(other|[_A-Za-z][_0-9A-Za-z]*|sha256:[0-9a-f]{12})$`), "outcome": regexp.MustCompile(`^(resumed|resync|failed|replica|behind|away|busy)$`),
	"protocol": regexp.MustCompile(`^[a-z-]+$`), "region": regexp.MustCompile(`^[A-Za-z0-9._-]{0,63}$`), "reason": regexp.MustCompile(`^[a-z_0-9]+$`),
	"resolution": regexp.MustCompile(`^(LOCAL|REMOTE|MERGED)$`), "state": regexp.MustCompile(`^(idle|used|running|waiting|live|dead)$`),
	"status": regexp.MustCompile(`^(ok|refused|failed|canceled)$`), "to": regexp.MustCompile(`^(changes|presence)$`),
	"transport": regexp.MustCompile(`^(http|polling|sse|websocket)$`), "type": regexp.MustCompile(`^(query|mutation|subscription|[A-Z]+)$`),
	"version": regexp.MustCompile(`^[^ ]+$`), "what": regexp.MustCompile(`^[a-z_]+$`),
}

// wantStandardNames checks the names, types and units of our metrics by the rules of Prometheus.
func wantStandardNames(t *testing.T, scrape string) {
	t.Helper()
	problems, err := promlint.New(strings.NewReader(scrape)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range problems {
		if strings.HasPrefix(problem.Metric, "tandem_") {
			t.Errorf("%s: %s", problem.Metric, problem.Text)
		}
	}
}

// wantFewLabels checks that no label has a value that is not known beforehand.
func wantFewLabels(t *testing.T, scrape string) {
	t.Helper()
	for line := range strings.Lines(scrape) {
		if !strings.HasPrefix(line, "tandem_") {
			continue
		}
		for _, label := range regexp.MustCompile(`(\w+)="([^"]*)"`).FindAllStringSubmatch(line, -1) {
			if values := fewValues[label[1]]; values == nil || !values.MatchString(label[2]) {
				t.Errorf("a label %s with %s in %s", label[1], label[2], line)
			}
		}
	}
}

// Without Redis there are no metrics about it, and nothing listens on an address that was not set.
func TestMetricsOfOneInstance(t *testing.T) {
	t.Parallel()
	settings := servertest.Embedded(t)
	settings["METRICS_ADDR"] = servertest.FreeAddress(t)
	at := servertest.Start(t, settings)
	_, scrape := servertest.Get(t, "http://"+settings["METRICS_ADDR"]+"/metrics")
	if servertest.Value(scrape, "tandem_database_up") != 1 || strings.Contains(scrape, "\ntandem_redis_up") {
		t.Errorf("got %s", scrape)
	}
	if status, _ := servertest.Get(t, at.URL+"/metrics"); status != http.StatusNotFound {
		t.Errorf("the public address answers with %d", status)
	}
}
