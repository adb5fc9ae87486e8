package servertest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2/ast"
)

// SentDocument is an operation as a client sends it.
type SentDocument struct {
	Query, OperationName string
	Variables            Object
}

// Payload is the operation in the body of a request, or in a message on a socket.
func (d SentDocument) Payload() Object {
	payload := Object{"query": d.Query}
	if d.OperationName != "" {
		payload["operationName"] = d.OperationName
	}
	if d.Variables != nil {
		payload["variables"] = d.Variables
	}
	return payload
}

// ByPost sends an operation as clients mostly do, and returns the answer as it came.
func (p *Person) ByPost(d SentDocument) map[string]string {
	p.T.Helper()
	return map[string]string{"post": p.Do(http.MethodPost, "/graphql", nil, d.Payload()).Text()}
}

// EveryWay sends an operation over every transport and returns each first answer, as it came.
func (p *Person) EveryWay(d SentDocument) map[string]string {
	p.T.Helper()
	post := func(accept string) string {
		return p.Do(http.MethodPost, "/graphql", map[string]string{"Accept": accept}, d.Payload()).Text()
	}
	answers := map[string]string{
		"post":      post("application/json"),
		"sse":       post("text/event-stream"),
		"multipart": post("multipart/mixed;subscriptionSpec=1.0"),
		"modern":    p.overDialect("graphql-transport-ws", "subscribe", d),
		"legacy":    p.overDialect("graphql-ws", "start", d),
	}
	if len(d.Query)+len(d.OperationName) < 30_000 { // longer URLs are refused as they are
		answers["get"] = p.Do(http.MethodGet, "/graphql?"+d.url(), nil, nil).Text()
	}
	single := d.Payload()
	single["extensions"] = Object{"operationId": "1"}
	reserved := p.Reserve()
	answers["sse-single"] = p.Do(http.MethodPost, "/graphql/stream",
		map[string]string{"X-GraphQL-Event-Stream-Token": reserved.Token}, single).Text()
	return answers
}

func (d SentDocument) url() string {
	values := url.Values{"query": {d.Query}}
	if d.OperationName != "" {
		values.Set("operationName", d.OperationName)
	}
	if d.Variables != nil {
		encoded, _ := json.Marshal(d.Variables)
		values.Set("variables", string(encoded))
	}
	return values.Encode()
}

// overDialect sends an operation on a socket of its own and returns the first message about it.
func (p *Person) overDialect(protocol, begin string, d SentDocument) string {
	p.T.Helper()
	conn, _, err := websocket.Dial(p.T.Context(), "ws"+strings.TrimPrefix(p.At.URL, "http")+"/graphql",
		&websocket.DialOptions{Subprotocols: []string{protocol}})
	if err != nil {
		p.T.Fatal(err)
	}
	s := &Socket{T: p.T, Conn: Hear(p.T, conn)}
	defer func() { _ = conn.CloseNow() }()
	s.Write(Object{"type": "connection_init", "payload": Object{"authorization": "Bearer " + p.Token}})
	s.Write(Object{"id": "1", "type": begin, "payload": d.Payload()})
	for {
		message, err := s.Conn.Next(Patience)
		if err != nil {
			p.T.Fatal(err)
		}
		if strings.Contains(string(message), `"id":"1"`) {
			return string(message)
		}
	}
}

// WantRefused checks that an answer has the code, and is short.
func WantRefused(t testing.TB, what, answer, code string) {
	t.Helper()
	if len(answer) > 64<<10 {
		t.Errorf("%s: the answer has %d bytes", what, len(answer))
	}
	if got := AnyCode.FindStringSubmatch(answer); got == nil || got[1] != code {
		t.Errorf("%s: got %.300s, want %s", what, answer, code)
	}
}

// Insides are words of what the server is made of, which no answer has.
var Insides = regexp.MustCompile(`(?i)sqlite|sqlstate|pgx|pgconn|postgres|redis|syntax error at|constraint|goroutine|panic|runtime error|\.go:|strconv|json:|interface \{|map\[string|\*collab|reflect`)

// Refusals are the codes that a wrong value may be answered with.
var Refusals = []string{"GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED", "BAD_USER_INPUT", "RESYNC_REQUIRED", "QUERY_TOO_COMPLEX", "FORBIDDEN"}

// TryWrong sends an operation, and looks at what is said of it: over HTTP, and of a
// subscription on a socket, which is then asked whether it still lives.
func (o *Tenant) TryWrong(s *Socket, of Argument, query string, variables Object) {
	o.T.Helper()
	what := fmt.Sprintf("%s: %.300s %.200v", of, query, InJSON(o.T, variables))
	if of.Root == ast.Subscription {
		s.Subscribe("tried", query, variables)
		s.Write(Object{"id": "tried", "type": "complete"})
		s.Subscribe("alive", `{ viewer { role } }`, nil)
		for message := s.Read(); message.Get("id") != "alive" || message.Get("type") != "complete"; message = s.Read() {
			o.WantRefusal(what, message.String())
		}
		return
	}
	answer := o.Do(http.MethodPost, "/graphql", nil, Object{"query": query, "variables": variables})
	if answer.StatusCode >= http.StatusInternalServerError {
		o.T.Errorf("%s: %s", what, answer.Status)
	}
	o.WantRefusal(what, answer.Text())
}

var AnyCode = regexp.MustCompile(`"code":"([A-Z_]+)"`)

func (o *Tenant) WantRefusal(what, text string) {
	o.T.Helper()
	for _, code := range AnyCode.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(Refusals, code[1]) {
			o.T.Errorf("%s is answered with %s", what, text)
		}
	}
	if found := Insides.FindString(MadeID.ReplaceAllString(RequestID.ReplaceAllString(text, ""), "")); found != "" {
		o.T.Errorf("%s is answered with what shows %q: %s", what, found, text)
	}
}

var MadeID = regexp.MustCompile(`\b(` + strings.Join(EntityPrefixes(), "|") + `|com|cfl|ntf|act)_[0-9a-z]{26}`)

var (
	AnyTime   = regexp.MustCompile(`\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`)
	AnyCursor = regexp.MustCompile(`\b01[0-9a-f]{24}\b`)
	AnyPlace  = regexp.MustCompile(`"(cursor|startCursor|endCursor)":"[^"]*"`)
	AnyOrg    = regexp.MustCompile(`\bevil [12]`)
	AnySeal   = regexp.MustCompile(`"hash":"[0-9a-f]+"`)
	RequestID = regexp.MustCompile(`"requestId":"[^"]*"`)
)
