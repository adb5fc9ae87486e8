package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/transport"
	"tandem/resolvers"
)

// Every answer carries what OWASP recommends, whatever it is.
func TestSafeHeaders(t *testing.T) {
	t.Parallel()
	settings := embedded(t)
	settings["PLAYGROUND"] = "true"
	at := start(t, settings)
	everywhere := map[string]string{
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
		"Cross-Origin-Resource-Policy": "same-origin", "X-Permitted-Cross-Domain-Policies": "none", "Strict-Transport-Security": "",
	}
	for _, path := range []string{"/graphql", "/graphql/stream", "/healthz", "/readyz", "/playground/", "/playground/session.json", "/", "/nothing"} {
		answer := knock(t, http.MethodGet, at.url+path, "")
		for name, value := range everywhere {
			want(t, path+" "+name, answer.Header.Get(name), value)
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
			want(t, path+" Cache-Control", answer.Header.Get("Cache-Control"), "no-store")
		}
	}
	for proto, value := range map[string]string{"https": "max-age=31536000", "https, http": "max-age=31536000", "http": "", "http, https": ""} {
		answer := knock(t, http.MethodGet, at.url+"/healthz", "", map[string]string{"X-Forwarded-Proto": proto})
		want(t, proto+" Strict-Transport-Security", answer.Header.Get("Strict-Transport-Security"), value)
	}
}

var made = regexp.MustCompile(`^[A-Z2-7]{26}$`)

// A request has the id that its client gave, if it is fit to stand in headers and logs.
func TestRequestIDs(t *testing.T) {
	t.Parallel()
	at := start(t, embedded(t))
	for id, kept := range map[string]bool{
		"a": true, "0AF7651916cd43dd-8448_eb.211": true, strings.Repeat("x", 64): true,
		"": false, strings.Repeat("x", 65): false, "a b": false, "a,b": false, "a\tb": false, `a"b`: false, "ä": false, "<script>": false, "a=b": false,
	} {
		for _, path := range []string{"/graphql", "/healthz", "/nothing"} {
			got := knock(t, http.MethodGet, at.url+path, "", map[string]string{"X-Request-Id": id}).Header.Values("X-Request-Id")
			if len(got) != 1 || kept && got[0] != id || !kept && !made.MatchString(got[0]) {
				t.Errorf("%q at %s: got %q", id, path, got)
			}
		}
	}
	// Whatever follows a line break is another header to the reader of the request, and none of the answer.
	answer := sendRaw(t, at, "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Request-Id: a\r\n Set-Cookie: b=c\r\nConnection: close\r\n\r\n")
	if strings.Contains(answer, "Set-Cookie") {
		t.Errorf("got %q", answer)
	}
}

// sendRaw sends a request byte by byte, and returns the answer as it came.
func sendRaw(t *testing.T, at *instance, request string) string {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(at.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	if _, err := conn.Write([]byte(request)); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	return string(answer)
}

// decode reads the response in an answer.
func decode(t *testing.T, answer *response) (out object) {
	t.Helper()
	if err := json.Unmarshal([]byte(answer.text()), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// errorID is the id in the first error of a response.
func errorID(t *testing.T, errs any) string {
	t.Helper()
	list, _ := errs.([]any)
	if len(list) == 0 {
		t.Fatalf("no errors: %v", errs)
	}
	extensions, _ := list[0].(object)["extensions"].(object)
	id, _ := extensions["requestId"].(string)
	return id
}

// An error says which request it is of, at whatever layer it was refused.
func TestErrorsNameTheirRequest(t *testing.T) {
	t.Parallel()
	at := start(t, embedded(t))
	ada := join(t, at, "acme", "ada", collab.RoleMember)
	named := map[string]string{"X-Request-Id": "mine"}
	jsonKind := map[string]string{"Content-Type": "application/json", "Authorization": "Bearer " + ada.token}
	for name, answer := range map[string]*response{
		"argument":   knock(t, http.MethodPost, at.url+"/graphql", `{"query":"{ customers(first: 101) { asOf } }"}`, named, jsonKind),
		"syntax":     knock(t, http.MethodPost, at.url+"/graphql", `{"query":"{"}`, named, jsonKind),
		"validation": knock(t, http.MethodPost, at.url+"/graphql", `{"query":"{ nonsense }"}`, named, jsonKind),
		"body":       knock(t, http.MethodPost, at.url+"/graphql", `nonsense`, named, jsonKind),
		"form":       knock(t, http.MethodPost, at.url+"/graphql", `x=y`, named),
		"nobody":     knock(t, http.MethodGet, at.url+"/graphql", "", named),
		"a token":    knock(t, http.MethodGet, at.url+"/graphql", "", named, map[string]string{"Authorization": "Bearer x"}),
		"method":     knock(t, http.MethodPut, at.url+"/graphql", `{"query":"{ viewer { role } }"}`, named, jsonKind),
		"by GET":     knock(t, http.MethodGet, at.url+"/graphql?query=mutation{leaveRoom(room:%22a%22,clientId:%22a%22)}", "", named, jsonKind),
		"variables":  knock(t, http.MethodGet, at.url+"/graphql?query={viewer{role}}&variables=x", "", named, jsonKind),
		"stream":     knock(t, http.MethodDelete, at.url+"/graphql/stream", "", named, jsonKind),
	} {
		errs := decode(t, answer)["errors"]
		want(t, name, errorID(t, errs), "mine")
		if code, _ := errs.([]any)[0].(object)["extensions"].(object)["code"].(string); code == "" {
			t.Errorf("%s: no code in %v", name, errs)
		}
		want(t, name, answer.Header.Get("X-Request-Id"), "mine")
	}
	header := map[string]string{"Accept": "text/event-stream", "X-Request-Id": "mine"}
	text := ada.do(http.MethodPost, "/graphql", header, object{"query": "subscription { nonsense }"}).text()
	if !strings.Contains(text, `"requestId":"mine"`) {
		t.Errorf("got %s", text)
	}
}

// The operations of a socket are named by its upgrade, and by their number. What
// an execution says may be for many, so its id is nobody's.
func TestErrorsOnSocketsNameTheirOperation(t *testing.T) {
	t.Parallel()
	at := start(t, embedded(t))
	ada := join(t, at, "acme", "ada", collab.RoleMember)
	s, answer := upgradeWith(t, at, map[string]string{"X-Request-Id": "mine"})
	want(t, "X-Request-Id", answer.Header.Get("X-Request-Id"), "mine")
	want(t, "viewer", s.who(object{"authorization": "Bearer " + ada.token}), "ada")
	want(t, "type", s.read()["type"], "complete")
	s.subscribe("2", `{ nonsense }`, nil)
	want(t, "id", errorID(t, s.read()["payload"]), "mine.2")
	s.subscribe("3", `{ customers(first: 101) { asOf } }`, nil)
	want(t, "id", errorID(t, s.read()["payload"].(object)["errors"]), "mine.3")
	want(t, "type", s.read()["type"], "complete")
	s.subscribe("4", customerChanged, object{"after": collab.Cursor{Epoch: 1, Position: 1}.String()})
	want(t, "id", errorID(t, s.read()["payload"]), "mine.4")
	s.subscribe("5", `subscription { entityChanged(maxPerSecond: 0) { cursor } }`, nil)
	want(t, "id", errorID(t, s.read()["payload"]), "mine.5")
	s.subscribe("6", `subscription($f: String) { presence(room: "r", state: {editingField: $f}) { room } }`, object{"f": strings.Repeat("x", 101)})
	if id := errorID(t, s.read()["payload"]); !made.MatchString(id) {
		t.Errorf("an error of an execution has the id %q", id)
	}
}

// What a client was shown is found in the log.
func TestInternalErrorsAreLoggedWithTheirRequest(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"text", "json"} {
		var logged bytes.Buffer
		log, err := newLogger(settings{LogLevel: "info", LogFormat: format}, &logged)
		if err != nil {
			t.Fatal(err)
		}
		r := resolvers.New(nil, nil, nil, log.With("instance", 1))
		shown := r.Present(transport.WithRequestID(context.Background(), "mine"), errors.New("the cause"))
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

// At level debug every operation is logged, with what tells it apart: its kind and name, the organization, and the request.
func TestOperationsAreLoggedAtDebug(t *testing.T) {
	t.Parallel()
	logged := &logBuffer{}
	at := startLogging(t, map[string]string{"LOG_LEVEL": "debug"}, logged)
	ada := join(t, at, "acme", "ada", collab.RoleMember)
	ada.ask(`query Names { viewer { role } }`, nil)
	ada.ask(`{ customers(first: 1) { asOf } }`, nil)
	s := ada.connect()
	head := ada.ask(`{ customers(first: 0) { asOf } }`, nil)["customers"].(object)["asOf"]
	s.subscribe("1", customerChanged, object{"after": head})
	ada.create(object{"name": "Hidden words"})
	s.next("1")
	for _, line := range []string{
		`"query executed" .*instance=.* requestId=.* organization=acme operation=Names`,
		`"query executed" .*organization=acme operation=customers`,
		`"mutation executed" .*organization=acme`,
		`"subscription executed" .*operation=customerChanged`,
	} {
		if !regexp.MustCompile(line).MatchString(logged.String()) {
			t.Errorf("no line like %s in:\n%s", line, logged)
		}
	}
	if strings.Contains(logged.String(), "Hidden words") || strings.Contains(logged.String(), ada.token) {
		t.Errorf("the log has data or tokens:\n%s", logged)
	}
}

// The log says at start which release runs on which database, and who may sign in.
func TestStartIsLogged(t *testing.T) {
	t.Parallel()
	logged := &logBuffer{}
	startLogging(t, map[string]string{"LOG_LEVEL": "info", "DATABSE_URL": "postgres://db/x"}, logged)
	for _, line := range []string{
		`level=INFO msg=starting .*version=.* database="SQLite, .*tandem.db \(new\)" redis="none: .*" sign-in="tokens and session cookies by AUTH_SECRET \(1\)" limits="a person: .*"`,
		`level=WARN msg="DATABSE_URL has no effect: it is not a setting; did you mean DATABASE_URL\?"`,
	} {
		if !regexp.MustCompile(line).MatchString(logged.String()) {
			t.Errorf("no line like %s in:\n%s", line, logged)
		}
	}
}

// A proxy that takes out the Upgrade header is named as the cause, with and without a token.
func TestHandshakeWithoutUpgrade(t *testing.T) {
	t.Parallel()
	at := start(t, embedded(t))
	handshake := map[string]string{"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Protocol": "graphql-transport-ws"}
	answer := knock(t, http.MethodGet, at.url+"/graphql", "", handshake, map[string]string{"Connection": "close"})
	want(t, "status", answer.StatusCode, http.StatusUpgradeRequired)
	if text := answer.text(); !strings.Contains(text, "have the proxy in front of the server pass Upgrade and Connection") {
		t.Errorf("got %s", text)
	}
}
