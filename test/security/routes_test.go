package security_test

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// Metrics, the page for operators and profiles are served at METRICS_ADDR, and nothing else is. No path leads from one
// address to the other, to a file, or to another site.
func TestPathsOutsideAreNotServed(t *testing.T) {
	t.Parallel()
	settings := servertest.Embedded(t)
	settings["METRICS_ADDR"], settings["PLAYGROUND"] = servertest.FreeAddress(t), "true"
	at := servertest.Start(t, settings)
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	for _, path := range []string{
		"/metrics", "//metrics", "/graphql/../metrics", "/graphql/%2e%2e/metrics", "/graphql/..%2fmetrics", "/graphql/../../metrics", "/graphql/;/metrics",
		"http://" + settings["METRICS_ADDR"] + "/metrics", "/debug/vars", "/.env", "/.git/config", "/graphql/stream/../../metrics",
		"/debug/pprof/", "/debug/pprof/goroutine?debug=1", "/debug/tandem", "/debug/tandem/state", "/graphql/../debug/tandem",
		"/playground/../../../etc/passwd", "/playground/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "/playground/..%5c..%5cetc/passwd", "/playground/index.html%00",
		"//evil.example/%2f..", "/\\evil.example", "//evil.example", "/%5cevil.example/..", "https://evil.example/graphql", "//graphql", "/GRAPHQL", "/graphql/", "*",
	} {
		answer := servertest.SendRaw(t, at, "GET "+path+" HTTP/1.1\r\nHost: tandem.example\r\nAuthorization: Bearer "+ada.Token+"\r\nConnection: close\r\n\r\n")
		head, body, _ := strings.Cut(answer, "\r\n\r\n")
		if strings.Contains(body, "tandem_") || strings.Contains(body, "root:") || strings.Contains(body, "goroutine") || strings.Contains(body, "Tandem instance") || strings.HasPrefix(answer, "HTTP/1.1 5") {
			t.Errorf("%s leads to %s", path, answer)
		}
		for line := range strings.SplitSeq(head, "\r\n") {
			if to, is := strings.CutPrefix(line, "Location: "); is && (!strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.Contains(to, "\\")) {
				t.Errorf("%s is sent on to %s", path, to)
			}
		}
	}
	for _, path := range []string{"/graphql", "/healthz", "/playground", "/debug/vars", "/debug/tandem/../../graphql"} {
		if status, _ := servertest.Get(t, "http://"+settings["METRICS_ADDR"]+path); status != http.StatusNotFound {
			t.Errorf("%s is served with the metrics: %d", path, status)
		}
	}
	if status, text := servertest.Get(t, "http://"+settings["METRICS_ADDR"]+"/metrics"); status != http.StatusOK || !strings.Contains(text, "tandem_") {
		t.Errorf("the metrics are not there, so this shows nothing: %d", status)
	}
}

// The metrics never name a person, or anything that people work on.
func TestMetricsNameNobody(t *testing.T) {
	t.Parallel()
	settings := servertest.Embedded(t)
	settings["METRICS_ADDR"] = servertest.FreeAddress(t)
	o := servertest.Settle(t, servertest.Start(t, settings), "org of zanzibar", "victoria", "zanzibar")
	s := o.Connect()
	s.Subscribe("zanzibar", servertest.CustomerChanged, servertest.Object{"after": o.Ids["cursor"]})
	s.Next("zanzibar")
	o.Send(`query zanzibar { zanzibar }`, nil)
	servertest.Knock(t, http.MethodGet, o.At.URL+"/zanzibar?zanzibar", "", map[string]string{"Origin": "https://zanzibar.example"})
	_, scrape := servertest.Get(t, "http://"+settings["METRICS_ADDR"]+"/metrics")
	for _, name := range append(slices.Collect(maps.Values(o.Ids)), "zanzibar") {
		if name != "both" && strings.Contains(scrape, name) {
			t.Errorf("the metrics name %q", name)
		}
	}
	if servertest.Value(scrape, `tandem_changes_total{type="CREATE"}`) < 1 {
		t.Error("nothing was measured, so this shows nothing")
	}
}

// To its browser, a page whose own host name was made to resolve to this server has the same origin as the server.
// This gains the page nothing: the browser has no cookie of ours for that name.
func TestForeignHostNames(t *testing.T) {
	t.Parallel()
	at := servertest.SignInAt(t, servertest.Sessions(t)[0].Secret)
	ask := func(host, more string) string {
		return servertest.SendRaw(t, at, "GET /graphql?query={viewer{role}} HTTP/1.1\r\nHost: "+host+"\r\nOrigin: http://"+host+"\r\n"+more+"Connection: close\r\n\r\n")
	}
	if answer := ask("evil.example", ""); !strings.HasPrefix(answer, "HTTP/1.1 401 ") {
		t.Errorf("got %s", answer)
	}
	cookie := "Cookie: " + servertest.Sessions(t)[0].Cookie + "\r\n"
	for name, more := range map[string]string{ // headers that name a host other than the request's are ignored
		"X-Forwarded-Host": "X-Forwarded-Host: evil.example\r\n", "Forwarded": "Forwarded: host=evil.example\r\n",
		"X-Original-Host": "X-Original-Host: evil.example\r\n", "X-Host": "X-Host: evil.example\r\n",
	} {
		answer := servertest.SendRaw(t, at, "GET /graphql?query={viewer{role}} HTTP/1.1\r\nHost: tandem.example\r\nOrigin: http://evil.example\r\n"+more+cookie+"Connection: close\r\n\r\n")
		if !strings.HasPrefix(answer, "HTTP/1.1 401 ") {
			t.Errorf("%s: got %s", name, answer)
		}
	}
	for _, bad := range []string{"GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"} {
		if answer := servertest.SendRaw(t, at, bad); !strings.HasPrefix(answer, "HTTP/1.1 400 ") {
			t.Errorf("%q: got %s", bad, answer)
		}
	}
}

// The tokens of the demo are shown to pages of this machine only.
func TestDemoIsForThisMachine(t *testing.T) {
	t.Chdir(t.TempDir())
	at := servertest.Start(t, map[string]string{"AUTH_SECRET": ""})
	port := at.URL[strings.LastIndex(at.URL, ":"):]
	for host, shown := range map[string]bool{
		"127.0.0.1" + port: true, "localhost" + port: true, "[::1]" + port: true, "LOCALHOST": true, "127.0.0.2": true,
		"evil.example" + port: false, "127.0.0.1.evil.example" + port: false, "localhost.evil.example": false, "192.0.2.1": false, "0.0.0.0": false,
	} {
		answer := servertest.SendRaw(t, at, "GET /playground/session.json HTTP/1.1\r\nHost: "+host+"\r\nConnection: close\r\n\r\n")
		if strings.Contains(answer, `"token"`) != shown {
			t.Errorf("%s: got %s", host, answer)
		}
		body := `{"person": "ada"}`
		answer = servertest.SendRaw(t, at, "POST /demo/token HTTP/1.1\r\nHost: "+host+"\r\nContent-Length: "+strconv.Itoa(len(body))+"\r\nConnection: close\r\n\r\n"+body)
		if strings.Contains(answer, `"token"`) != shown {
			t.Errorf("%s: got %s", host, answer)
		}
	}
}

// A proxy on this machine has a loopback address, and may replace the host, so that only its own headers tell that the
// request began elsewhere.
func TestDemoIsNotForProxies(t *testing.T) {
	t.Chdir(t.TempDir())
	at := servertest.Start(t, map[string]string{"AUTH_SECRET": ""})
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "x-forwarded-proto"} {
		header := map[string]string{name: "192.0.2.1"}
		for path, method := range map[string]string{"/demo/token": http.MethodPost, "/demo/restart": http.MethodPost, "/demo/people.json": http.MethodGet, "/playground/session.json": http.MethodGet} {
			answer := servertest.Knock(t, method, at.URL+path, `{"person": "ada"}`, header)
			servertest.Want(t, path+" by a proxy that sets "+name, answer.StatusCode, http.StatusForbidden)
		}
	}
}

// A page of another site can neither sign in as the people of the demo nor stop it.
func TestDemoIsForItsOwnPages(t *testing.T) {
	t.Chdir(t.TempDir())
	at := servertest.Start(t, map[string]string{"AUTH_SECRET": ""})
	for _, path := range []string{"/demo/token", "/demo/restart"} {
		for _, header := range []map[string]string{{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}, {"Origin": "http://localhost:1"}} {
			answer := servertest.Knock(t, http.MethodPost, at.URL+path, `{"person": "ada"}`, header)
			servertest.Want(t, path, answer.StatusCode, http.StatusForbidden)
		}
	}
	answer := servertest.Knock(t, http.MethodPost, at.URL+"/demo/token", `{"person": "mallory"}`)
	servertest.Want(t, "a token for nobody", answer.StatusCode, http.StatusNotFound)
	answer = servertest.Knock(t, http.MethodPost, at.URL+"/demo/token", `{"person": "ada"}`, map[string]string{"Origin": at.URL})
	servertest.Want(t, "a token for its own page", answer.StatusCode, http.StatusOK)
	servertest.Want(t, "readiness", servertest.Knock(t, http.MethodGet, at.URL+"/readyz", "").StatusCode, http.StatusOK)
}

// No part of a request becomes a header, or a line of a stream.
func TestHeaderInjection(t *testing.T) {
	t.Parallel()
	at := servertest.SignInAt(t, servertest.Secret)
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	for _, evil := range []string{"a\rX-Evil: 1", "a\nX-Evil: 1", "a\x00X-Evil: 1", "a\r\n\tX-Evil: 1", "a\u2028X-Evil: 1", "a%0d%0aX-Evil: 1"} {
		for _, name := range []string{"Origin", "X-Request-Id", "Last-Event-ID", "X-GraphQL-Event-Stream-Token", "Cookie", "Accept", "Sec-WebSocket-Protocol", "X-Forwarded-Proto"} {
			answer := servertest.SendRaw(t, at, "GET /graphql?query={viewer{role}} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+ada.Token+
				"\r\nConnection: close\r\n"+name+": "+evil+"\r\n\r\n")
			if head, _, _ := strings.Cut(answer, "\r\n\r\n"); strings.Contains(head, "X-Evil") || !strings.HasPrefix(head, "HTTP/1.1 ") {
				t.Errorf("%s: %q: got %s", name, evil, head)
			}
		}
	}
	for _, parameter := range []string{"token", "operationId", "query", "documentId", "extensions", "operationName"} {
		answer := servertest.SendRaw(t, at, "GET /graphql/stream?"+parameter+"=a%0d%0aX-Evil:%201 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+ada.Token+
			"\r\nAccept: text/event-stream\r\nConnection: close\r\n\r\n")
		if head, _, _ := strings.Cut(answer, "\r\n\r\n"); strings.Contains(head, "X-Evil") {
			t.Errorf("%s: got %s", parameter, head)
		}
	}
	single := ada.Reserve()
	stream := single.Open()
	const id = "1\r\n\r\nevent: next\r\ndata: {\"evil\":1}\r\n\r\n"
	single.Operate(id, `{ viewer { role } }`, nil).Want(http.StatusAccepted)
	for line := range strings.Lines(servertest.ReadUntil(t, stream.Body, "complete")) {
		if strings.HasPrefix(line, `data: {"evil"`) {
			t.Errorf("an id became a line of the stream: %s", line)
		}
	}
}
