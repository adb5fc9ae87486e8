package engine

import (
	"context"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// updateOf is the response to an update of a room, whose loader fails when its context ends or
// while away is true.
func updateOf(away *bool) graphql.ResponseHandler {
	return func(ctx context.Context) *graphql.Response {
		if ctx.Err() != nil || *away {
			return &graphql.Response{Data: []byte("null"), Errors: gqlerror.List{{Message: "failed"}}}
		}
		return &graphql.Response{Data: []byte(`{"joined":["ben"]}`)}
	}
}

// A shared render does not depend on the client for which it was made, and a failed render is made
// again.
func TestRoomRendersAreShared(t *testing.T) {
	const want = `{"data":{"joined":["ben"]}}`
	var rooms roomOperations
	shared, done := rooms.acquire("key")
	defer done()
	away := false
	leaving, cancel := context.WithCancel(t.Context())
	cancel()
	gone := &execution{responses: updateOf(&away), ctx: leaving}
	stays := &execution{responses: updateOf(&away), ctx: t.Context()}

	update := new(int)
	first := shared.event(update, gone.renderShared)
	if got := string(first.Payload); got != want {
		t.Errorf("rendered for a client that leaves: %s", got)
	}
	if again := shared.event(update, stays.renderShared); &again.Payload[0] != &first.Payload[0] {
		t.Error("it was rendered twice")
	}

	away = true
	update = new(int)
	shared.event(update, stays.renderShared)
	away = false
	if got := string(shared.event(update, stays.renderShared).Payload); got != want {
		t.Errorf("after a render that failed: %s", got)
	}
}
