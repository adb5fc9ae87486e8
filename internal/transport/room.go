package transport

import (
	"context"
	"errors"
	"sync"

	"tandem/internal/hub"
)

// roomStream is what changes in a room, for one client. Being there is a
// person's own business, so the client has an execution of its own. What is told
// of the others is the same for all who are up to date, and is rendered once.
type roomStream struct {
	feed      *hub.RoomFeed
	execution *execution
	shared    *roomRenders
	done      func()
	unwatch   func()
}

func newRoomStream(feed *hub.RoomFeed, execution *execution, shared *roomRenders, done func()) *roomStream {
	return &roomStream{feed: feed, execution: execution, shared: shared, done: done, unwatch: func() {}}
}

// watch has the stream find out whether its person still belongs into the room
// whenever what they may see is altered, and once now: it may have been since the
// room was chosen.
func (s *roomStream) watch(ctx context.Context, all *hub.Broadcasts) error {
	unwatch, err := s.feed.Watch(ctx, all)
	if err != nil {
		return err
	}
	s.unwatch = unwatch
	return s.belongs(ctx)
}

// belongs returns an error if the person is to be in another room, or in none, or if
// the stream has to begin anew, since it would not hear of that any more.
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
		case !errors.Is(err, hub.ErrScopeChanged):
			return nil, err
		}
		if err := hub.Persist(ctx, hub.Away, func() error { return s.belongs(ctx) }); err != nil {
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

// roomRenders are the newest updates of a room, as one operation renders them.
type roomRenders struct {
	streams int // guarded by roomOperations.mu

	mu     sync.Mutex // held while one of the streams renders for all
	newest [2]roomRender
}

// A roomRender is an update, which is shared by all who are told the same, as an event.
type roomRender struct {
	update any
	event  hub.Event
}

// event returns the event of an update, rendering it if nobody has yet. Two are
// kept: the difference from the version before, and the snapshot for those who
// come. A render that failed is not kept: the next one may succeed.
func (r *roomRenders) event(update any, render func() (payload []byte, failed bool)) hub.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, known := range r.newest {
		if known.update == update {
			return known.event
		}
	}
	payload, failed := render()
	event := hub.Event{Payload: payload, Form: &hub.Form{}}
	if failed {
		return event
	}
	r.newest[0], r.newest[1] = roomRender{update, event}, r.newest[0]
	return event
}

// roomOperations are the operations that follow rooms now.
type roomOperations struct {
	mu    sync.Mutex
	byKey map[string]*roomRenders
}

// enter returns what the operations of a key share, until done is called.
func (o *roomOperations) enter(key string) (renders *roomRenders, done func()) {
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
