package main

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"tandem/internal/collab"
)

// Metrics are served where METRICS_ADDR says, and nothing else is there. No path
// leads from the one address to the other, to a file, or to another site.
func TestPathsLeadNowhereElse(t *testing.T) {
	t.Parallel()
	settings := embedded(t)
	settings["METRICS_ADDR"], settings["PLAYGROUND"] = freeAddress(t), "true"
	at := start(t, settings)
	ada := join(t, at, "acme", "ada", collab.RoleMember)
	for _, path := range []string{
		"/metrics", "//metrics", "/graphql/../metrics", "/graphql/%2e%2e/metrics", "/graphql/..%2fmetrics", "/graphql/../../metrics", "/graphql/;/metrics",
		"http://" + settings["METRICS_ADDR"] + "/metrics", "/debug/pprof/", "/debug/vars", "/.env", "/.git/config", "/graphql/stream/../../metrics",
		"/playground/../../../etc/passwd", "/playground/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "/playground/..%5c..%5cetc/passwd", "/playground/index.html%00",
		"//evil.example/%2f..", "/\\evil.example", "//evil.example", "/%5cevil.example/..", "https://evil.example/graphql", "//graphql", "/GRAPHQL", "/graphql/", "*",
	} {
		answer := sendRaw(t, at, "GET "+path+" HTTP/1.1\r\nHost: tandem.example\r\nAuthorization: Bearer "+ada.token+"\r\nConnection: close\r\n\r\n")
		head, body, _ := strings.Cut(answer, "\r\n\r\n")
		if strings.Contains(body, "tandem_") || strings.Contains(body, "root:") || strings.Contains(body, "goroutine") || strings.HasPrefix(answer, "HTTP/1.1 5") {
			t.Errorf("%s leads to %s", path, answer)
		}
		for line := range strings.SplitSeq(head, "\r\n") {
			if to, is := strings.CutPrefix(line, "Location: "); is && (!strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.Contains(to, "\\")) {
				t.Errorf("%s is sent on to %s", path, to)
			}
		}
	}
	for _, path := range []string{"/graphql", "/healthz", "/playground", "/debug/pprof/"} {
		if status, _ := get(t, "http://"+settings["METRICS_ADDR"]+path); status != http.StatusNotFound {
			t.Errorf("%s is served with the metrics: %d", path, status)
		}
	}
	if status, text := get(t, "http://"+settings["METRICS_ADDR"]+"/metrics"); status != http.StatusOK || !strings.Contains(text, "tandem_") {
		t.Errorf("the metrics are not there, so this shows nothing: %d", status)
	}
}

// Whatever happens, the metrics name nobody and nothing of what people work on.
func TestMetricsNameNobody(t *testing.T) {
	t.Parallel()
	settings := embedded(t)
	settings["METRICS_ADDR"] = freeAddress(t)
	o := settle(t, start(t, settings), "org of zanzibar", "victoria", "zanzibar")
	s := o.connect()
	s.subscribe("zanzibar", customerChanged, object{"after": o.ids["cursor"]})
	s.next("zanzibar")
	o.send(`query zanzibar { zanzibar }`, nil)
	knock(t, http.MethodGet, o.at.url+"/zanzibar?zanzibar", "", map[string]string{"Origin": "https://zanzibar.example"})
	_, scrape := get(t, "http://"+settings["METRICS_ADDR"]+"/metrics")
	for _, name := range append(slices.Collect(maps.Values(o.ids)), "zanzibar") {
		if name != "both" && strings.Contains(scrape, name) {
			t.Errorf("the metrics name %q", name)
		}
	}
	if value(scrape, `tandem_operations_total{outcome="ok",type="mutation"}`) < 1 {
		t.Error("nothing was measured, so this shows nothing")
	}
}

// A page whose own name was made to lead here is of our origin to its browser, and
// brings nothing: the browser has no cookie of ours for that name.
func TestForeignHostsBringNothing(t *testing.T) {
	t.Parallel()
	at := signInAt(t, sessions(t)[0].secret)
	ask := func(host, more string) string {
		return sendRaw(t, at, "GET /graphql?query={viewer{role}} HTTP/1.1\r\nHost: "+host+"\r\nOrigin: http://"+host+"\r\n"+more+"Connection: close\r\n\r\n")
	}
	if answer := ask("evil.example", ""); !strings.HasPrefix(answer, "HTTP/1.1 401 ") {
		t.Errorf("got %s", answer)
	}
	cookie := "Cookie: " + sessions(t)[0].cookie + "\r\n"
	for name, more := range map[string]string{ // what says another host than the request counts for nothing
		"X-Forwarded-Host": "X-Forwarded-Host: evil.example\r\n", "Forwarded": "Forwarded: host=evil.example\r\n",
		"X-Original-Host": "X-Original-Host: evil.example\r\n", "X-Host": "X-Host: evil.example\r\n",
	} {
		answer := sendRaw(t, at, "GET /graphql?query={viewer{role}} HTTP/1.1\r\nHost: tandem.example\r\nOrigin: http://evil.example\r\n"+more+cookie+"Connection: close\r\n\r\n")
		if !strings.HasPrefix(answer, "HTTP/1.1 401 ") {
			t.Errorf("%s: got %s", name, answer)
		}
	}
	for _, bad := range []string{"GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"} {
		if answer := sendRaw(t, at, bad); !strings.HasPrefix(answer, "HTTP/1.1 400 ") {
			t.Errorf("%q: got %s", bad, answer)
		}
	}
}

// The tokens of the demo are shown to pages of this machine only.
func TestDemoIsForThisMachine(t *testing.T) {
	t.Chdir(t.TempDir())
	at := start(t, map[string]string{"AUTH_SECRET": ""})
	port := at.url[strings.LastIndex(at.url, ":"):]
	for host, shown := range map[string]bool{
		"127.0.0.1" + port: true, "localhost" + port: true, "[::1]" + port: true, "LOCALHOST": true, "127.0.0.2": true,
		"evil.example" + port: false, "127.0.0.1.evil.example" + port: false, "localhost.evil.example": false, "192.0.2.1": false, "0.0.0.0": false,
	} {
		answer := sendRaw(t, at, "GET /playground/session.json HTTP/1.1\r\nHost: "+host+"\r\nConnection: close\r\n\r\n")
		if strings.Contains(answer, `"token"`) != shown {
			t.Errorf("%s: got %s", host, answer)
		}
	}
}

// Nothing of a request becomes a header, or a line of a stream.
func TestNothingIsInjected(t *testing.T) {
	t.Parallel()
	at := signInAt(t, secret)
	ada := join(t, at, "acme", "ada", collab.RoleMember)
	for _, evil := range []string{"a\rX-Evil: 1", "a\nX-Evil: 1", "a\x00X-Evil: 1", "a\r\n\tX-Evil: 1", "a\u2028X-Evil: 1", "a%0d%0aX-Evil: 1"} {
		for _, name := range []string{"Origin", "X-Request-Id", "Last-Event-ID", "X-GraphQL-Event-Stream-Token", "Cookie", "Accept", "Sec-WebSocket-Protocol", "X-Forwarded-Proto"} {
			answer := sendRaw(t, at, "GET /graphql?query={viewer{role}} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+ada.token+
				"\r\nConnection: close\r\n"+name+": "+evil+"\r\n\r\n")
			if head, _, _ := strings.Cut(answer, "\r\n\r\n"); strings.Contains(head, "X-Evil") || !strings.HasPrefix(head, "HTTP/1.1 ") {
				t.Errorf("%s: %q: got %s", name, evil, head)
			}
		}
	}
	for _, parameter := range []string{"token", "operationId", "query", "documentId", "extensions", "operationName"} {
		answer := sendRaw(t, at, "GET /graphql/stream?"+parameter+"=a%0d%0aX-Evil:%201 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+ada.token+
			"\r\nAccept: text/event-stream\r\nConnection: close\r\n\r\n")
		if head, _, _ := strings.Cut(answer, "\r\n\r\n"); strings.Contains(head, "X-Evil") {
			t.Errorf("%s: got %s", parameter, head)
		}
	}
	single := ada.reserve()
	stream := single.open()
	const id = "1\r\n\r\nevent: next\r\ndata: {\"evil\":1}\r\n\r\n"
	single.operate(id, `{ viewer { role } }`, nil).want(http.StatusAccepted)
	for line := range strings.Lines(readUntil(t, stream.Body, "complete")) {
		if strings.HasPrefix(line, `data: {"evil"`) {
			t.Errorf("an id became a line of the stream: %s", line)
		}
	}
}
