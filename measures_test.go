package main

import (
	"crypto/rand"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"tandem/internal/collab"
	"tandem/internal/eventually"
)

// freeAddress is one that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// get returns the status and the body at an address.
func get(t *testing.T, address string) (int, string) {
	t.Helper()
	client := &http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// value returns what a line of a scrape says; -1 if there is none.
func value(scrape, series string) float64 {
	for line := range strings.Lines(scrape) {
		if rest, found := strings.CutPrefix(line, series+" "); found {
			number, _ := strconv.ParseFloat(strings.TrimSpace(rest), 64)
			return number
		}
	}
	return -1
}

// wantSeries scrapes until a series has a value.
func wantSeries(t *testing.T, at, series string, want float64) {
	t.Helper()
	eventually.Is(t, series+" has its value", func() float64 {
		_, scrape := get(t, at)
		return value(scrape, series)
	}, want)
}

// Every family is there, and what happens is seen in it.
func TestMetrics(t *testing.T) {
	t.Parallel()
	settings := shared(t)
	settings["METRICS_ADDR"] = freeAddress(t)
	metricsAt := "http://" + settings["METRICS_ADDR"] + "/metrics"
	at := start(t, settings)
	org := rand.Text()
	ada := join(t, at, org, "ada", collab.RoleMember)
	customer := ada.create(object{"name": "v1"})
	s := ada.connect()
	for _, id := range []string{"1", "2"} {
		s.subscribe(id, customerChanged, object{"id": customer["id"], "after": customer["cursor"]})
	}
	wantSeries(t, metricsAt, "tandem_broadcast_members", 2)
	wantSeries(t, metricsAt, "tandem_members_behind", 0)
	ada.update(customer, 1, object{"name": "v2"})
	s.read()
	s.read()
	s.subscribe("3", customerChanged, object{"after": collab.Cursor{Epoch: 1, Position: 1}.String()})
	want(t, "type", s.read()["type"], "error")
	ada.send(`{ nonsense }`, nil)
	for series, want := range map[string]float64{
		`tandem_connections{protocol="graphql-transport-ws"}`:          1,
		`tandem_connections{protocol="sse"}`:                           0,
		`tandem_handshakes`:                                            0,
		`tandem_broadcasts`:                                            1,
		`tandem_subscriptions{to="changes"}`:                           2,
		`tandem_executions_total`:                                      1,
		`tandem_deliveries_total`:                                      2,
		`tandem_resumes_total`:                                         2,
		`tandem_commit_to_delivery_seconds_count`:                      1,
		`tandem_announcement_to_delivery_seconds_count`:                1,
		`tandem_operations_total{outcome="ok",type="mutation"}`:        2,
		`tandem_operations_total{outcome="ok",type="subscription"}`:    2,
		`tandem_operations_total{outcome="error",type="subscription"}`: 1,
		`tandem_errors_total{code="RESYNC_REQUIRED"}`:                  1,
		`tandem_errors_total{code="GRAPHQL_VALIDATION_FAILED"}`:        1,
		`tandem_errors_total{code="INTERNAL"}`:                         0,
		`tandem_handshakes_refused_total{reason="person"}`:             0,
		`tandem_announcements_lost_total`:                              0,
		`tandem_database_up`:                                           1,
		`tandem_database_connections_max`:                              20,
		`tandem_redis_up`:                                              1,
		`tandem_presence_up`:                                           1,
		`tandem_overloaded{cause="memory"}`:                            0,
		`tandem_draining`:                                              0,
	} {
		wantSeries(t, metricsAt, series, want)
	}
	_, scrape := get(t, metricsAt)
	docs, err := os.ReadFile("docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if !strings.Contains(string(docs), "`"+f.Name+"`") {
			t.Errorf("docs/operations.md does not explain %s", f.Name)
		}
		if !strings.Contains(scrape, "\n"+f.Name+" ") && !strings.Contains(scrape, "\n"+f.Name+"{") {
			t.Errorf("%s is not there", f.Name)
		}
	}
	if sent := value(scrape, "tandem_sent_bytes_total"); sent < 500 {
		t.Errorf("%v bytes were sent", sent)
	}
	wantFewLabels(t, scrape)

	_ = s.conn.Close(websocket.StatusGoingAway, "")
	wantSeries(t, metricsAt, `tandem_connections_closed_total{code="1001",protocol="graphql-transport-ws"}`, 1)
	wantSeries(t, metricsAt, `tandem_connection_duration_seconds_count{protocol="graphql-transport-ws"}`, 1)
	wantSeries(t, metricsAt, `tandem_broadcasts`, 0)
}

// wantFewLabels checks that no series names a person, an organization, an entity or an address.
func wantFewLabels(t *testing.T, scrape string) {
	t.Helper()
	allowed := regexp.MustCompile(`^(protocol|code|reason|type|outcome|cause|state|to|what|le|version)$`)
	for line := range strings.Lines(scrape) {
		if !strings.HasPrefix(line, "tandem_") {
			continue
		}
		for _, label := range regexp.MustCompile(`(\w+)="`).FindAllStringSubmatch(line, -1) {
			if !allowed.MatchString(label[1]) {
				t.Errorf("a label %s in %s", label[1], line)
			}
		}
	}
}

// Without Redis there is nothing to say of it, and nothing on an address that was not set.
func TestMetricsOfOneInstance(t *testing.T) {
	t.Parallel()
	settings := embedded(t)
	settings["METRICS_ADDR"] = freeAddress(t)
	at := start(t, settings)
	_, scrape := get(t, "http://"+settings["METRICS_ADDR"]+"/metrics")
	if value(scrape, "tandem_database_up") != 1 || strings.Contains(scrape, "\ntandem_redis_up") {
		t.Errorf("got %s", scrape)
	}
	if status, _ := get(t, at.url+"/metrics"); status != http.StatusNotFound {
		t.Errorf("the public address answers with %d", status)
	}
}
