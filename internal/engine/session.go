package engine

import (
	"context"

	"tandem/internal/hub"
	"tandem/internal/session"
)

// A sessionStream has the events of one connection's session. It ends when its person is no longer a member.
type sessionStream struct {
	feed      *session.Feed
	execution hub.Execution
	identify  func() error
	unwatch   func()
}

func (o *Operation) newSessionStream(feed *session.Feed, execution hub.Execution) *sessionStream {
	identify := func() error {
		_, err := o.engine.config.Identify(o.ctx)
		return err
	}
	return &sessionStream{feed: feed, execution: execution, identify: identify, unwatch: func() {}}
}

// open begins to watch the person's access.
func (s *sessionStream) open(ctx context.Context, watch watchAccess) error {
	unwatch, err := watch(ctx, s.feed)
	if err == nil {
		s.unwatch = unwatch
	}
	return err
}

func (s *sessionStream) Next(ctx context.Context) ([]hub.Event, error) {
	// While the database is unavailable a removed person can't be recognized; the session's events
	// are still delivered.
	if err := s.identify(); err != nil && !hub.IsUnavailable(err) {
		return nil, err
	}
	if err := s.feed.Next(ctx); err != nil {
		return nil, err
	}
	payload, failed := s.execution.Render(ctx)
	return []hub.Event{{Payload: payload, Failed: failed}}, nil
}

func (s *sessionStream) Close(bool) {
	s.unwatch()
	s.execution.Close()
}
