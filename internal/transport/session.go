package transport

import (
	"context"

	"tandem/internal/hub"
)

// sessionStream is what happens to the session of one connection.
type sessionStream struct {
	feed      *hub.SessionFeed
	execution hub.Execution
}

func (o *Operation) openSession(feed *hub.SessionFeed, execution hub.Execution) (Stream, error) {
	if err := feed.Open(o.ctx, o.engine.broadcasts); err != nil {
		execution.Close()
		return nil, err
	}
	return &sessionStream{feed, execution}, nil
}

func (s *sessionStream) Next(ctx context.Context) ([]hub.Event, error) {
	if err := s.feed.Next(ctx); err != nil {
		return nil, err
	}
	return []hub.Event{{Payload: s.execution.Render(ctx)}}, nil
}

func (s *sessionStream) Close(bool) {
	s.feed.Close()
	s.execution.Close()
}
