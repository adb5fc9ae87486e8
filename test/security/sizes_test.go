package security_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// A name that is too long is refused before anything repeats it.
func TestLongNamesAreRefused(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleViewer)
	for _, length := range []int{256, 900_000} {
		long := strings.Repeat("N", length)
		for what, d := range map[string]servertest.SentDocument{
			"operation":        {Query: "query " + long + "(" + servertest.Many(3700, "$v%d:Int ") + "){viewer{role}}"},
			"operationName":    {Query: "query a {viewer{role}}", OperationName: long},
			"alias":            {Query: "{customers(first:100){nodes{" + long + ": id}}}"},
			"alias in event":   {Query: "subscription{customerChanged{" + long + ": version}}"},
			"field":            {Query: "{" + long + "}"},
			"fragment":         {Query: "{viewer{...F}} fragment " + long + " on Viewer{role}"},
			"spread":           {Query: "{viewer{..." + long + "}}"},
			"condition":        {Query: "{viewer{... on " + long + "{role}}}"},
			"variable":         {Query: "query($" + long + ":Int){viewer{role}}"},
			"type of variable": {Query: "query($v:" + long + "){viewer{role}}"},
			"argument":         {Query: "{customers(" + long + ":1){totalCount}}"},
			"input field":      {Query: "{customers(filter:{" + long + ":1}){totalCount}}"},
			"enum":             {Query: "{customers(orderBy:" + long + "){totalCount}}"},
			"directive":        {Query: "{viewer @" + long + "{role}}"},
		} {
			send := ada.ByPost
			if length == 256 || what == "operation" { // the server refuses all long names in one place
				send = ada.EveryWay
			}
			for transport, answer := range send(d) {
				servertest.WantRefused(t, fmt.Sprintf("%s of %d bytes by %s", what, length, transport), answer, "QUERY_TOO_COMPLEX")
			}
		}
	}
	ada.Ask("query "+strings.Repeat("N", 255)+"{viewer{role}}", nil).At("viewer").Is(`{"role": "VIEWER"}`) // the longest name
}

// However invalid a document is, and whatever the error quotes, the answer is short.
func TestErrorsAreFewAndShort(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleViewer)
	text := strings.Repeat(`\u0000`, 20_000) // more than an answer may have
	for what, tc := range map[string]struct{ query, code string }{
		"unknown fields":        {"{" + servertest.Many(3000, "nope%d"+strings.Repeat("x", 240)+" ") + "}", "GRAPHQL_VALIDATION_FAILED"},
		"unused variables":      {"query " + strings.Repeat("N", 255) + "(" + servertest.Many(3700, "$v%d:Int ") + "){viewer{role}}", "GRAPHQL_VALIDATION_FAILED"},
		"a text for a number":   {`{customers(first:"` + text + `"){totalCount}}`, "GRAPHQL_VALIDATION_FAILED"},
		"texts for numbers":     {`{customers(first:[` + strings.Repeat(`"`+strings.Repeat("x", 5000)+`" `, 50) + `]){totalCount}}`, "GRAPHQL_VALIDATION_FAILED"},
		"a text for an enum":    {`{customers(orderBy:"` + text + `"){totalCount}}`, "GRAPHQL_VALIDATION_FAILED"},
		"a text for a name":     {`{"` + text + `"}`, "GRAPHQL_PARSE_FAILED"},
		"nested lists":          {`{customers(first:` + strings.Repeat("[", 900) + strings.Repeat("]", 900) + `){totalCount}}`, "QUERY_TOO_COMPLEX"},
		"nested lists, default": {`query($v:Int=` + strings.Repeat("[", 900) + strings.Repeat("]", 900) + `){customers(first:$v){totalCount}}`, "QUERY_TOO_COMPLEX"},
	} {
		for transport, answer := range ada.EveryWay(servertest.SentDocument{Query: tc.query}) {
			what := what + " by " + transport
			servertest.WantRefused(t, what, answer, tc.code)
			if n := strings.Count(answer, `"message"`); n > 50 {
				t.Errorf("%s: there are %d errors", what, n)
			}
		}
	}
}

// fullNotes are notes with as many bytes as they may have in most languages.
var fullNotes = strings.Repeat("文", 20_000)

// The size of an answer in bytes is limited, however few fields ask for it.
func TestAnswersAreBounded(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	const customers = 20
	for i := range customers {
		ada.Create(servertest.Object{"name": fmt.Sprint(i), "notes": fullNotes})
	}
	page := `{ customers(first: %d) { nodes { %s } } }`
	servertest.Want(t, "one page of notes", len(ada.Ask(fmt.Sprintf(page, customers, "notes"), nil).List("customers.nodes")), customers)
	for transport, answer := range ada.EveryWay(servertest.SentDocument{Query: fmt.Sprintf(page, 100, servertest.Many(60, "n%d: notes "))}) {
		servertest.WantRefused(t, "beyond the cost, by "+transport, answer, "QUERY_TOO_COMPLEX")
	}
	for transport, answer := range ada.EveryWay(servertest.SentDocument{Query: fmt.Sprintf(page, customers, servertest.Many(60, "n%d: notes "))}) {
		if transport != "sse-single" { // it answers on its stream
			servertest.WantRefused(t, "beyond the bytes, by "+transport, answer, "LIMIT_EXCEEDED")
		}
	}
	stream := ada.Reserve()
	events := stream.Open().Reader()
	stream.Operate("1", fmt.Sprintf(page, customers, servertest.Many(60, "n%d: notes ")), nil).Want(http.StatusAccepted)
	e, err := events()
	if err != nil {
		t.Fatal(err)
	}
	servertest.WantRefused(t, "beyond the bytes, by sse-single", e.Data, "LIMIT_EXCEEDED")
}

// The size of an event is limited too. The subscription continues.
func TestEventsAreBounded(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	customer := ada.Create(servertest.Object{"name": "v1"})
	query := `subscription($id: ID, $after: Cursor) { customerChanged(id: $id, after: $after) { version customer { ` + servertest.Many(40, "n%d: notes ") + `} } }`
	variables := servertest.Object{"id": customer["id"], "after": customer["cursor"]}
	s := ada.Connect()
	s.Subscribe("1", query, variables)
	stream := ada.Stream("text/event-stream", query, variables).Reader()
	ada.Update(customer, 1, servertest.Object{"notes": fullNotes})
	ada.Update(customer, 2, servertest.Object{"notes": "short"})
	for _, wanted := range []string{`LIMIT_EXCEEDED`, `"version":3`} {
		if answer := s.Read().At("payload").String(); !strings.Contains(answer, wanted) {
			t.Errorf("on the socket: got %.300s, want %s", answer, wanted)
		}
		if e, err := stream(); err != nil || !strings.Contains(e.Data, wanted) {
			t.Errorf("on the stream: got %.300s (%v), want %s", e.Data, err, wanted)
		}
	}
}
