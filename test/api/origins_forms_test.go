package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"tandem/internal/config"
	"tandem/internal/servertest"
)

// preflight sends the request that a browser sends before a page of an origin may send headers.
func preflight(t *testing.T, address, origin, headers string, more ...map[string]string) *servertest.Response {
	t.Helper()
	ask := map[string]string{"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": headers}
	return servertest.Knock(t, http.MethodOptions, address, "", append(more, ask)...)
}

// Headers that tracing and error-reporting libraries add by themselves are allowed, and a company can add its own.
func TestPreflightHeaders(t *testing.T) {
	t.Parallel()
	settings := servertest.Embedded(t)
	settings["ALLOWED_ORIGINS"], settings["ALLOWED_HEADERS"] = "https://crm.example", "X-Team, x-build"
	at := servertest.Start(t, settings)
	for headers, allowed := range map[string]bool{
		"authorization,content-type": true, "authorization,baggage,content-type,sentry-trace,traceparent,tracestate": true,
		"cache-control,pragma,x-requested-with": true, "b3,x-b3-sampled,x-b3-spanid,x-b3-traceid": true,
		"x-datadog-origin,x-datadog-parent-id,x-datadog-sampling-priority,x-datadog-trace-id": true,
		"newrelic,traceparent,tracestate": true, "elastic-apm-traceparent": true, "x-amzn-trace-id": true, "request-id": true,
		"apollographql-client-name,apollographql-client-version": true, "x-request-id": true,
		"content-type,x-build,x-team": true, "x-other": false, "content-type,x-other": false,
	} {
		for _, path := range []string{"/graphql", "/graphql/stream"} {
			answer := preflight(t, at.URL+path, "https://crm.example", headers).Want(http.StatusNoContent)
			if got := answer.Header.Get("Access-Control-Allow-Headers") != ""; got != allowed {
				t.Errorf("%s at %s: allowed is %v", headers, path, got)
			}
		}
	}
	settings = servertest.Embedded(t)
	settings["ALLOWED_ORIGINS"], settings["ALLOWED_HEADERS"] = "https://crm.example", "*"
	answer := preflight(t, servertest.Start(t, settings).URL+"/graphql", "https://crm.example", "x-anything")
	servertest.Want(t, "Access-Control-Allow-Headers", answer.Header.Get("Access-Control-Allow-Headers"), "x-anything")
	for _, wrong := range []string{"X Team", "X-Team,", "X-Team:", "ä"} {
		if _, err := config.Read(map[string]string{"ALLOWED_HEADERS": wrong}); err == nil || !strings.Contains(err.Error(), "ALLOWED_HEADERS must list") {
			t.Errorf("%q: got %v", wrong, err)
		}
	}
}

// Asking what is allowed needs no sign-in, even where no other site may call.
func TestOPTIONSNeedsNoToken(t *testing.T) {
	t.Parallel()
	for _, origins := range []string{"", "https://crm.example"} {
		settings := servertest.Embedded(t)
		settings["ALLOWED_ORIGINS"] = origins
		at := servertest.Start(t, settings)
		for _, path := range []string{"/graphql", "/graphql/stream"} {
			answer := preflight(t, at.URL+path, "https://evil.example", "content-type").Want(http.StatusNoContent)
			servertest.Want(t, "Access-Control-Allow-Origin", answer.Header.Get("Access-Control-Allow-Origin"), "")
			answer = servertest.Knock(t, http.MethodOptions, at.URL+path, "").Want(http.StatusNoContent)
			servertest.Want(t, "Allow", answer.Header.Get("Allow"), "GET, POST, OPTIONS")
		}
	}
}

// allowed reports whether a page may call over HTTP and open a socket: both or neither.
func allowed(t *testing.T, at *servertest.Instance, host, origin string, more map[string]string) bool {
	t.Helper()
	header := http.Header{"Origin": {origin}}
	for name, value := range more {
		header.Set(name, value)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, at.URL+"/graphql", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host, request.Header = host, header.Clone()
	request.Header.Set("Access-Control-Request-Method", "POST")
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	over := answer.Header.Get("Access-Control-Allow-Origin") == origin
	conn, _, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(at.URL, "http")+"/graphql",
		&websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: header, Host: host})
	if err == nil {
		_ = conn.CloseNow()
	}
	if over != (err == nil) {
		t.Errorf("%s at %s: over HTTP %v, by socket %v", origin, host, over, err)
	}
	return over
}

func TestOwnOriginsWithAndWithoutTheirPort(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	byTLS := map[string]string{"X-Forwarded-Proto": "https"}
	for _, test := range []struct {
		host, origin string
		header       map[string]string
		own          bool
	}{
		{"crm.example.org:443", "https://crm.example.org", byTLS, true},
		{"crm.example.org", "https://crm.example.org:443", byTLS, true},
		{"CRM.example.org:443", "https://crm.Example.org", nil, true},
		{"crm.example.org:80", "http://crm.example.org", nil, true},
		{"[::1]:80", "http://[::1]", nil, true},
		{"[::1]", "http://[::1]:80", nil, true},
		{"crm.example.org:443", "http://crm.example.org", nil, false},
		{"crm.example.org:80", "https://crm.example.org", nil, false},
		{"crm.example.org:8443", "https://crm.example.org", byTLS, false},
		{"crm.example.org", "http://crm.example.org", byTLS, false},
		{"crm.example.org", "capacitor://crm.example.org", nil, false},
		{"localhost", "tauri://localhost", nil, false},
		{"crm.example.org", "https://crm.example.org/", byTLS, false},
		{"crm.example.org", "https://a@crm.example.org", byTLS, false},
	} {
		if got := allowed(t, at, test.host, test.origin, test.header); got != test.own {
			t.Errorf("%s at %s: allowed is %v", test.origin, test.host, got)
		}
	}
}

func TestAllowedOriginsInTheirForms(t *testing.T) {
	t.Parallel()
	settings := servertest.Embedded(t)
	settings["ALLOWED_ORIGINS"] = "capacitor://localhost,tauri://localhost,https://crm.example:443,HTTPS://Shop.example,https://*.apps.example,http://localhost:*"
	at := servertest.Start(t, settings)
	for origin, ok := range map[string]bool{
		"capacitor://localhost": true, "tauri://localhost": true, "ionic://localhost": false, "capacitor://evil": false, "capacitor://localhost:1": false,
		"https://crm.example": true, "https://crm.example:443": true, "http://crm.example": false, "https://crm.example:444": false,
		"https://shop.example": true, "https://a.apps.example": true, "https://a.apps.example:443": true, "https://a.apps.example:8443": false,
		"https://apps.example": false, "https://a.apps.example.evil.example": false,
		"http://localhost": true, "http://localhost:5173": true, "https://localhost:5173": false, "http://localhost.evil.example": false,
		"null": false, "file://": false,
	} {
		if got := allowed(t, at, "tandem.example", origin, nil); got != ok {
			t.Errorf("%s: allowed is %v", origin, got)
		}
	}
}

// A page that is developed on this machine may call the demo. A production server may only be called by pages that
// it allows.
func TestDemoAllowsLocalOrigins(t *testing.T) {
	t.Chdir(t.TempDir())
	real := servertest.Start(t, servertest.Embedded(t))
	demo := servertest.Start(t, map[string]string{"AUTH_SECRET": ""})
	for origin, ok := range map[string]bool{
		"http://localhost:5173": true, "http://127.0.0.1:3000": true, "https://localhost:5173": true, "http://[::1]:8081": true, "http://localhost": true,
		"http://localhost.evil.example": false, "http://evil.example": false, "http://192.168.0.7:5173": false, "null": false, "app://localhost": false,
	} {
		if got := allowed(t, demo, strings.TrimPrefix(demo.URL, "http://"), origin, nil); got != ok {
			t.Errorf("the demo, %s: allowed is %v", origin, got)
		}
		if allowed(t, real, strings.TrimPrefix(real.URL, "http://"), origin, nil) {
			t.Errorf("for real, %s is allowed", origin)
		}
	}
	preflight(t, demo.URL+"/graphql", "http://localhost:5173", "authorization,content-type").Want(http.StatusNoContent)
}
