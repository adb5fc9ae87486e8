package engine

import (
	"context"
	"errors"
	"sync"

	"tandem/internal/hub"
	"tandem/internal/presence"
)

// A roomStream has the updates of a room for one client. The client has an execution of its own, which makes it
// present. All clients that are up to date receive the same updates, which are rendered once.
type roomStream struct {
	feed      *presence.Feed
	execution *execution
	shared    *roomRenders
	done      func()
	unwatch   func()
}

func newRoomStream(feed *presence.Feed, execution *execution, shared *roomRenders, done func()) *roomStream {
	return &roomStream{feed: feed, execution: execution, shared: shared, done: done, unwatch: func() {}}
}

// open makes the stream check whether its person still belongs in the room whenever their access changes, and once
// now, since access may have changed since the room was chosen.
func (s *roomStream) open(ctx context.Context, watch watchAccess) error {
	unwatch, err := watch(ctx, s.feed)
	if err != nil {
		return err
	}
	s.unwatch = unwatch
	return s.belongs(ctx)
}

// belongs returns an error if the person belongs in another room or in none, or if the stream has to begin again
// because nobody watches its access any longer.
func (s *roomStream) belongs(ctx context.Context) error {
	if s.feed.Updates.Missed() {
		return hub.ErrScopeChanged
	}
	moved, err := s.feed.Moved(ctx)
	if moved && err == nil {
		err = hub.ErrScopeChanged
	}
	return err
}

func (s *roomStream) Next(ctx context.Context) ([]hub.Event, error) {
	for {
		update, err := s.feed.Updates.Next(ctx)
		switch {
		case err == nil:
			event := s.shared.event(update, func() (payload []byte, failed bool) {
				s.feed.Push(update)
				return s.execution.renderShared()
			})
			return []hub.Event{event}, nil
		case !errors.Is(err, presence.ErrAccessChanged):
			return nil, err
		}
		if err := hub.Retry(ctx, hub.IsUnavailable, func() error { return s.belongs(ctx) }); err != nil {
			return nil, err
		}
	}
}

func (s *roomStream) Close(clean bool) {
	s.unwatch()
	s.feed.Leave(clean)
	s.execution.Close()
	s.done()
}

// roomRenders caches the newest updates of a room, rendered for one operation.
type roomRenders struct {
	streams int // guarded by roomOperations.mu

	mu     sync.Mutex // guards newest; held while one of the streams renders for all
	newest [2]roomRender
}

// A roomRender is an update and its event.
type roomRender struct {
	update any
	event  hub.Event
}

// event returns the event of an update, and renders it unless another stream has. It keeps two events: the difference
// from the version before, and the snapshot for new subscribers. It does not keep a failed render, since the next one
// may succeed.
func (r *roomRenders) event(update any, render func() (payload []byte, failed bool)) hub.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, known := range r.newest {
		if known.update == update {
			return known.event
		}
	}
	payload, failed := render()
	event := hub.Event{Payload: payload, Failed: failed, Encoding: &hub.Encoding{}}
	if failed {
		return event
	}
	r.newest[0], r.newest[1] = roomRender{update, event}, r.newest[0]
	return event
}

// roomOperations are the operations that follow rooms.
type roomOperations struct {
	mu    sync.Mutex // guards byKey, and the streams of each; innermost
	byKey map[string]*roomRenders
}

// acquire returns the renders that operations with a key share until done is called.
func (o *roomOperations) acquire(key string) (renders *roomRenders, done func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.byKey == nil {
		o.byKey = make(map[string]*roomRenders)
	}
	if renders = o.byKey[key]; renders == nil {
		renders = &roomRenders{}
		o.byKey[key] = renders
	}
	renders.streams++
	return renders, func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		if renders.streams--; renders.streams == 0 {
			delete(o.byKey, key)
		}
	}
}
