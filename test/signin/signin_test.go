package signin_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

func TestAuthJSSessions(t *testing.T) {
	t.Parallel()
	var secrets []string
	for _, s := range servertest.Sessions(t) {
		secrets = append(secrets, s.Secret)
	}
	slices.Sort(secrets)
	at := servertest.SignInAt(t, strings.Join(slices.Compact(secrets), ","))
	for _, s := range servertest.Sessions(t) {
		header := map[string]string{"Cookie": s.Cookie, "Origin": at.URL, "Content-Type": "application/json"}
		text := servertest.Knock(t, http.MethodPost, at.URL+"/graphql", `{"query":"{ viewer { user { id name } role } }"}`, header).Text()
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

// A cookie signs a person in only if no page of a stranger can have made the browser send it.
func TestCookiesNeedAllowedOrigin(t *testing.T) {
	t.Parallel()
	s := servertest.Sessions(t)[0]
	at := servertest.SignInAt(t, s.Secret)
	const reads = "GET only"
	for name, tc := range map[string]struct {
		header map[string]string
		counts string // "yes", "no", or reads
	}{
		"our own":                    {map[string]string{"Origin": at.URL}, "yes"},
		"allowed":                    {map[string]string{"Origin": "https://crm.example"}, "yes"},
		"allowed by a pattern":       {map[string]string{"Origin": "https://eu.crm.example"}, "yes"},
		"a stranger":                 {map[string]string{"Origin": "https://evil.example"}, "no"},
		"a stranger named alike":     {map[string]string{"Origin": "https://crm.example.evil.example"}, "no"},
		"a stranger's end":           {map[string]string{"Origin": "https://evilcrm.example"}, "no"},
		"allowed without TLS":        {map[string]string{"Origin": "http://crm.example"}, "no"},
		"our host at another port":   {map[string]string{"Origin": "http://127.0.0.1:1"}, "no"},
		"our host, without its TLS":  {map[string]string{"Origin": at.URL, "X-Forwarded-Proto": "https"}, "no"},
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
			header := map[string]string{"Cookie": s.Cookie}
			maps.Copy(header, tc.header)
			maps.Copy(header, r.header)
			if r.body != "" {
				header["Content-Type"] = "application/json"
			}
			status := http.StatusUnauthorized
			if tc.counts == "yes" || tc.counts == reads && r.method == http.MethodGet {
				status = r.good
			}
			answer := servertest.Knock(t, r.method, at.URL+r.path, r.body, header)
			if answer.StatusCode != status {
				t.Errorf("%s, %s: got %s, want %d", name, kind, answer.Status, status)
			}
			if status == http.StatusUnauthorized {
				servertest.Want(t, "WWW-Authenticate", answer.Header.Get("WWW-Authenticate"), "Bearer")
			}
		}
	}
}

// A request that does not name its target is not of our own origin.
func TestCookiesWithoutAHost(t *testing.T) {
	t.Parallel()
	s := servertest.Sessions(t)[0]
	answer := servertest.SendRaw(t, servertest.SignInAt(t, s.Secret), "GET /graphql?query={viewer{role}} HTTP/1.0\r\nOrigin: null\r\nCookie: "+s.Cookie+"\r\n\r\n")
	if !strings.HasPrefix(answer, "HTTP/1.0 401 ") {
		t.Errorf("got %s", answer)
	}
}

// Only a client that has a token can send it, so it needs no origin, and takes precedence over a cookie.
func TestTokensNeedNoOrigin(t *testing.T) {
	t.Parallel()
	settings := servertest.Embedded(t)
	settings["AUTH_SECRET"] = servertest.Secret + "," + servertest.Sessions(t)[0].Secret
	at := servertest.Start(t, settings)
	ben := servertest.Join(t, at, "acme", "ben", collab.RoleMember)
	header := map[string]string{"Origin": "https://evil.example", "Cookie": servertest.Sessions(t)[0].Cookie}
	text := ben.Do(http.MethodPost, "/graphql", header, servertest.Object{"query": "{ viewer { user { id } } }"}).Want(http.StatusOK).Text()
	servertest.Want(t, "answer", text, `{"data":{"viewer":{"user":{"id":"ben"}}}}`)
	ben.Token = "nonsense"
	header["Origin"] = at.URL
	ben.Do(http.MethodPost, "/graphql", header, servertest.Object{"query": "{ viewer { user { id } } }"}).Want(http.StatusUnauthorized)
}

func TestSocketsSignInByCookie(t *testing.T) {
	t.Parallel()
	s := servertest.Sessions(t)[0]
	settings := servertest.Embedded(t)
	settings["AUTH_SECRET"] = s.Secret + "," + servertest.Secret
	settings["ALLOWED_ORIGINS"] = "https://crm.example"
	at := servertest.Start(t, settings)
	bearer := servertest.Object{"authorization": "Bearer " + servertest.Join(t, at, "acme", "ben", collab.RoleMember).Token}
	with := func(origin, cookie string) map[string]string {
		return map[string]string{"Origin": origin, "Cookie": cookie}
	}
	for name, tc := range map[string]struct {
		header  map[string]string
		status  int
		payload any
		who     string // "" if the socket is closed with 4403
	}{
		"our own origin":              {with(at.URL, s.Cookie), 101, nil, "ada"},
		"an empty payload":            {with(at.URL, s.Cookie), 101, servertest.Object{}, "ada"},
		"a payload of something else": {with(at.URL, s.Cookie), 101, servertest.Object{"client": "web"}, "ada"},
		"an allowed origin":           {with("https://crm.example", s.Cookie), 101, nil, "ada"},
		"a token wins":                {with(at.URL, s.Cookie), 101, bearer, "ben"},
		"a bad token wins too":        {with(at.URL, s.Cookie), 101, servertest.Object{"authorization": "Bearer nonsense"}, ""},
		"no text as a token":          {with(at.URL, s.Cookie), 101, servertest.Object{"authorization": 7}, ""},
		"a bad cookie":                {with(at.URL, "authjs.session-token=nonsense"), 101, nil, ""},
		"a bad cookie, a good token":  {with(at.URL, "authjs.session-token=nonsense"), 101, bearer, "ben"},
		"no cookie":                   {with(at.URL, "theme=dark"), 101, nil, ""},
		"no origin":                   {map[string]string{"Cookie": s.Cookie}, 101, nil, ""},
		"no origin, a good token":     {map[string]string{"Cookie": s.Cookie}, 101, bearer, "ben"},
		"no origin, typed in":         {map[string]string{"Cookie": s.Cookie, "Sec-Fetch-Site": "none"}, 101, nil, ""},
		"a stranger":                  {with("https://evil.example", s.Cookie), 403, nil, ""},
		"a stranger with a token":     {with("https://evil.example", ""), 403, bearer, ""},
		"null":                        {with("null", s.Cookie), 403, nil, ""},
		"a bad header, a good cookie": {map[string]string{"Origin": at.URL, "Cookie": s.Cookie, "Authorization": "Bearer nonsense"}, 401, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			open, answer := servertest.UpgradeWith(t, at, tc.header)
			if answer.StatusCode != tc.status {
				t.Fatalf("got %s, want %d", answer.Status, tc.status)
			}
			switch {
			case open == nil:
			case tc.who != "":
				servertest.Want(t, "viewer", open.SignIn(tc.payload), tc.who)
			default:
				open.Write(servertest.Object{"type": "connection_init", "payload": tc.payload})
				servertest.Want(t, "close code", open.CloseCode(), 4403)
			}
		})
	}
}
