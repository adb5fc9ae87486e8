package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"net/http"
	"strings"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/transport"
	"tandem/resolvers"
)

// A body that would be a thousand times as large is not unpacked, nor is any other.
func TestCompressedBodiesAreRefused(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleMember)
	var bomb bytes.Buffer
	packer := gzip.NewWriter(&bomb)
	_, _ = packer.Write([]byte(`{"query":"{ viewer { role } }"` + strings.Repeat(" ", 100<<20) + `}`))
	_ = packer.Close()
	for _, encoding := range []string{"gzip", "deflate", "br", "zstd", "identity, gzip", "x-gzip"} {
		for _, path := range []string{"/graphql", "/graphql/stream"} {
			answer := knock(t, http.MethodPost, ada.at.url+path, bomb.String(), map[string]string{
				"Authorization": "Bearer " + ada.token, "Content-Type": "application/json", "Content-Encoding": encoding,
			}).want(http.StatusUnsupportedMediaType)
			want(t, "Accept-Encoding", answer.Header.Get("Accept-Encoding"), "identity")
		}
	}
	ada.do(http.MethodPost, "/graphql", map[string]string{"Content-Encoding": "identity"}, object{"query": who}).want(http.StatusOK)
}

// A header or a parameter that says another method than the request has counts for nothing.
func TestMethodsAreWhatTheyAre(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleMember)
	const hide = `mutation A { setPresenceHidden(hidden: true) { presenceHidden } } query B { viewer { presenceHidden } }`
	for _, name := range []string{"X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"} {
		header := map[string]string{name: "POST", "Content-Type": "application/json"}
		for _, parameters := range []string{"operationName=A&", "operationName=A&_method=POST&", "operationName=B&operationName=A&", "operationName=A&operationName=B&"} {
			path := "/graphql?" + parameters + "query=" + strings.ReplaceAll(hide, " ", "%20")
			ada.do(http.MethodGet, path, header, nil)
			ada.do(http.MethodGet, path, header, object{"query": hide, "operationName": "A"})
			ada.do(http.MethodHead, path, header, nil)
		}
		ada.do(http.MethodPost, "/graphql", map[string]string{name: "GET"}, object{"query": who}).want(http.StatusOK)
	}
	want(t, "hidden", ada.ask("{ viewer { presenceHidden } }", nil)["viewer"].(object)["presenceHidden"], false)
	for _, method := range []string{"PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "get", "post"} {
		answer := sendRaw(t, ada.at, method+" /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+ada.token+
			"\r\nContent-Type: application/json\r\nContent-Length: 31\r\nConnection: close\r\n\r\n"+`{"query":"{ viewer { role } }"}`)
		if strings.HasPrefix(answer, "HTTP/1.1 2") || strings.Contains(answer, "MEMBER") {
			t.Errorf("%s: got %s", method, answer)
		}
	}
}

// Which operation of a document runs is said by its name, or nothing runs.
func TestOperationNamesAreNotGuessed(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleMember)
	const two = `mutation A { setPresenceHidden(hidden: true) { presenceHidden } } query B { viewer { presenceHidden } }`
	for _, name := range []any{nil, "", "C", "a", "A ", "B\u0000", "__proto__"} {
		response := ada.do(http.MethodPost, "/graphql", nil, object{"query": two, "operationName": name}).object()
		code := firstError(t, response["errors"])["code"]
		if code != "GRAPHQL_VALIDATION_FAILED" && code != "BAD_USER_INPUT" {
			t.Errorf("%q: got %v", name, response)
		}
	}
	for _, other := range []string{"subscription", "mutation"} { // one of each name, and none may run
		text := ada.do(http.MethodPost, "/graphql", nil, object{"query": "query A { viewer { role } } " + other + " A { __typename }"}).text()
		if strings.Contains(text, `"role"`) {
			t.Errorf("got %s", text)
		}
	}
	want(t, "hidden", ada.ask("{ viewer { presenceHidden } }", nil)["viewer"].(object)["presenceHidden"], false)
}

// Bodies that two readers could take for different things.
func TestBodiesMeanOneThing(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, listOf(t, manifest())), "acme", "ada", collab.RoleMember)
	post := func(body string) string {
		return knock(t, http.MethodPost, ada.at.url+"/graphql", body, map[string]string{
			"Authorization": "Bearer " + ada.token, "Content-Type": "application/json"}).text()
	}
	const secret, listed = `{ viewer { presenceHidden } }`, `"documentId":"` // of which only the second may run
	for _, body := range []string{
		`{"query":"` + secret + `",` + listed + hash(listedQuery) + `"}`,
		`{` + listed + hash(listedQuery) + `","query":"` + secret + `"}`,
		`{` + listed + hash(listedQuery) + `","Query":"` + secret + `"}`,
		`{` + listed + hash(listedQuery) + `","documentid":"` + hash(secret) + `","QUERY":"` + secret + `"}`,
		`{"query":"` + secret + `","query":"","documentId":"` + hash(listedQuery) + `"}`,
		`{"query":"","query":"` + secret + `","documentId":"` + hash(listedQuery) + `"}`,
		`{"query":null,"Query":"` + secret + `","documentId":"` + hash(listedQuery) + `"}`,
		`{"__proto__":{"query":"` + secret + `"}}`,
		`{"query":"` + secret + `","extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + hash(listedQuery) + `"}}}`,
		`{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + hash(listedQuery) + `"}},"Extensions":{},"qUery":"` + secret + `"}`,
		"{\"query\":\"" + secret + "\",\"\u017fquery\":1,\"documentId\":\"" + hash(listedQuery) + "\"}",
		`[{"query":"` + secret + `"}]`,
		`{"query":"` + secret + `"}{"query":"` + secret + `"}`,
	} {
		if text := post(body); strings.Contains(text, "presenceHidden\":") {
			t.Errorf("%s ran what is not listed: %s", body, text)
		}
	}
	if text := post(`{"documentId":"` + hash(listedQuery) + `"}`); !strings.Contains(text, `"data"`) {
		t.Errorf("what is listed does not run, so this shows nothing: %s", text)
	}
	for _, body := range []string{
		strings.Repeat("[", 500_000), `{"variables":` + strings.Repeat(`{"a":`, 150_000) + `1` + strings.Repeat("}", 150_000) + `}`,
		`{"query":"\ud800"}`, `{"query":"\u0000"}`, "{\"query\":\"\xff\"}", `{"query":"{ viewer { role } }","variables":{"a":1e999999999}}`, "\ufeff{}", "",
	} {
		text := post(body)
		if !strings.Contains(text, `"errors"`) || strings.Contains(text, "INTERNAL") || insides.MatchString(requestID.ReplaceAllString(text, "")) {
			t.Errorf("%.60q is answered with %s", body, text)
		}
	}
}

// Where a request ends is said once. What is behind an end that could be two is not
// answered as another request, or a proxy could be made to hand it to somebody else.
func TestRequestsHaveOneEnd(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleMember)
	head := "POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + ada.token + "\r\nContent-Type: application/json\r\n"
	const behind = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
	for name, request := range map[string]string{
		"two lengths":             head + "Content-Length: 0\r\nContent-Length: 200\r\n\r\n",
		"a list of lengths":       head + "Content-Length: 0, 200\r\n\r\n",
		"a length with a sign":    head + "Content-Length: +0\r\n\r\n",
		"chunks of another kind":  head + "Transfer-Encoding: xchunked\r\n\r\n",
		"chunks, and no chunks":   head + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
		"a space before a colon":  head + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
		"a header in two lines":   head + "Transfer-Encoding:\r\n chunked\r\n\r\n",
		"chunks of a wrong size":  head + "Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n",
		"an upgrade with a body":  "GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 12\r\nContent-Length: 9999\r\n\r\n",
		"a line of HTTP/0.9":      "GET /graphql\r\n\r\n",
		"the preface of HTTP/2":   "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"an upgrade to something": "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nConnection: close\r\n\r\n",
	} {
		answer := sendRaw(t, ada.at, request+behind)
		if n := strings.Count(answer, "HTTP/1."); n > 1 {
			t.Errorf("%s: %d answers: %s", name, n, answer)
		}
	}
}

// A token counts in its header and in connection_init, and nowhere else: what stands
// in a URL stands in logs.
func TestTokensInURLsCountForNothing(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleMember)
	for _, name := range []string{"token", "access_token", "authorization", "Authorization", "jwt", "id_token", "authjs.session-token"} {
		for _, path := range []string{"/graphql", "/graphql/stream"} {
			address := ada.at.url + path + "?query={viewer{role}}&" + name + "=" + ada.token
			for _, accept := range []string{"*/*", "text/event-stream"} {
				knock(t, http.MethodGet, address, "", map[string]string{"Accept": accept}).want(http.StatusUnauthorized)
			}
		}
	}
}

// What a client sent makes no line of the log of its own, and moves no cursor of who reads it.
func TestLogLinesAreNotForged(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"text", "json"} {
		var logged bytes.Buffer
		log, err := newLogger(settings{LogLevel: "debug", LogFormat: format}, &logged)
		if err != nil {
			t.Fatal(err)
		}
		const evil = "a\r\ntime=2026-01-01T00:00:00Z level=ERROR msg=forged\x1b[2J\u2028\u202e"
		resolvers.New(nil, nil, nil, log).Present(transport.WithRequestID(t.Context(), evil), errors.New(evil))
		if lines := strings.Count(logged.String(), "\n"); lines != 1 || strings.ContainsAny(logged.String(), "\r\x1b") {
			t.Errorf("%s: logged %q", format, &logged)
		}
	}
}
