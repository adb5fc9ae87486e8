package api_test

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
	"tandem/internal/server"
	"tandem/internal/servertest"
)

// lockComments locks the table of comments until unlock is called.
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

// An operation whose database hangs ends in time, on every transport, and its error says what to do. The statement
// it waited for is canceled in the database as well.
func TestOperationsEndInTime(t *testing.T) {
	t.Parallel()
	settings := servertest.Shared(t)
	database := settings["DATABASE_URL"]
	at := servertest.StartWith(t, map[string]string{"DATABASE_URL": database}, server.Options{OperationTime: 3 * time.Second})
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	customer := ada.Create(servertest.Object{"name": "v1"})
	follower, s := ada.Connect(), ada.Connect()
	const rendered = `subscription($after: Cursor) { customerChanged(after: $after) { version customer { name comments { totalCount } } } }`
	follower.Subscribe("1", rendered, servertest.Object{"after": customer["cursor"]})
	unlock := lockComments(t, database)

	const read = `query($id: ID!) { customer(id: $id) { comments { totalCount } } }`
	const write = `mutation($input: AddCommentInput!) { addComment(input: $input) { __typename } }`
	input := servertest.Object{"input": servertest.Object{"entityId": customer["id"], "body": "s", "clientMutationId": "1"}}
	id := servertest.Object{"id": customer["id"]}
	began := time.Now()
	for query, variables := range map[string]servertest.Object{read: id, write: input} {
		servertest.Want(t, "POST", ada.Post(query, variables).Want(http.StatusOK).Answer().Code(), "TIMEOUT")
		s.Subscribe("1", query, variables)
		servertest.Want(t, "socket", s.Read().At("payload").Code(), "TIMEOUT")
		s.Read().Is(`{"id": "1", "type": "complete"}`)
		if text := ada.Stream("text/event-stream", query, variables).Text(); !strings.Contains(text, `"code":"TIMEOUT"`) {
			t.Errorf("the event stream says %s", text)
		}
	}
	// An event that can't be rendered in time gets the same error, and does not end the subscription.
	ada.Update(customer, 1, servertest.Object{"name": "v2"})
	servertest.Want(t, "event", follower.Read().At("payload").Code(), "TIMEOUT")
	if took := time.Since(began); took > servertest.Patience {
		t.Errorf("it took %v", took)
	}

	unlock()
	ada.Ask(write, input).Is(`{"addComment": {"__typename": "CommentAdded"}}`) // the write, again
	ada.Ask(read, id).Is(`{"customer": {"comments": {"totalCount": 1}}}`)
	ada.Update(customer, 2, servertest.Object{"name": "v3"})
	follower.Next("1").At("customerChanged.version").Is(`3`)
}

// A client that asks for a lot and does not read the answers is disconnected.
func TestResponsesThatNobodyReads(t *testing.T) {
	t.Parallel()
	at := servertest.StartWith(t, nil, server.Options{ResponseTime: 3 * time.Second})
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	for range 4 {
		ada.Create(servertest.Object{"name": "v1", "notes": strings.Repeat("x", 9_000)})
	}
	before := int64(at.Server.HTTPConnections())
	open := func() int64 { return int64(at.Server.HTTPConnections()) }
	conn, err := net.Dial("tcp", strings.TrimPrefix(at.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	query := `{"query":"{` + servertest.Many(40, "a%d: customers { nodes { notes } } ") + `}"}`
	eventually.Is(t, "connections", open, before+1)
	for range 50 { // until all buffers are full
		request := "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer " + ada.Token +
			"\r\nContent-Length: " + strconv.Itoa(len(query)) + "\r\n\r\n" + query
		if _, err := conn.Write([]byte(request)); err != nil {
			break
		}
	}
	eventually.Is(t, "connections", open, before)
}
