package transport

import (
	"context"

	"tandem/internal/hub"
)

// sessionStream is what happens to the session of one connection. It ends when its
// person may ask for nothing any more.
type sessionStream struct {
	feed      *hub.SessionFeed
	execution hub.Execution
	identify  func() error
}

func (o *Operation) openSession(feed *hub.SessionFeed, execution hub.Execution) (Stream, error) {
	if err := feed.Open(o.ctx, o.engine.broadcasts); err != nil {
		execution.Close()
		return nil, err
	}
	identify := func() error {
		_, err := o.engine.identify(o.ctx)
		return err
	}
	return &sessionStream{feed, execution, identify}, nil
}

func (s *sessionStream) Next(ctx context.Context) ([]hub.Event, error) {
	// While the database is away nobody can be found to be removed; what the session has to tell can be told.
	if err := s.identify(); err != nil && !hub.Away(err) {
		return nil, err
	}
	if err := s.feed.Next(ctx); err != nil {
		return nil, err
	}
	return []hub.Event{{Payload: s.execution.Render(ctx)}}, nil
}

func (s *sessionStream) Close(bool) {
	s.feed.Close()
	s.execution.Close()
}
