package operations_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"tandem/internal/eventually"
	"tandem/internal/operator"
	"tandem/internal/servertest"
)

// stateOf reads what the page for operators shows.
func stateOf(t *testing.T, metricsAt string) (state operator.State) {
	t.Helper()
	_, body := servertest.Get(t, strings.Replace(metricsAt, "/metrics", "/debug/tandem/state", 1))
	if err := json.Unmarshal([]byte(body), &state); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return state
}

func TestOperatorsSeeWhatSubscriptionsShare(t *testing.T) {
	t.Parallel()
	for name, settingsOf := range map[string]func(testing.TB) map[string]string{"sqlite": servertest.Embedded, "postgres": servertest.Shared} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ada, metricsAt := measured(t, settingsOf(t))
			wantNothing(t, stateOf(t, metricsAt))
			followTwice(ada)
			state := stateOf(t, metricsAt)
			if len(state.Broadcasts) != 1 || state.Broadcasts[0].Operation != "Follow" || state.Broadcasts[0].Members != 2 || state.Broadcasts[0].OrgID != "acme" {
				t.Errorf("the broadcasts are %+v", state.Broadcasts)
			}
			if len(state.Rings) != 1 || state.Rings[0].OrgID != "acme" || state.Rings[0].Missing != 0 || state.Rings[0].Head == 0 {
				t.Errorf("the rings are %+v", state.Rings)
			}
			if state.Values[`tandem_subscriptions{to="changes"}`] != 2 || state.Values["process_start_time_seconds"] == 0 {
				t.Errorf("the values are %v", state.Values)
			}
		})
	}
}

// An instance shows what it does itself, not what the others do.
func TestOperatorsSeeOneInstance(t *testing.T) {
	t.Parallel()
	settings := servertest.Shared(t)
	_, idleAt := measured(t, settings)
	busy, busyAt := measured(t, settings)
	followTwice(busy)
	if state := stateOf(t, busyAt); len(state.Broadcasts) != 1 || len(state.Rings) != 1 {
		t.Errorf("the busy instance has %+v and %+v", state.Broadcasts, state.Rings)
	}
	wantNothing(t, stateOf(t, idleAt))
}

// followTwice has a person follow customers with two equal subscriptions, both of which have begun.
func followTwice(ada *servertest.Person) {
	from := ada.Ask(`{ changes(first: 0) { endCursor } }`, nil).Text("changes.endCursor")
	ada.Create(servertest.Object{"name": "Acme"})
	socket := ada.Connect()
	for _, id := range []string{"1", "2"} {
		socket.Subscribe(id, `subscription Follow($after: Cursor) { customerChanged(after: $after) { cursor } }`, servertest.Object{"after": from})
		socket.Next(id)
	}
}

func wantNothing(t *testing.T, state operator.State) {
	t.Helper()
	if state.Broadcasts == nil || state.Rings == nil || len(state.Broadcasts)+len(state.Rings) > 0 || state.Values[`tandem_connections{protocol="graphql-transport-ws"}`] != 0 {
		t.Errorf("where nobody follows, the state is %+v", state)
	}
}

// The page is whole: it has every file that it names, names no other site, and reads only metrics and labels that there are.
func TestOperatorsPageIsWhole(t *testing.T) {
	t.Parallel()
	settings := servertest.Shared(t)
	settings["NATS_URL"] = "nats://127.0.0.1:1" // where none is
	ada, metricsAt := measured(t, settings)
	followTwice(ada)
	askInVain(t, ada, metricsAt, settings["DATABASE_URL"])
	page := strings.TrimSuffix(metricsAt, "/metrics") + "/debug/tandem"
	status, text := servertest.Get(t, page)
	for _, file := range []string{"/page.css", "/page.js", "/figures.js", "/plot.js"} {
		ok, content := servertest.Get(t, page+file)
		status, text = max(status, ok), text+content
	}
	if sites := regexp.MustCompile(`\w+://[^"]+`).FindAllString(text, -1); status != http.StatusOK || len(sites) != 1 || sites[0] != "http://www.w3.org/2000/svg" {
		t.Errorf("status %d, and the page names %q", status, sites)
	}
	entries, err := os.ReadDir("../../internal/operator/page")
	if err != nil || len(entries) != 5 {
		t.Errorf("%d files of the page, want the 5 that are served: %v", len(entries), err)
	}
	_, scrape := servertest.Get(t, metricsAt)
	names := regexp.MustCompile(`\b(?:tandem|process|go)_[a-z_]+`).FindAllString(text, -1)
	if len(names) < 20 {
		t.Errorf("the page reads only %q", names)
	}
	for _, name := range names {
		if !strings.Contains(scrape, "\n# TYPE "+name+" ") {
			t.Errorf("the page reads %s, which is not a metric", name)
		}
	}
	wantLabels(t, text, scrape)
}

// askInVain sends an operation that is refused and one that fails, and waits until a scrape has both.
func askInVain(t *testing.T, ada *servertest.Person, metricsAt, database string) {
	t.Helper()
	ada.Send(`query Old($after: Cursor!) { changes(after: $after) { endCursor } }`, ranOut)
	loseEntities(t, database)
	servertest.Want(t, "code", ada.Code(`query Broken { customers(first: 1) { nodes { id } } }`, nil), "INTERNAL")
	servertest.WantSeries(t, metricsAt, timed("Old", "query", "polling", "refused"), 1)
	servertest.WantSeries(t, metricsAt, timed("Broken", "query", "http", "failed"), 1)
}

// wantLabels requires that a scrape has a series for each label by which the page chooses values of a metric.
func wantLabels(t *testing.T, page, scrape string) {
	t.Helper()
	for _, constant := range regexp.MustCompile(`const (\w+) = "([a-z_]+)"`).FindAllStringSubmatch(page, -1) {
		page = strings.ReplaceAll(page, "${"+constant[1]+"}", constant[2])
	}
	const label = `\{ (\w+): "(\w+)" \}`
	chosen := regexp.MustCompile("[\"`]([a-z_]+)[\"`], "+label).FindAllStringSubmatch(page, -1)
	if all := regexp.MustCompile(label).FindAllString(page, -1); len(chosen) != len(all) || len(all) == 0 {
		t.Errorf("of the labels %q, this test finds a metric only for %q", all, chosen)
	}
	for _, c := range chosen {
		series := fmt.Sprintf(`(?m)^%s\{([^}]*,)?%s="%s"[,}]`, c[1], c[2], c[3])
		if !regexp.MustCompile(series).MatchString(scrape) {
			t.Errorf("the page reads %s{%s=%q}, which is not a series", c[1], c[2], c[3])
		}
	}
}

// knock sends a request to the address of the metrics, as a browser would for a page.
func knock(t *testing.T, url string, headers map[string]string) (status int) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	request.Host = headers["Host"]
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode
}

func TestProfiles(t *testing.T) {
	t.Parallel()
	_, metricsAt := measured(t, servertest.Embedded(t))
	at := strings.TrimSuffix(metricsAt, "/metrics")
	for path, want := range map[string]int{
		"/debug/pprof/": 200, "/debug/pprof/goroutine": 200, "/debug/pprof/heap": 200, "/debug/pprof/trace?seconds=0.01": 200,

		"/debug/pprof/profile?seconds=61": 400, "/debug/pprof/trace?seconds=1e9": 400, "/debug/pprof/trace?seconds=nan": 400, "/debug/pprof/heap?seconds=3600": 400,
		"/debug/pprof/cmdline": 404, "/debug/vars": 404, "/debug/tandem/page.html": 404,
	} {
		if status := knock(t, at+path, nil); status != want {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
	}
}

// While a profile is taken, another one is refused, and the list of profiles is there.
func TestOneProfileAtATime(t *testing.T) {
	t.Parallel()
	_, metricsAt := measured(t, servertest.Embedded(t))
	at := strings.TrimSuffix(metricsAt, "/metrics") + "/debug/pprof/"
	ctx, cancel := context.WithCancel(t.Context())
	var first sync.WaitGroup
	first.Go(func() {
		for ctx.Err() == nil { // again, if it came while the wait below took a profile
			request, err := http.NewRequestWithContext(ctx, http.MethodGet, at+"heap?seconds=60", nil)
			if err != nil {
				t.Error(err)
				return
			}
			if response, err := http.DefaultClient.Do(request); err == nil {
				_ = response.Body.Close()
			}
		}
	})
	defer first.Wait()
	defer cancel()
	heap := func() int { return knock(t, at+"heap", nil) }
	eventually.Is(t, "a second profile is refused", heap, http.StatusTooManyRequests)
	if _, body := servertest.Get(t, at+"trace?seconds=1"); body != "another profile of this instance is being taken: try again when it is done\n" {
		t.Errorf("the refusal is %q", body)
	}
	servertest.Want(t, "status of the list", knock(t, at, nil), http.StatusOK)
	cancel()
	eventually.Is(t, "a profile is taken after the first one", heap, http.StatusOK)
}

func TestOtherSitesTakeNoProfiles(t *testing.T) {
	t.Parallel()
	_, metricsAt := measured(t, servertest.Embedded(t))
	at := strings.TrimSuffix(metricsAt, "/metrics")
	for _, c := range []struct {
		path, site, mode string
		want             int
	}{
		{"/debug/pprof/goroutine", "cross-site", "no-cors", 403},
		{"/debug/pprof/goroutine", "same-site", "no-cors", 403},
		{"/debug/pprof/goroutine", "cross-site", "navigate", 403},
		{"/debug/tandem/state", "cross-site", "cors", 403},
		{"/debug/tandem", "cross-site", "no-cors", 403},
		{"/debug/tandem", "cross-site", "navigate", 200},
		{"/debug/tandem/state", "same-origin", "cors", 200},
		{"/debug/pprof/goroutine", "same-origin", "navigate", 200},
		{"/debug/pprof/goroutine", "none", "navigate", 200},
	} {
		if status := knock(t, at+c.path, map[string]string{"Sec-Fetch-Site": c.site, "Sec-Fetch-Mode": c.mode}); status != c.want {
			t.Errorf("%+v: %d", c, status)
		}
	}
}

// Outside the operator's machine, browsers do not say whether a request is of another site.
func TestOtherSitesTakeNoProfilesOfOtherMachines(t *testing.T) {
	t.Parallel()
	_, metricsAt := measured(t, servertest.Embedded(t))
	at := strings.TrimSuffix(metricsAt, "/metrics")
	const browser, profile = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "/debug/pprof/goroutine"
	for _, c := range []struct {
		path, agent, referrer string
		want                  int
	}{
		{profile, browser, "", 403},
		{profile, browser, "http://evil.example/debug/pprof/", 403},
		{profile, browser, "http://evil.example/?10.0.0.7:9090", 403},
		{profile, browser, "http://10.0.0.7:9091/debug/pprof/", 403},
		{profile, browser, ":", 403},
		{"/debug/pprof/", browser, "", 403},
		{"/debug/tandem/state", browser, "http://evil.example/", 403},
		{profile, browser, "http://10.0.0.7:9090/debug/pprof/", 200},
		{"/debug/pprof/", browser, "http://10.0.0.7:9090/debug/tandem", 200},
		{"/debug/tandem/state", browser, "http://10.0.0.7:9090/debug/tandem", 200},
		{"/debug/tandem", browser, "", 200},
		{"/debug/tandem", browser, "http://wiki.example/", 200},
		{profile, "Go-http-client/1.1", "", 200},
		{profile, "curl/8.14.1", "", 200},
	} {
		headers := map[string]string{"Host": "10.0.0.7:9090", "User-Agent": c.agent, "Referer": c.referrer}
		if status := knock(t, at+c.path, headers); status != c.want {
			t.Errorf("%+v: %d", c, status)
		}
	}
}

// A site whose own name resolves to an instance has the same origin as the page to a browser.
func TestOperatorsPageHasNoPublicName(t *testing.T) {
	t.Parallel()
	_, metricsAt := measured(t, servertest.Embedded(t))
	at := strings.TrimSuffix(metricsAt, "/metrics") + "/debug/tandem/state"
	for host, want := range map[string]int{
		"evil.example": 403, "evil.example:9090": 403, "127.0.0.1.evil.example": 403,
		"127.0.0.1:9090": 200, "10.0.0.7": 200, "[::1]:9090": 200, "localhost:9090": 200, "tandem-1:9090": 200,
	} {
		if status := knock(t, at, map[string]string{"Host": host, "Sec-Fetch-Site": "same-origin"}); status != want {
			t.Errorf("as %s: %d, want %d", host, status, want)
		}
	}
}
