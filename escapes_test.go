package main

import (
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"tandem/internal/collab"
)

// awkward has the characters that JSON may escape and need not, and text that only looks like such an escape.
const awkward = `R&D <Oy> \u0026`

// awkwardInJSON is how every answer and event writes it.
const awkwardInJSON = `R&D <Oy> \\u0026`

// Ids, texts, JSON values, errors and events write a character in one way, on every transport.
func TestCharactersAreWrittenInOneWay(t *testing.T) {
	t.Parallel()
	at := start(t, embedded(t))
	ada, ben := join(t, at, "acme", "ada", collab.RoleMember), join(t, at, "acme", "ben&<co>", collab.RoleMember)
	customer := ada.create(object{"name": "base"})
	want(t, "the update", ada.update(customer, 1, object{"name": awkward})["__typename"], "CustomerSaved")
	input := object{"id": customer["id"], "baseVersion": 1, "patch": object{"name": awkward + "!"}}

	answers := rawAnswers(t, ben, `mutation($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
		... on CustomerConflict { local { name } remote { name } conflictedFields { remote } localState { document } } } }`, object{"input": input})
	for name, text := range rawAnswers(t, ben, `{ viewer { user { id } } }`, nil) {
		wantText(t, name+", an id", text, `"ben&<co>"`)
	}
	for name, text := range rawAnswers(t, ben, `{ customers { nodes { name } } node(id: "<&>") { id } }`, nil) {
		answers[name+", beside an error"] = text
	}
	for name, text := range rawAnswers(t, ada, `subscription($after: Cursor) { customerChanged(after: $after) {
		changes { newValue } customer { name } } }`, object{"after": customer["cursor"]}) {
		answers[name+", an event"] = text
	}
	for name, text := range answers {
		wantText(t, name, text, awkwardInJSON)
	}
	for name, text := range rawAnswers(t, ada, `subscription { customerChanged(maxPerSecond: "R&D <Oy>") { version } }`, nil) {
		wantText(t, name+", an error", text, "R&D <Oy>")
	}
}

// wantText checks that an answer has a text, and no escape of its own making.
func wantText(t *testing.T, what, answer, text string) {
	t.Helper()
	rest := strings.ReplaceAll(answer, awkwardInJSON, "")
	if !strings.Contains(answer, text) || strings.Contains(rest, `\u`) {
		t.Errorf("%s: %s", what, answer)
	}
}

// rawAnswers are the first answer to an operation, or the first event of it, as each transport writes it.
func rawAnswers(t *testing.T, p *person, query string, variables object) map[string]string {
	t.Helper()
	operation := object{"query": query, "variables": variables}
	socket := p.connect()
	socket.subscribe("<1&>", query, variables)
	message, err := socket.conn.next(patience)
	if err != nil {
		t.Fatal(err)
	}
	answers := map[string]string{"a socket": string(message), "an event stream": firstEvent(p.stream("text/event-stream", query, variables))}
	if strings.HasPrefix(query, "subscription") {
		answers["parts"] = firstPart(t, p.stream(`multipart/mixed;boundary=graphql;subscriptionSpec=1.0`, query, variables))
	} else {
		answers["JSON"] = p.do(http.MethodPost, "/graphql", nil, operation).text()
	}
	single := p.reserve()
	stream := single.open()
	if begun := single.operate("<1&>", query, variables); begun.StatusCode != http.StatusAccepted {
		answers["a single connection"] = begun.text()
	} else {
		answers["a single connection"] = firstEvent(stream)
	}
	for name, answer := range answers {
		if (name == "a socket" || name == "a single connection" && strings.Contains(answer, `"payload"`)) && !strings.Contains(answer, `"<1&>"`) {
			t.Errorf("%s, the id of the operation: %s", name, answer)
		}
	}
	return answers
}

func firstEvent(r *response) string { return event(r, r.reader()).data }

func firstPart(t *testing.T, r *response) string {
	t.Helper()
	parts := multipart.NewReader(r.Body, "graphql")
	for {
		part, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		if string(text) != "{}" {
			return string(text)
		}
	}
}
