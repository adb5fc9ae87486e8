package security_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"net/http"
	"strings"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/config"
	"tandem/internal/requestid"
	"tandem/internal/server"
	"tandem/internal/servertest"
	"tandem/resolvers"
)

// A body that would unpack to a thousand times its size is not unpacked, nor is any other.
func TestCompressedBodiesAreRefused(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	var bomb bytes.Buffer
	packer := gzip.NewWriter(&bomb)
	_, _ = packer.Write([]byte(`{"query":"{ viewer { role } }"` + strings.Repeat(" ", 100<<20) + `}`))
	_ = packer.Close()
	for _, encoding := range []string{"gzip", "deflate", "br", "zstd", "identity, gzip", "x-gzip"} {
		for _, path := range []string{"/graphql", "/graphql/stream"} {
			answer := servertest.Knock(t, http.MethodPost, ada.At.URL+path, bomb.String(), map[string]string{
				"Authorization": "Bearer " + ada.Token, "Content-Type": "application/json", "Content-Encoding": encoding,
			}).Want(http.StatusUnsupportedMediaType)
			servertest.Want(t, "Accept-Encoding", answer.Header.Get("Accept-Encoding"), "identity")
		}
	}
	ada.Do(http.MethodPost, "/graphql", map[string]string{"Content-Encoding": "identity"}, servertest.Object{"query": servertest.Who}).Want(http.StatusOK)
}

// A header or a parameter that names a method other than the request's is ignored.
func TestMethodOverridesAreIgnored(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	const hide = `mutation A { setPresenceHidden(hidden: true) { presenceHidden } } query B { viewer { presenceHidden } }`
	for _, name := range []string{"X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"} {
		header := map[string]string{name: "POST", "Content-Type": "application/json"}
		for _, parameters := range []string{"operationName=A&", "operationName=A&_method=POST&", "operationName=B&operationName=A&", "operationName=A&operationName=B&"} {
			path := "/graphql?" + parameters + "query=" + strings.ReplaceAll(hide, " ", "%20")
			ada.Do(http.MethodGet, path, header, nil)
			ada.Do(http.MethodGet, path, header, servertest.Object{"query": hide, "operationName": "A"})
			ada.Do(http.MethodHead, path, header, nil)
		}
		ada.Do(http.MethodPost, "/graphql", map[string]string{name: "GET"}, servertest.Object{"query": servertest.Who}).Want(http.StatusOK)
	}
	ada.Ask("{ viewer { presenceHidden } }", nil).Is(`{"viewer": {"presenceHidden": false}}`)
	for _, method := range []string{"PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "get", "post"} {
		answer := servertest.SendRaw(t, ada.At, method+" /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+ada.Token+
			"\r\nContent-Type: application/json\r\nContent-Length: 31\r\nConnection: close\r\n\r\n"+`{"query":"{ viewer { role } }"}`)
		if strings.HasPrefix(answer, "HTTP/1.1 2") || strings.Contains(answer, "MEMBER") {
			t.Errorf("%s: got %s", method, answer)
		}
	}
}

// The name of an operation selects which one of a document runs; without a valid name none runs.
func TestOperationNamesAreNotGuessed(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	const two = `mutation A { setPresenceHidden(hidden: true) { presenceHidden } } query B { viewer { presenceHidden } }`
	for _, name := range []any{nil, "", "C", "a", "A ", "B\u0000", "__proto__"} {
		response := ada.Do(http.MethodPost, "/graphql", nil, servertest.Object{"query": two, "operationName": name}).Answer()
		code := response.Code()
		if code != "GRAPHQL_VALIDATION_FAILED" && code != "BAD_USER_INPUT" {
			t.Errorf("%q: got %v", name, response)
		}
	}
	for _, other := range []string{"subscription", "mutation"} { // two operations of one name: neither may run
		text := ada.Do(http.MethodPost, "/graphql", nil, servertest.Object{"query": "query A { viewer { role } } " + other + " A { __typename }"}).Text()
		if strings.Contains(text, `"role"`) {
			t.Errorf("got %s", text)
		}
	}
	ada.Ask("{ viewer { presenceHidden } }", nil).Is(`{"viewer": {"presenceHidden": false}}`)
}

// Bodies that two readers could read differently.
func TestAmbiguousBodiesAreRefused(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.ListOf(t, servertest.Manifest())), "acme", "ada", collab.RoleMember)
	post := func(body string) string {
		return servertest.Knock(t, http.MethodPost, ada.At.URL+"/graphql", body, map[string]string{
			"Authorization": "Bearer " + ada.Token, "Content-Type": "application/json"}).Text()
	}
	const secret, listed = `{ viewer { presenceHidden } }`, `"documentId":"` // only the second of them may run
	for _, body := range []string{
		`{"query":"` + secret + `",` + listed + servertest.Hash(servertest.ListedQuery) + `"}`,
		`{` + listed + servertest.Hash(servertest.ListedQuery) + `","query":"` + secret + `"}`,
		`{` + listed + servertest.Hash(servertest.ListedQuery) + `","Query":"` + secret + `"}`,
		`{` + listed + servertest.Hash(servertest.ListedQuery) + `","documentid":"` + servertest.Hash(secret) + `","QUERY":"` + secret + `"}`,
		`{"query":"` + secret + `","query":"","documentId":"` + servertest.Hash(servertest.ListedQuery) + `"}`,
		`{"query":"","query":"` + secret + `","documentId":"` + servertest.Hash(servertest.ListedQuery) + `"}`,
		`{"query":null,"Query":"` + secret + `","documentId":"` + servertest.Hash(servertest.ListedQuery) + `"}`,
		`{"__proto__":{"query":"` + secret + `"}}`,
		`{"query":"` + secret + `","extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + servertest.Hash(servertest.ListedQuery) + `"}}}`,
		`{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + servertest.Hash(servertest.ListedQuery) + `"}},"Extensions":{},"qUery":"` + secret + `"}`,
		"{\"query\":\"" + secret + "\",\"\u017fquery\":1,\"documentId\":\"" + servertest.Hash(servertest.ListedQuery) + "\"}",
		`[{"query":"` + secret + `"}]`,
		`{"query":"` + secret + `"}{"query":"` + secret + `"}`,
	} {
		if text := post(body); strings.Contains(text, "presenceHidden\":") {
			t.Errorf("%s ran what is not listed: %s", body, text)
		}
	}
	if text := post(`{"documentId":"` + servertest.Hash(servertest.ListedQuery) + `"}`); !strings.Contains(text, `"data"`) {
		t.Errorf("what is listed does not run, so this shows nothing: %s", text)
	}
	for _, body := range []string{
		strings.Repeat("[", 500_000), `{"variables":` + strings.Repeat(`{"a":`, 150_000) + `1` + strings.Repeat("}", 150_000) + `}`,
		`{"query":"\ud800"}`, `{"query":"\u0000"}`, "{\"query\":\"\xff\"}", `{"query":"{ viewer { role } }","variables":{"a":1e999999999}}`, "\ufeff{}", "",
	} {
		text := post(body)
		if !strings.Contains(text, `"errors"`) || strings.Contains(text, "INTERNAL") || servertest.Insides.MatchString(servertest.RequestID.ReplaceAllString(text, "")) {
			t.Errorf("%.60q is answered with %s", body, text)
		}
	}
}

// A request has one end. Bytes after an ambiguous end are not answered as another request, because a proxy could
// be made to give that answer to somebody else.
func TestRequestSmuggling(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	head := "POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + ada.Token + "\r\nContent-Type: application/json\r\n"
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
		answer := servertest.SendRaw(t, ada.At, request+behind)
		if n := strings.Count(answer, "HTTP/1."); n > 1 {
			t.Errorf("%s: %d answers: %s", name, n, answer)
		}
	}
}

// A token counts in its header and in connection_init, and nowhere else: URLs appear in logs.
func TestTokensInURLsAreIgnored(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	for _, name := range []string{"token", "access_token", "authorization", "Authorization", "jwt", "id_token", "authjs.session-token"} {
		for _, path := range []string{"/graphql", "/graphql/stream"} {
			address := ada.At.URL + path + "?query={viewer{role}}&" + name + "=" + ada.Token
			for _, accept := range []string{"*/*", "text/event-stream"} {
				servertest.Knock(t, http.MethodGet, address, "", map[string]string{"Accept": accept}).Want(http.StatusUnauthorized)
			}
		}
	}
}

// Text that a client sent never starts a log line of its own, and does not move the cursor in the terminal of a
// reader.
func TestLogLinesAreNotForged(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"text", "json"} {
		var logged bytes.Buffer
		log, err := server.NewLogger(config.Settings{LogLevel: "debug", LogFormat: format}, &logged)
		if err != nil {
			t.Fatal(err)
		}
		const evil = "a\r\ntime=2026-01-01T00:00:00Z level=ERROR msg=forged\x1b[2J\u2028\u202e"
		resolvers.New(nil, nil, nil, log, 0).Present(requestid.With(t.Context(), evil), errors.New(evil))
		if lines := strings.Count(logged.String(), "\n"); lines != 1 || strings.ContainsAny(logged.String(), "\r\x1b") {
			t.Errorf("%s: logged %q", format, &logged)
		}
	}
}
