package servertest

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// A Session is a cookie that Auth.js made for Ada, and the secret that it made it with.
type Session struct{ Secret, Cookie string }

// Sessions returns those of internal/auth/testdata/sessions.json that are good.
func Sessions(t testing.TB) (out []Session) {
	t.Helper()
	encoded, err := os.ReadFile(Root(t, "internal/auth/testdata/sessions.json"))
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
			out = append(out, Session{v.Secret, strings.Join(parts, "; ")})
		}
	}
	return out
}

// SignInAt starts an instance that takes a session, and lets pages of crm.example in.
func SignInAt(t testing.TB, secret string) *Instance {
	settings := Embedded(t)
	settings["AUTH_SECRET"] = secret
	settings["ALLOWED_ORIGINS"] = "https://crm.example,https://*.crm.example"
	return Start(t, settings)
}

// Knock sends a request as it is, and returns the answer.
func Knock(t testing.TB, method, address, body string, headers ...map[string]string) *Response {
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
	return &Response{t, answer}
}

// UpgradeWith opens a socket with headers, or none if it is refused, and returns the answer.
func UpgradeWith(t testing.TB, at *Instance, header map[string]string) (*Socket, *http.Response) {
	t.Helper()
	options := &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: http.Header{}}
	for name, value := range header {
		options.HTTPHeader.Set(name, value)
	}
	conn, answer, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(at.URL, "http")+"/graphql", options)
	if err != nil {
		return nil, answer
	}
	return &Socket{T: t, Conn: Hear(t, conn)}, answer
}

// SignIn signs a socket in with a payload, and returns the id of the person.
func (s *Socket) SignIn(payload any) string {
	s.T.Helper()
	s.Write(Object{"type": "connection_init", "payload": payload})
	s.Read().Is(`{"type": "connection_ack", "payload": {"asOf": "<cursor>"}}`)
	s.Subscribe("1", `{ viewer { user { id } } }`, nil)
	return s.Next("1").Text("viewer.user.id")
}
