package engine

import (
	"context"

	"tandem/internal/hub"
	"tandem/internal/inbox"
)

// An inboxStream has the changes of one person's inbox. It ends when the person is no longer a member.
type inboxStream struct {
	feed      *inbox.Feed
	execution hub.Execution
	unwatch   func()
}

// open begins to watch the person's access.
func (s *inboxStream) open(ctx context.Context, watch watchAccess) error {
	unwatch, err := watch(ctx, s.feed)
	if err == nil {
		s.unwatch = unwatch
	}
	return err
}

func (s *inboxStream) Next(ctx context.Context) ([]hub.Event, error) {
	if err := hub.Retry(ctx, hub.IsUnavailable, func() error { return s.feed.Next(ctx) }); err != nil {
		return nil, err
	}
	payload, failed := s.execution.Render(ctx)
	return []hub.Event{{Payload: payload, Failed: failed}}, nil
}

func (s *inboxStream) Close(bool) {
	s.unwatch()
	s.feed.Close()
	s.execution.Close()
}
