package engine

import (
	"context"
	"errors"

	"tandem/internal/hub"
	"tandem/internal/presence"
)

// A roomsStream has the updates of several rooms for one client, which is in none of them. An update of a room is
// rendered once for all such clients that are up to date, whatever their other rooms are.
type roomsStream struct {
	feed      *presence.SeveralFeed
	execution *execution
	acquire   func(room string) (*roomRenders, func())
	shared    map[string]*roomRenders // by room
	done      []func()
	unwatch   func()
}

func newRoomsStream(feed *presence.SeveralFeed, execution *execution, acquire func(room string) (*roomRenders, func())) *roomsStream {
	return &roomsStream{feed: feed, execution: execution, acquire: acquire, shared: map[string]*roomRenders{}, unwatch: func() {}}
}

// open makes the stream place its person in the rooms again whenever their access changes, and once now, since access may
// have changed since the rooms were chosen.
func (s *roomsStream) open(ctx context.Context, watch watchAccess) error {
	unwatch, err := watch(ctx, s.feed)
	if err != nil {
		return err
	}
	s.unwatch = unwatch
	return s.place(ctx)
}

// place returns an error if the person belongs in no room, or if the stream has to begin again because nobody watches its
// access any longer.
func (s *roomsStream) place(ctx context.Context) error {
	if s.feed.Updates.Missed() {
		return hub.ErrScopeChanged
	}
	return s.feed.Place(ctx)
}

func (s *roomsStream) Next(ctx context.Context) ([]hub.Event, error) {
	for {
		update, err := s.feed.Updates.Next(ctx)
		switch {
		case err == nil:
			event := s.renders(string(update.Room.ID)).event(update.Update, func() (payload []byte, failed bool) {
				s.feed.Push(update)
				return s.execution.renderShared()
			})
			return []hub.Event{event}, nil
		case !errors.Is(err, presence.ErrAccessChanged):
			return nil, err
		}
		if err := hub.Retry(ctx, hub.IsUnavailable, func() error { return s.place(ctx) }); err != nil {
			return nil, err
		}
	}
}

// renders returns the renders of a room that other streams share. They are kept until the stream closes: a room has two
// places at most, for people who see its entities and for all others.
func (s *roomsStream) renders(room string) *roomRenders {
	if s.shared[room] == nil {
		shared, done := s.acquire(room)
		s.shared[room], s.done = shared, append(s.done, done)
	}
	return s.shared[room]
}

func (s *roomsStream) Close(bool) {
	s.unwatch()
	s.execution.Close()
	for _, done := range s.done {
		done()
	}
}
