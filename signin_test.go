package main

import (
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"tandem/internal/collab"
)

// A session is a cookie that Auth.js made for Ada, and the secret that it made it with.
type session struct{ secret, cookie string }

// sessions returns those of internal/auth/testdata/sessions.json that are good.
func sessions(t *testing.T) (out []session) {
	t.Helper()
	encoded, err := os.ReadFile("internal/auth/testdata/sessions.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Secret, Wrong string
		Cookies       [][2]string
	}
	if err := json.Unmarshal(encoded, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		var parts []string
		for _, cookie := range v.Cookies {
			parts = append(parts, cookie[0]+"="+cookie[1])
		}
		if v.Wrong == "" {
			out = append(out, session{v.Secret, strings.Join(parts, "; ")})
		}
	}
	return out
}

// signInAt starts an instance that takes a session, and lets pages of crm.example in.
func signInAt(t *testing.T, secret string) *instance {
	settings := embedded(t)
	settings["AUTH_SECRET"] = secret
	settings["ALLOWED_ORIGINS"] = "https://crm.example,https://*.crm.example"
	return start(t, settings)
}

// knock sends a request as it is, and returns the answer.
func knock(t *testing.T, method, address, body string, headers ...map[string]string) *response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, header := range headers {
		for name, value := range header {
			request.Header.Set(name, value)
		}
	}
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = answer.Body.Close() })
	return &response{t, answer}
}

func TestEverySessionOfAuthJSSignsIn(t *testing.T) {
	t.Parallel()
	var secrets []string
	for _, s := range sessions(t) {
		secrets = append(secrets, s.secret)
	}
	slices.Sort(secrets)
	at := signInAt(t, strings.Join(slices.Compact(secrets), ","))
	for _, s := range sessions(t) {
		header := map[string]string{"Cookie": s.cookie, "Origin": at.url, "Content-Type": "application/json"}
		text := knock(t, http.MethodPost, at.url+"/graphql", `{"query":"{ viewer { user { id name } role } }"}`, header).text()
		if text != `{"data":{"viewer":{"user":{"id":"ada","name":"Ada Lindqvist"},"role":"MEMBER"}}}` {
			t.Errorf("got %s", text)
		}
	}
}

// requests are all the ways to send an operation over HTTP.
var requests = map[string]struct {
	method, path, body string
	header             map[string]string
	good               int
}{
	"POST":          {http.MethodPost, "/graphql", `{"query":"{ viewer { role } }"}`, nil, http.StatusOK},
	"GET":           {http.MethodGet, "/graphql?query={viewer{role}}", "", nil, http.StatusOK},
	"event stream":  {http.MethodPost, "/graphql", `{"query":"{ viewer { role } }"}`, map[string]string{"Accept": "text/event-stream"}, http.StatusOK},
	"EventSource":   {http.MethodGet, "/graphql?query={viewer{role}}", "", map[string]string{"Accept": "text/event-stream"}, http.StatusOK},
	"in parts":      {http.MethodPost, "/graphql", `{"query":"{ viewer { role } }"}`, map[string]string{"Accept": "multipart/mixed;subscriptionSpec=1.0"}, http.StatusOK},
	"reserve":       {http.MethodPut, "/graphql/stream", "", nil, http.StatusCreated},
	"single stream": {http.MethodGet, "/graphql/stream", "", map[string]string{"Accept": "text/event-stream"}, http.StatusNotFound},
}

// A cookie says who asks only if no page of a stranger can have made the browser send it.
func TestCookiesCountFromAllowedOriginsOnly(t *testing.T) {
	t.Parallel()
	s := sessions(t)[0]
	at := signInAt(t, s.secret)
	const reads = "GET only"
	for name, tc := range map[string]struct {
		header map[string]string
		counts string // "yes", "no", or reads
	}{
		"our own":                    {map[string]string{"Origin": at.url}, "yes"},
		"allowed":                    {map[string]string{"Origin": "https://crm.example"}, "yes"},
		"allowed by a pattern":       {map[string]string{"Origin": "https://eu.crm.example"}, "yes"},
		"a stranger":                 {map[string]string{"Origin": "https://evil.example"}, "no"},
		"a stranger named alike":     {map[string]string{"Origin": "https://crm.example.evil.example"}, "no"},
		"a stranger's end":           {map[string]string{"Origin": "https://evilcrm.example"}, "no"},
		"allowed without TLS":        {map[string]string{"Origin": "http://crm.example"}, "no"},
		"our host at another port":   {map[string]string{"Origin": "http://127.0.0.1:1"}, "no"},
		"our host, without its TLS":  {map[string]string{"Origin": at.url, "X-Forwarded-Proto": "https"}, "no"},
		"null":                       {map[string]string{"Origin": "null"}, "no"},
		"a stranger who says same":   {map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"}, "no"},
		"no origin, same origin":     {map[string]string{"Sec-Fetch-Site": "same-origin"}, "yes"},
		"no origin, typed in":        {map[string]string{"Sec-Fetch-Site": "none"}, reads},
		"no origin, same site":       {map[string]string{"Sec-Fetch-Site": "same-site"}, "no"},
		"no origin, cross-site":      {map[string]string{"Sec-Fetch-Site": "cross-site"}, "no"},
		"no origin, an old browser":  {nil, "no"},
		"no origin, but a preflight": {map[string]string{"Apollo-Require-Preflight": "1"}, "no"},
	} {
		for kind, r := range requests {
			header := map[string]string{"Cookie": s.cookie}
			maps.Copy(header, tc.header)
			maps.Copy(header, r.header)
			if r.body != "" {
				header["Content-Type"] = "application/json"
			}
			status := http.StatusUnauthorized
			if tc.counts == "yes" || tc.counts == reads && r.method == http.MethodGet {
				status = r.good
			}
			answer := knock(t, r.method, at.url+r.path, r.body, header)
			if answer.StatusCode != status {
				t.Errorf("%s, %s: got %s, want %d", name, kind, answer.Status, status)
			}
			if status == http.StatusUnauthorized {
				want(t, "WWW-Authenticate", answer.Header.Get("WWW-Authenticate"), "Bearer")
			}
		}
	}
}

// A request that says nothing of where it goes is not of our own origin.
func TestCookiesWithoutAHost(t *testing.T) {
	t.Parallel()
	s := sessions(t)[0]
	answer := sendRaw(t, signInAt(t, s.secret), "GET /graphql?query={viewer{role}} HTTP/1.0\r\nOrigin: null\r\nCookie: "+s.cookie+"\r\n\r\n")
	if !strings.HasPrefix(answer, "HTTP/1.0 401 ") {
		t.Errorf("got %s", answer)
	}
}

// A token is sent only by a client that has it, so it needs no origin, and comes before a cookie.
func TestTokensCountFromEverywhere(t *testing.T) {
	t.Parallel()
	settings := embedded(t)
	settings["AUTH_SECRET"] = secret + "," + sessions(t)[0].secret
	at := start(t, settings)
	ben := join(t, at, "acme", "ben", collab.RoleMember)
	header := map[string]string{"Origin": "https://evil.example", "Cookie": sessions(t)[0].cookie}
	text := ben.do(http.MethodPost, "/graphql", header, object{"query": "{ viewer { user { id } } }"}).want(http.StatusOK).text()
	want(t, "answer", text, `{"data":{"viewer":{"user":{"id":"ben"}}}}`)
	ben.token = "nonsense"
	header["Origin"] = at.url
	ben.do(http.MethodPost, "/graphql", header, object{"query": "{ viewer { user { id } } }"}).want(http.StatusUnauthorized)
}

// upgradeWith opens a socket with headers, or none if it is refused, and returns the answer.
func upgradeWith(t *testing.T, at *instance, header map[string]string) (*socket, *http.Response) {
	t.Helper()
	options := &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: http.Header{}}
	for name, value := range header {
		options.HTTPHeader.Set(name, value)
	}
	conn, answer, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(at.url, "http")+"/graphql", options)
	if err != nil {
		return nil, answer
	}
	return &socket{t: t, conn: hear(t, conn)}, answer
}

// who says who a socket is, after it has signed in with a payload.
func (s *socket) who(payload any) string {
	s.t.Helper()
	s.write(object{"type": "connection_init", "payload": payload})
	want(s.t, "type", s.read()["type"], "connection_ack")
	s.subscribe("1", `{ viewer { user { id } } }`, nil)
	return s.next("1")["viewer"].(object)["user"].(object)["id"].(string)
}

func TestSocketsSignInByCookie(t *testing.T) {
	t.Parallel()
	s := sessions(t)[0]
	settings := embedded(t)
	settings["AUTH_SECRET"] = s.secret + "," + secret
	settings["ALLOWED_ORIGINS"] = "https://crm.example"
	at := start(t, settings)
	bearer := object{"authorization": "Bearer " + join(t, at, "acme", "ben", collab.RoleMember).token}
	with := func(origin, cookie string) map[string]string {
		return map[string]string{"Origin": origin, "Cookie": cookie}
	}
	for name, tc := range map[string]struct {
		header  map[string]string
		status  int
		payload any
		who     string // or "", if the socket is closed with 4403
	}{
		"our own origin":              {with(at.url, s.cookie), 101, nil, "ada"},
		"an empty payload":            {with(at.url, s.cookie), 101, object{}, "ada"},
		"a payload of something else": {with(at.url, s.cookie), 101, object{"client": "web"}, "ada"},
		"an allowed origin":           {with("https://crm.example", s.cookie), 101, nil, "ada"},
		"a token wins":                {with(at.url, s.cookie), 101, bearer, "ben"},
		"a bad token wins too":        {with(at.url, s.cookie), 101, object{"authorization": "Bearer nonsense"}, ""},
		"no text as a token":          {with(at.url, s.cookie), 101, object{"authorization": 7}, ""},
		"a bad cookie":                {with(at.url, "authjs.session-token=nonsense"), 101, nil, ""},
		"a bad cookie, a good token":  {with(at.url, "authjs.session-token=nonsense"), 101, bearer, "ben"},
		"no cookie":                   {with(at.url, "theme=dark"), 101, nil, ""},
		"no origin":                   {map[string]string{"Cookie": s.cookie}, 101, nil, ""},
		"no origin, a good token":     {map[string]string{"Cookie": s.cookie}, 101, bearer, "ben"},
		"no origin, typed in":         {map[string]string{"Cookie": s.cookie, "Sec-Fetch-Site": "none"}, 101, nil, ""},
		"a stranger":                  {with("https://evil.example", s.cookie), 403, nil, ""},
		"a stranger with a token":     {with("https://evil.example", ""), 403, bearer, ""},
		"null":                        {with("null", s.cookie), 403, nil, ""},
		"a bad header, a good cookie": {map[string]string{"Origin": at.url, "Cookie": s.cookie, "Authorization": "Bearer nonsense"}, 401, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			open, answer := upgradeWith(t, at, tc.header)
			if answer.StatusCode != tc.status {
				t.Fatalf("got %s, want %d", answer.Status, tc.status)
			}
			switch {
			case open == nil:
			case tc.who != "":
				want(t, "viewer", open.who(tc.payload), tc.who)
			default:
				open.write(object{"type": "connection_init", "payload": tc.payload})
				want(t, "close code", open.closeCode(), 4403)
			}
		})
	}
}
