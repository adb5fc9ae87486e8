package main

import (
	"net/http"
	"strings"
	"testing"

	"tandem/internal/collab"
)

// A form, which any page can send with the browser's cookies, is refused from every page.
func TestFormsAreRefused(t *testing.T) {
	t.Parallel()
	at := start(t, embedded(t))
	ada := join(t, at, "acme", "ada", collab.RoleMember)
	for _, kind := range []string{
		"", "text/plain", "text/plain; charset=utf-8", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
		"text/plain; x=application/json", "text/plain, application/json", "application/jsonp", "application/graphql",
	} {
		for _, path := range []string{"/graphql", "/graphql/stream"} {
			header := map[string]string{"Authorization": "Bearer " + ada.token, "Content-Type": kind}
			answer := knock(t, http.MethodPost, at.url+path, `{"query":"{ viewer { role } }"}`, header).want(http.StatusUnsupportedMediaType)
			if text := answer.text(); !strings.Contains(text, "Content-Type: application/json") || !strings.Contains(text, `"code":"BAD_USER_INPUT"`) {
				t.Errorf("%s: %s", kind, text)
			}
		}
	}
}

// Nothing that a link can do changes anything.
func TestGETChangesNothing(t *testing.T) {
	t.Parallel()
	at := start(t, embedded(t))
	ada := join(t, at, "acme", "ada", collab.RoleMember)
	mutation := "query=mutation{setPresenceHidden(hidden:true){presenceHidden}}&extensions={\"operationId\":\"1\"}"
	refused := map[string]int{"": http.StatusNotAcceptable, "text/event-stream": http.StatusMethodNotAllowed,
		"multipart/mixed;subscriptionSpec=1.0": http.StatusNotAcceptable}
	for accept, status := range refused {
		text := ada.do(http.MethodGet, "/graphql?"+mutation, map[string]string{"Accept": accept}, nil).want(status).text()
		if !strings.Contains(text, `"code":"BAD_USER_INPUT"`) {
			t.Errorf("got %s", text)
		}
	}
	ada.do(http.MethodGet, "/graphql/stream?"+mutation+"&token="+ada.reserve().token, nil, nil).want(http.StatusMethodNotAllowed)
	want(t, "hidden", ada.ask("{ viewer { presenceHidden } }", nil)["viewer"].(object)["presenceHidden"], false)
}

func TestPreflights(t *testing.T) {
	t.Parallel()
	at := signInAt(t, secret)
	keysOnly := embedded(t)
	keysOnly["AUTH_SECRET"], keysOnly["AUTH_JWKS_URL"], keysOnly["ALLOWED_ORIGINS"] = "", "http://127.0.0.1:1/keys", "*"
	anybody := start(t, keysOnly)
	for name, tc := range map[string]struct {
		at                  *instance
		origin              string
		allowed, credential string
	}{
		"allowed":       {at, "https://crm.example", "https://crm.example", "true"},
		"by a pattern":  {at, "https://eu.crm.example", "https://eu.crm.example", "true"},
		"a stranger":    {at, "https://evil.example", "", ""},
		"null":          {at, "null", "", ""},
		"for everybody": {anybody, "https://evil.example", "*", ""}, // no cookie counts there
	} {
		ask := map[string]string{"Origin": tc.origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
		for what, answer := range map[string]*response{
			"preflight": knock(t, http.MethodOptions, tc.at.url+"/graphql", "", ask),
			"request":   knock(t, http.MethodGet, tc.at.url+"/graphql?query={viewer{role}}", "", map[string]string{"Origin": tc.origin}),
		} {
			want(t, name+", "+what+", origin", answer.Header.Get("Access-Control-Allow-Origin"), tc.allowed)
			want(t, name+", "+what+", credentials", answer.Header.Get("Access-Control-Allow-Credentials"), tc.credential)
			if !strings.Contains(strings.Join(answer.Header.Values("Vary"), ","), "Origin") {
				t.Errorf("%s, %s: Vary is %q", name, what, answer.Header.Values("Vary"))
			}
		}
	}
}
