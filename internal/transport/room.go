package transport

import (
	"context"

	"tandem/internal/hub"
)

// roomStream is what changes in a room, for one client: who is present is a
// person's own business, so it has an execution of its own.
type roomStream struct {
	feed      *hub.RoomFeed
	execution hub.Execution
}

func (s *roomStream) Next(ctx context.Context) ([]hub.Event, error) {
	update, err := s.feed.Updates.Next(ctx)
	if err != nil {
		return nil, err
	}
	s.feed.Push(update)
	return []hub.Event{{Payload: s.execution.Render(ctx)}}, nil
}

func (s *roomStream) Close(clean bool) {
	s.feed.Leave(clean)
	s.execution.Close()
}
