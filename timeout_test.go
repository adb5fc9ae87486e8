package main

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tandem/internal/collab"
	"tandem/internal/eventually"
)

// lockComments keeps everybody else from the table of comments, until unlock is called.
func lockComments(t *testing.T, database string) (unlock func()) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	for _, statement := range []string{"BEGIN", "LOCK TABLE comments IN ACCESS EXCLUSIVE MODE"} {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		if _, err := conn.Exec(t.Context(), "ROLLBACK"); err != nil {
			t.Fatal(err)
		}
	}
}

// An operation whose database hangs ends in time, on every transport, and says what
// to do. What was waited for is given up in the database as well.
func TestOperationsEndInTime(t *testing.T) {
	t.Parallel()
	settings := shared(t)
	database := settings["DATABASE_URL"]
	at, _ := built(t, map[string]string{"DATABASE_URL": database}, unlinked(), func(a *app) { a.operationTime = 3 * time.Second })
	ada := join(t, at, "acme", "ada", collab.RoleMember)
	customer := ada.create(object{"name": "v1"})
	follower, s := ada.connect(), ada.connect()
	const rendered = `subscription($after: Cursor) { customerChanged(after: $after) { version customer { name comments { totalCount } } } }`
	follower.subscribe("1", rendered, object{"after": customer["cursor"]})
	unlock := lockComments(t, database)

	const read = `query($id: ID!) { customer(id: $id) { comments { totalCount } } }`
	const write = `mutation($input: AddCommentInput!) { addComment(input: $input) { __typename } }`
	input := object{"input": object{"entityId": customer["id"], "body": "s", "clientMutationId": "1"}}
	id := object{"id": customer["id"]}
	began := time.Now()
	for query, variables := range map[string]object{read: id, write: input} {
		want(t, "POST", firstError(t, ada.post(query, variables).want(http.StatusOK).object()["errors"])["code"], "TIMEOUT")
		s.subscribe("1", query, variables)
		message := s.read()
		want(t, "type", message["type"], "next")
		want(t, "socket", firstError(t, message["payload"].(object)["errors"])["code"], "TIMEOUT")
		want(t, "end", s.read()["type"], "complete")
		if text := ada.stream("text/event-stream", query, variables).text(); !strings.Contains(text, `"code":"TIMEOUT"`) {
			t.Errorf("the event stream says %s", text)
		}
	}
	// An event that can't be rendered in time says so too, and is no end.
	ada.update(customer, 1, object{"name": "v2"})
	message := follower.read()
	want(t, "event", firstError(t, message["payload"].(object)["errors"])["code"], "TIMEOUT")
	if took := time.Since(began); took > patience {
		t.Errorf("it took %v", took)
	}

	unlock()
	want(t, "the write, again", ada.ask(write, input)["addComment"].(object)["__typename"], "CommentAdded")
	want(t, "comments", ada.ask(read, id)["customer"].(object)["comments"].(object)["totalCount"], 1)
	ada.update(customer, 2, object{"name": "v3"})
	want(t, "event", follower.next("1")["customerChanged"].(object)["version"], 3)
}

// Who asks for much and does not read it is let go of.
func TestResponsesThatNobodyReads(t *testing.T) {
	t.Parallel()
	at, a := built(t, map[string]string{}, unlinked(), func(a *app) { a.responseTime = 3 * time.Second })
	ada := join(t, at, "acme", "ada", collab.RoleMember)
	for range 4 {
		ada.create(object{"name": "v1", "notes": strings.Repeat("x", 9_000)})
	}
	before := int64(a.gate.HTTP())
	open := func() int64 { return int64(a.gate.HTTP()) }
	conn, err := net.Dial("tcp", strings.TrimPrefix(at.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	query := `{"query":"{` + many(40, "a%d: customers { nodes { notes } } ") + `}"}`
	eventually.Is(t, "connections", open, before+1)
	for range 50 { // until no buffer holds any more
		request := "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer " + ada.token +
			"\r\nContent-Length: " + strconv.Itoa(len(query)) + "\r\n\r\n" + query
		if _, err := conn.Write([]byte(request)); err != nil {
			break
		}
	}
	eventually.Is(t, "connections", open, before)
}
