package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/config"
	"tandem/internal/requestid"
	"tandem/internal/server"
	"tandem/internal/servertest"
	"tandem/resolvers"
)

// Every answer carries the headers that OWASP recommends.
func TestSafeHeaders(t *testing.T) {
	t.Parallel()
	settings := servertest.Embedded(t)
	settings["PLAYGROUND"] = "true"
	at := servertest.Start(t, settings)
	everywhere := map[string]string{
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
		"Cross-Origin-Resource-Policy": "same-origin", "X-Permitted-Cross-Domain-Policies": "none", "Strict-Transport-Security": "",
	}
	for _, path := range []string{"/graphql", "/graphql/stream", "/healthz", "/readyz", "/playground/", "/playground/session.json", "/", "/nothing"} {
		answer := servertest.Knock(t, http.MethodGet, at.URL+path, "")
		for name, value := range everywhere {
			servertest.Want(t, path+" "+name, answer.Header.Get(name), value)
		}
		page := path == "/playground/"
		csp := answer.Header.Get("Content-Security-Policy")
		if !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "default-src 'none'") == page || strings.Contains(csp, "script-src") {
			t.Errorf("%s: the policy is %s", path, csp)
		}
		if page != (answer.Header.Get("Permissions-Policy") != "") || page != (answer.Header.Get("Cross-Origin-Opener-Policy") == "same-origin") {
			t.Errorf("%s: the headers of a page: %v", path, answer.Header)
		}
		if !page {
			servertest.Want(t, "Cache-Control", answer.Header.Get("Cache-Control"), "no-store")
		}
	}
	for proto, value := range map[string]string{"https": "max-age=31536000", "https, http": "max-age=31536000", "http": "", "http, https": ""} {
		answer := servertest.Knock(t, http.MethodGet, at.URL+"/healthz", "", map[string]string{"X-Forwarded-Proto": proto})
		servertest.Want(t, "Strict-Transport-Security", answer.Header.Get("Strict-Transport-Security"), value)
	}
}

var made = regexp.MustCompile(`^[A-Z2-7]{26}$`)

// A request has the id that its client gave, if that id is safe in headers and logs.
func TestRequestIDs(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	for id, kept := range map[string]bool{
		"a": true, "0AF7651916cd43dd-8448_eb.211": true, strings.Repeat("x", 64): true,
		"": false, strings.Repeat("x", 65): false, "a b": false, "a,b": false, "a\tb": false, `a"b`: false, "ä": false, "<script>": false, "a=b": false,
	} {
		for _, path := range []string{"/graphql", "/healthz", "/nothing"} {
			got := servertest.Knock(t, http.MethodGet, at.URL+path, "", map[string]string{"X-Request-Id": id}).Header.Values("X-Request-Id")
			if len(got) != 1 || kept && got[0] != id || !kept && !made.MatchString(got[0]) {
				t.Errorf("%q at %s: got %q", id, path, got)
			}
		}
	}
	// Text after a line break is another header of the request to its reader, and not a header of the answer.
	answer := servertest.SendRaw(t, at, "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Request-Id: a\r\n Set-Cookie: b=c\r\nConnection: close\r\n\r\n")
	if strings.Contains(answer, "Set-Cookie") {
		t.Errorf("got %q", answer)
	}
}

// An error names its request, whichever layer refused it.
func TestErrorsNameTheirRequest(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	named := map[string]string{"X-Request-Id": "mine"}
	jsonKind := map[string]string{"Content-Type": "application/json", "Authorization": "Bearer " + ada.Token}
	for name, answer := range map[string]*servertest.Response{
		"argument":   servertest.Knock(t, http.MethodPost, at.URL+"/graphql", `{"query":"{ customers(first: 101) { asOf } }"}`, named, jsonKind),
		"syntax":     servertest.Knock(t, http.MethodPost, at.URL+"/graphql", `{"query":"{"}`, named, jsonKind),
		"validation": servertest.Knock(t, http.MethodPost, at.URL+"/graphql", `{"query":"{ nonsense }"}`, named, jsonKind),
		"body":       servertest.Knock(t, http.MethodPost, at.URL+"/graphql", `nonsense`, named, jsonKind),
		"form":       servertest.Knock(t, http.MethodPost, at.URL+"/graphql", `x=y`, named),
		"nobody":     servertest.Knock(t, http.MethodGet, at.URL+"/graphql", "", named),
		"a token":    servertest.Knock(t, http.MethodGet, at.URL+"/graphql", "", named, map[string]string{"Authorization": "Bearer x"}),
		"method":     servertest.Knock(t, http.MethodPut, at.URL+"/graphql", `{"query":"{ viewer { role } }"}`, named, jsonKind),
		"by GET":     servertest.Knock(t, http.MethodGet, at.URL+"/graphql?query=mutation{leaveRoom(room:%22a%22,clientId:%22a%22)}", "", named, jsonKind),
		"variables":  servertest.Knock(t, http.MethodGet, at.URL+"/graphql?query={viewer{role}}&variables=x", "", named, jsonKind),
		"stream":     servertest.Knock(t, http.MethodDelete, at.URL+"/graphql/stream", "", named, jsonKind),
	} {
		extensions := answer.Answer().At("errors.0.extensions")
		servertest.Want(t, name, extensions.Text("requestId"), "mine")
		extensions.At("code").Is(`"<text>"`)
		servertest.Want(t, "X-Request-Id", answer.Header.Get("X-Request-Id"), "mine")
	}
	header := map[string]string{"Accept": "text/event-stream", "X-Request-Id": "mine"}
	text := ada.Do(http.MethodPost, "/graphql", header, servertest.Object{"query": "subscription { nonsense }"}).Text()
	if !strings.Contains(text, `"requestId":"mine"`) {
		t.Errorf("got %s", text)
	}
}

// The operations of a socket are named by its upgrade and their number. The errors of a shared execution may go to
// many clients, so they name no request.
func TestErrorsOnSocketsNameTheirOperation(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	s, answer := servertest.UpgradeWith(t, at, map[string]string{"X-Request-Id": "mine"})
	servertest.Want(t, "X-Request-Id", answer.Header.Get("X-Request-Id"), "mine")
	servertest.Want(t, "viewer", s.SignIn(servertest.Object{"authorization": "Bearer " + ada.Token}), "ada")
	s.Read().At("type").Is(`"complete"`)
	s.Subscribe("2", `{ nonsense }`, nil)
	s.Read().At("payload.0.extensions.requestId").Is(`"mine.2"`)
	s.Subscribe("3", `{ activity(feed: {type: USER}) { nodes { id } } }`, nil)
	s.Read().At("payload.errors.0.extensions.requestId").Is(`"mine.3"`)
	s.Read().At("type").Is(`"complete"`)
	s.Subscribe("4", servertest.CustomerChanged, servertest.Object{"after": collab.Cursor{Epoch: 1, Position: 1}.String()})
	s.Read().At("payload.0.extensions.requestId").Is(`"mine.4"`)
	s.Subscribe("5", `subscription { entityChanged(maxPerSecond: 0) { cursor } }`, nil)
	s.Read().At("payload.0.extensions.requestId").Is(`"mine.5"`)
	s.Subscribe("6", `subscription { activity(feed: {type: USER}) { id } }`, nil)
	if id := s.Read().Text("payload.0.extensions.requestId"); !made.MatchString(id) {
		t.Errorf("an error of an execution has the id %q", id)
	}
}

// An operation that is refused before it begins has a number too.
func TestErrorsOfRefusedPayloadsNameTheirOperation(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	s, _ := servertest.UpgradeWith(t, at, map[string]string{"X-Request-Id": "mine"})
	s.SignIn(servertest.Object{"authorization": "Bearer " + ada.Token})
	s.Read().At("type").Is(`"complete"`)
	for i, payload := range []any{
		servertest.Object{"query": 1}, servertest.Object{"query": "{ viewer { role } }", "variables": []int{}}, servertest.Object{"extensions": servertest.Object{"x": 1}},
		servertest.Object{"documentId": "unknown"}, servertest.Object{"query": "{ viewer { role } }", "documentId": "wrong"}, json.RawMessage(`{"query": "{", "query": "{"}`),
	} {
		s.Write(servertest.Object{"id": "x", "type": "subscribe", "payload": payload})
		s.Read().At("payload.0.extensions.requestId").Is(fmt.Sprintf(`"mine.%d"`, i+2))
	}
}

// The error that a client was shown is found in the log.
func TestInternalErrorsAreLoggedWithTheirRequest(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"text", "json"} {
		var logged bytes.Buffer
		log, err := server.NewLogger(config.Settings{LogLevel: "info", LogFormat: format}, &logged)
		if err != nil {
			t.Fatal(err)
		}
		r := resolvers.New(nil, nil, nil, log.With("instance", 1), 0)
		shown := r.Present(requestid.With(context.Background(), "mine"), errors.New("the cause"))
		if !regexp.MustCompile(`the cause.*requestId"?[=:]"?mine`).MatchString(logged.String()) || strings.Contains(shown.Message, "cause") {
			t.Errorf("logged %s", &logged)
		}
		logged.Reset()
		log.Info("nobody's")
		if strings.Contains(logged.String(), "requestId") {
			t.Errorf("logged %s", &logged)
		}
	}
}

// At level debug every operation is logged with what identifies it: its kind and name, the organization, and the
// request.
func TestOperationsAreLoggedAtDebug(t *testing.T) {
	t.Parallel()
	logged := &servertest.LogBuffer{}
	at := servertest.StartLogging(t, map[string]string{"LOG_LEVEL": "debug"}, logged)
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	ada.Ask(`query Names { viewer { role } }`, nil)
	ada.Ask(`{ customers(first: 1) { asOf } }`, nil)
	s := ada.Connect()
	head := ada.Ask(`{ customers(first: 0) { asOf } }`, nil).Get("customers.asOf")
	s.Subscribe("1", servertest.CustomerChanged, servertest.Object{"after": head})
	ada.Create(servertest.Object{"name": "Hidden words"})
	s.Next("1")
	for _, line := range []string{
		`"query executed" .*instance=.* version=.* requestId=.* organization=acme person=ada operation=Names`,
		`"query executed" .*organization=acme person=ada operation=customers`,
		`"mutation executed" .*organization=acme`,
		`"subscription executed" .*operation=customerChanged`,
	} {
		if !regexp.MustCompile(line).MatchString(logged.String()) {
			t.Errorf("no line like %s in:\n%s", line, logged)
		}
	}
	if strings.Contains(logged.String(), "Hidden words") || strings.Contains(logged.String(), ada.Token) {
		t.Errorf("the log has data or tokens:\n%s", logged)
	}
}

// At start the log names the release, the database it runs on, and the ways to sign in.
func TestStartIsLogged(t *testing.T) {
	t.Parallel()
	logged := &servertest.LogBuffer{}
	servertest.StartLogging(t, map[string]string{"LOG_LEVEL": "info", "DATABSE_URL": "postgres://db/x"}, logged)
	for _, line := range []string{
		`level=INFO msg=starting .*version=.* database="SQLite, .*tandem.db \(new\)" redis="none: .*" sign-in="tokens and session cookies by AUTH_SECRET \(1\)" limits="a person: .*"`,
		`level=WARN msg="DATABSE_URL has no effect: it is not a setting; did you mean DATABASE_URL\?"`,
	} {
		if !regexp.MustCompile(line).MatchString(logged.String()) {
			t.Errorf("no line like %s in:\n%s", line, logged)
		}
	}
}

// A proxy that removes the Upgrade header is named as the cause, with and without a token.
func TestHandshakeWithoutUpgrade(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	handshake := map[string]string{"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Protocol": "graphql-transport-ws"}
	answer := servertest.Knock(t, http.MethodGet, at.URL+"/graphql", "", handshake, map[string]string{"Connection": "close"})
	servertest.Want(t, "status", answer.StatusCode, http.StatusUpgradeRequired)
	if text := answer.Text(); !strings.Contains(text, "have the proxy in front of the server pass Upgrade and Connection") {
		t.Errorf("got %s", text)
	}
}
