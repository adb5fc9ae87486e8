package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"tandem/internal/collab"
)

// sentDocument is an operation as a client sends it.
type sentDocument struct {
	query, operationName string
	variables            object
}

func (d sentDocument) payload() object {
	payload := object{"query": d.query}
	if d.operationName != "" {
		payload["operationName"] = d.operationName
	}
	if d.variables != nil {
		payload["variables"] = d.variables
	}
	return payload
}

// byPost sends an operation as clients mostly do, and returns the answer as it came.
func (p *person) byPost(d sentDocument) map[string]string {
	p.t.Helper()
	return map[string]string{"post": p.do(http.MethodPost, "/graphql", nil, d.payload()).text()}
}

// everyWay sends an operation over every transport and returns each first answer, as it came.
func (p *person) everyWay(d sentDocument) map[string]string {
	p.t.Helper()
	post := func(accept string) string {
		return p.do(http.MethodPost, "/graphql", map[string]string{"Accept": accept}, d.payload()).text()
	}
	answers := map[string]string{
		"post":      post("application/json"),
		"sse":       post("text/event-stream"),
		"multipart": post("multipart/mixed;subscriptionSpec=1.0"),
		"modern":    p.overDialect("graphql-transport-ws", "subscribe", d),
		"legacy":    p.overDialect("graphql-ws", "start", d),
	}
	if len(d.query)+len(d.operationName) < 30_000 { // longer URLs are refused as they are
		answers["get"] = p.do(http.MethodGet, "/graphql?"+d.url(), nil, nil).text()
	}
	single := d.payload()
	single["extensions"] = object{"operationId": "1"}
	reserved := p.reserve()
	answers["sse-single"] = p.do(http.MethodPost, "/graphql/stream",
		map[string]string{"X-GraphQL-Event-Stream-Token": reserved.token}, single).text()
	return answers
}

func (d sentDocument) url() string {
	values := url.Values{"query": {d.query}}
	if d.operationName != "" {
		values.Set("operationName", d.operationName)
	}
	if d.variables != nil {
		encoded, _ := json.Marshal(d.variables)
		values.Set("variables", string(encoded))
	}
	return values.Encode()
}

// overDialect sends an operation on a socket of its own and returns the first message about it.
func (p *person) overDialect(protocol, begin string, d sentDocument) string {
	p.t.Helper()
	conn, _, err := websocket.Dial(p.t.Context(), "ws"+strings.TrimPrefix(p.at.url, "http")+"/graphql",
		&websocket.DialOptions{Subprotocols: []string{protocol}})
	if err != nil {
		p.t.Fatal(err)
	}
	s := &socket{t: p.t, conn: hear(p.t, conn)}
	defer func() { _ = conn.CloseNow() }()
	s.write(object{"type": "connection_init", "payload": object{"authorization": "Bearer " + p.token}})
	s.write(object{"id": "1", "type": begin, "payload": d.payload()})
	for {
		message, err := s.conn.next(patience)
		if err != nil {
			p.t.Fatal(err)
		}
		if strings.Contains(string(message), `"id":"1"`) {
			return string(message)
		}
	}
}

// wantRefused checks that an answer has the code, and is short.
func wantRefused(t *testing.T, what, answer, code string) {
	t.Helper()
	if len(answer) > 64<<10 {
		t.Errorf("%s: the answer has %d bytes", what, len(answer))
	}
	if got := anyCode.FindStringSubmatch(answer); got == nil || got[1] != code {
		t.Errorf("%s: got %.300s, want %s", what, answer, code)
	}
}

// A name that is too long is refused before anything repeats it.
func TestLongNamesAreRefused(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleViewer)
	for _, length := range []int{256, 900_000} {
		long := strings.Repeat("N", length)
		for what, d := range map[string]sentDocument{
			"operation":        {query: "query " + long + "(" + many(3700, "$v%d:Int ") + "){viewer{role}}"},
			"operationName":    {query: "query a {viewer{role}}", operationName: long},
			"alias":            {query: "{customers(first:100){nodes{" + long + ": id}}}"},
			"alias in event":   {query: "subscription{customerChanged{" + long + ": version}}"},
			"field":            {query: "{" + long + "}"},
			"fragment":         {query: "{viewer{...F}} fragment " + long + " on Viewer{role}"},
			"spread":           {query: "{viewer{..." + long + "}}"},
			"condition":        {query: "{viewer{... on " + long + "{role}}}"},
			"variable":         {query: "query($" + long + ":Int){viewer{role}}"},
			"type of variable": {query: "query($v:" + long + "){viewer{role}}"},
			"argument":         {query: "{customers(" + long + ":1){totalCount}}"},
			"input field":      {query: "{customers(filter:{" + long + ":1}){totalCount}}"},
			"enum":             {query: "{customers(orderBy:" + long + "){totalCount}}"},
			"directive":        {query: "{viewer @" + long + "{role}}"},
		} {
			send := ada.byPost
			if length == 256 || what == "operation" { // all that is long is refused at one place
				send = ada.everyWay
			}
			for transport, answer := range send(d) {
				wantRefused(t, fmt.Sprintf("%s of %d bytes by %s", what, length, transport), answer, "QUERY_TOO_COMPLEX")
			}
		}
	}
	want(t, "the longest name", ada.ask("query "+strings.Repeat("N", 255)+"{viewer{role}}", nil)["viewer"], object{"role": "VIEWER"})
}

// However wrong a document is, and whatever it quotes, the answer is short.
func TestErrorsAreFewAndShort(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleViewer)
	text := strings.Repeat(`\u0000`, 20_000) // more than an answer may have
	for what, tc := range map[string]struct{ query, code string }{
		"unknown fields":        {"{" + many(3000, "nope%d"+strings.Repeat("x", 240)+" ") + "}", "GRAPHQL_VALIDATION_FAILED"},
		"unused variables":      {"query " + strings.Repeat("N", 255) + "(" + many(3700, "$v%d:Int ") + "){viewer{role}}", "GRAPHQL_VALIDATION_FAILED"},
		"a text for a number":   {`{customers(first:"` + text + `"){totalCount}}`, "GRAPHQL_VALIDATION_FAILED"},
		"texts for numbers":     {`{customers(first:[` + strings.Repeat(`"`+strings.Repeat("x", 5000)+`" `, 50) + `]){totalCount}}`, "GRAPHQL_VALIDATION_FAILED"},
		"a text for an enum":    {`{customers(orderBy:"` + text + `"){totalCount}}`, "GRAPHQL_VALIDATION_FAILED"},
		"a text for a name":     {`{"` + text + `"}`, "GRAPHQL_PARSE_FAILED"},
		"nested lists":          {`{customers(first:` + strings.Repeat("[", 900) + strings.Repeat("]", 900) + `){totalCount}}`, "QUERY_TOO_COMPLEX"},
		"nested lists, default": {`query($v:Int=` + strings.Repeat("[", 900) + strings.Repeat("]", 900) + `){customers(first:$v){totalCount}}`, "QUERY_TOO_COMPLEX"},
	} {
		for transport, answer := range ada.everyWay(sentDocument{query: tc.query}) {
			what := what + " by " + transport
			wantRefused(t, what, answer, tc.code)
			if n := strings.Count(answer, `"message"`); n > 50 {
				t.Errorf("%s: there are %d errors", what, n)
			}
		}
	}
}

// fullNotes are as many bytes as notes may have in most languages.
var fullNotes = strings.Repeat("文", 20_000)

// The bytes of an answer are bounded, however few fields ask for them.
func TestAnswersAreBounded(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleMember)
	const customers = 20
	for i := range customers {
		ada.create(object{"name": fmt.Sprint(i), "notes": fullNotes})
	}
	page := `{ customers(first: %d) { nodes { %s } } }`
	want(t, "one page of notes", len(ada.ask(fmt.Sprintf(page, customers, "notes"), nil)["customers"].(object)["nodes"].([]any)), customers)
	for transport, answer := range ada.everyWay(sentDocument{query: fmt.Sprintf(page, 100, many(60, "n%d: notes "))}) {
		wantRefused(t, "beyond the cost, by "+transport, answer, "QUERY_TOO_COMPLEX")
	}
	for transport, answer := range ada.everyWay(sentDocument{query: fmt.Sprintf(page, customers, many(60, "n%d: notes "))}) {
		if transport != "sse-single" { // which answers on its stream
			wantRefused(t, "beyond the bytes, by "+transport, answer, "LIMIT_EXCEEDED")
		}
	}
	stream := ada.reserve()
	events := stream.open().reader()
	stream.operate("1", fmt.Sprintf(page, customers, many(60, "n%d: notes ")), nil).want(http.StatusAccepted)
	e, err := events()
	if err != nil {
		t.Fatal(err)
	}
	wantRefused(t, "beyond the bytes, by sse-single", e.data, "LIMIT_EXCEEDED")
}

// So are those of an event. The subscription goes on.
func TestEventsAreBounded(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleMember)
	customer := ada.create(object{"name": "v1"})
	query := `subscription($id: ID, $after: Cursor) { customerChanged(id: $id, after: $after) { version customer { ` + many(40, "n%d: notes ") + `} } }`
	variables := object{"id": customer["id"], "after": customer["cursor"]}
	s := ada.connect()
	s.subscribe("1", query, variables)
	stream := ada.stream("text/event-stream", query, variables).reader()
	ada.update(customer, 1, object{"notes": fullNotes})
	ada.update(customer, 2, object{"notes": "short"})
	for _, wanted := range []string{`LIMIT_EXCEEDED`, `"version":3`} {
		if answer := inJSON(t, s.read()["payload"]); !strings.Contains(answer, wanted) {
			t.Errorf("on the socket: got %.300s, want %s", answer, wanted)
		}
		if e, err := stream(); err != nil || !strings.Contains(e.data, wanted) {
			t.Errorf("on the stream: got %.300s (%v), want %s", e.data, err, wanted)
		}
	}
}
