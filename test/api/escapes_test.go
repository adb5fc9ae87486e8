package api_test

import (
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// awkward has the characters that JSON may escape but need not, and text that only looks like such an escape.
const awkward = `R&D <Oy> \u0026`

// awkwardInJSON is how every answer and event writes it.
const awkwardInJSON = `R&D <Oy> \\u0026`

// Ids, texts, JSON values, errors and events write a character in one way, on every transport.
func TestCharacterEscapes(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ada, ben := servertest.Join(t, at, "acme", "ada", collab.RoleMember), servertest.Join(t, at, "acme", "ben&<co>", collab.RoleMember)
	customer := ada.Create(servertest.Object{"name": "base"})
	ada.Update(customer, 1, servertest.Object{"name": awkward}).At("__typename").Is(`"CustomerSaved"`) // the update
	input := servertest.Object{"id": customer["id"], "baseVersion": 1, "patch": servertest.Object{"name": awkward + "!"}}

	answers := rawAnswers(t, ben, `mutation($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
		... on CustomerConflict { local { name } remote { name } conflictedFields { remote } localState { document } } } }`, servertest.Object{"input": input})
	for name, text := range rawAnswers(t, ben, `{ viewer { user { id } } }`, nil) {
		wantText(t, name+", an id", text, `"ben&<co>"`)
	}
	for name, text := range rawAnswers(t, ben, `{ customers { nodes { name } } node(id: "<&>") { id } }`, nil) {
		answers[name+", beside an error"] = text
	}
	for name, text := range rawAnswers(t, ada, `subscription($after: Cursor) { customerChanged(after: $after) {
		changes { newValue } customer { name } } }`, servertest.Object{"after": customer["cursor"]}) {
		answers[name+", an event"] = text
	}
	for name, text := range answers {
		wantText(t, name, text, awkwardInJSON)
	}
	for name, text := range rawAnswers(t, ada, `subscription { customerChanged(maxPerSecond: "R&D <Oy>") { version } }`, nil) {
		wantText(t, name+", an error", text, "R&D <Oy>")
	}
}

// wantText checks that an answer has a text, and no other escapes.
func wantText(t *testing.T, what, answer, text string) {
	t.Helper()
	rest := strings.ReplaceAll(answer, awkwardInJSON, "")
	if !strings.Contains(answer, text) || strings.Contains(rest, `\u`) {
		t.Errorf("%s: %s", what, answer)
	}
}

// rawAnswers are the first answer to an operation, or its first event, as each transport writes it.
func rawAnswers(t *testing.T, p *servertest.Person, query string, variables servertest.Object) map[string]string {
	t.Helper()
	operation := servertest.Object{"query": query, "variables": variables}
	socket := p.Connect()
	socket.Subscribe("<1&>", query, variables)
	message, err := socket.Conn.Next(servertest.Patience)
	if err != nil {
		t.Fatal(err)
	}
	answers := map[string]string{"a socket": string(message), "an event stream": firstEvent(p.Stream("text/event-stream", query, variables))}
	if strings.HasPrefix(query, "subscription") {
		answers["parts"] = firstPart(t, p.Stream(`multipart/mixed;boundary=graphql;subscriptionSpec=1.0`, query, variables))
	} else {
		answers["JSON"] = p.Do(http.MethodPost, "/graphql", nil, operation).Text()
	}
	single := p.Reserve()
	stream := single.Open()
	if begun := single.Operate("<1&>", query, variables); begun.StatusCode != http.StatusAccepted {
		answers["a single connection"] = begun.Text()
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

func firstEvent(r *servertest.Response) string { return servertest.Event(r, r.Reader()).Data }

func firstPart(t *testing.T, r *servertest.Response) string {
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
