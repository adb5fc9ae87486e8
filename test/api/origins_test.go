package api_test

import (
	"net/http"
	"strings"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// A form, which any page can send with the browser's cookies, is refused from every page.
func TestFormsAreRefused(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	for _, kind := range []string{
		"", "text/plain", "text/plain; charset=utf-8", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
		"text/plain; x=application/json", "text/plain, application/json", "application/jsonp", "application/graphql",
	} {
		for _, path := range []string{"/graphql", "/graphql/stream"} {
			header := map[string]string{"Authorization": "Bearer " + ada.Token, "Content-Type": kind}
			answer := servertest.Knock(t, http.MethodPost, at.URL+path, `{"query":"{ viewer { role } }"}`, header).Want(http.StatusUnsupportedMediaType)
			if text := answer.Text(); !strings.Contains(text, "Content-Type: application/json") || !strings.Contains(text, `"code":"BAD_USER_INPUT"`) {
				t.Errorf("%s: %s", kind, text)
			}
		}
	}
}

// Following a link never changes anything.
func TestGETChangesNothing(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	mutation := "query=mutation{setPresenceHidden(hidden:true){presenceHidden}}&extensions={\"operationId\":\"1\"}"
	refused := map[string]int{"": http.StatusNotAcceptable, "text/event-stream": http.StatusMethodNotAllowed,
		"multipart/mixed;subscriptionSpec=1.0": http.StatusNotAcceptable}
	for accept, status := range refused {
		text := ada.Do(http.MethodGet, "/graphql?"+mutation, map[string]string{"Accept": accept}, nil).Want(status).Text()
		if !strings.Contains(text, `"code":"BAD_USER_INPUT"`) {
			t.Errorf("got %s", text)
		}
	}
	ada.Do(http.MethodGet, "/graphql/stream?"+mutation+"&token="+ada.Reserve().Token, nil, nil).Want(http.StatusMethodNotAllowed)
	ada.Ask("{ viewer { presenceHidden } }", nil).Is(`{"viewer": {"presenceHidden": false}}`)
}

func TestPreflights(t *testing.T) {
	t.Parallel()
	at := servertest.SignInAt(t, servertest.Secret)
	keysOnly := servertest.Embedded(t)
	keysOnly["AUTH_SECRET"], keysOnly["AUTH_JWKS_URL"], keysOnly["ALLOWED_ORIGINS"] = "", "http://127.0.0.1:1/keys", "*"
	anybody := servertest.Start(t, keysOnly)
	for name, tc := range map[string]struct {
		at                  *servertest.Instance
		origin              string
		allowed, credential string
	}{
		"allowed":       {at, "https://crm.example", "https://crm.example", "true"},
		"by a pattern":  {at, "https://eu.crm.example", "https://eu.crm.example", "true"},
		"a stranger":    {at, "https://evil.example", "", ""},
		"null":          {at, "null", "", ""},
		"for everybody": {anybody, "https://evil.example", "*", ""}, // cookies are ignored there
	} {
		ask := map[string]string{"Origin": tc.origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
		for what, answer := range map[string]*servertest.Response{
			"preflight": servertest.Knock(t, http.MethodOptions, tc.at.URL+"/graphql", "", ask),
			"request":   servertest.Knock(t, http.MethodGet, tc.at.URL+"/graphql?query={viewer{role}}", "", map[string]string{"Origin": tc.origin}),
		} {
			servertest.Want(t, "Access-Control-Allow-Origin", answer.Header.Get("Access-Control-Allow-Origin"), tc.allowed)
			servertest.Want(t, "Access-Control-Allow-Credentials", answer.Header.Get("Access-Control-Allow-Credentials"), tc.credential)
			if !strings.Contains(strings.Join(answer.Header.Values("Vary"), ","), "Origin") {
				t.Errorf("%s, %s: Vary is %q", name, what, answer.Header.Values("Vary"))
			}
		}
	}
}
