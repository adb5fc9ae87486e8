// Package memory carries announcements and presence inside one instance that
// runs alone.
package memory

import (
	"context"
	"sync"

	"tandem/internal/collab"
)

// A Bus is the collab.Bus of a single instance: the announcer calls the
// listeners itself, so nothing is lost, repeated or out of order.
type Bus struct {
	changes topic[*collab.Change]
	marks   topic[collab.InboxMarked]
}

// NewBus returns a bus without listeners.
func NewBus() *Bus { return &Bus{} }

// Announce tells every listener before it returns. It never fails.
func (b *Bus) Announce(_ context.Context, change *collab.Change) error {
	b.changes.announce(change)
	return nil
}

// Listen calls heard for each announcement until ctx ends.
func (b *Bus) Listen(ctx context.Context, heard func(*collab.Change)) { b.changes.listen(ctx, heard) }

// AnnounceMarks tells every listener of marks before it returns. It never fails.
func (b *Bus) AnnounceMarks(_ context.Context, inbox collab.InboxMarked) error {
	b.marks.announce(inbox)
	return nil
}

// ListenMarks calls heard for each announcement of marks until ctx ends.
func (b *Bus) ListenMarks(ctx context.Context, heard func(collab.InboxMarked)) {
	b.marks.listen(ctx, heard)
}

// A topic has the listeners of one kind of announcement.
type topic[T any] struct {
	// mu guards listeners. It is held while they are called, so that each gets one announcement at a time,
	// and all get them in the same order. So a listener can't announce. Locked before Hub.mu.
	mu        sync.Mutex
	listeners map[*listener[T]]struct{}
}

type listener[T any] struct {
	ctx   context.Context
	heard func(T)
}

func (t *topic[T]) announce(what T) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for l := range t.listeners {
		if l.ctx.Err() == nil {
			l.heard(what)
		}
	}
}

func (t *topic[T]) listen(ctx context.Context, heard func(T)) {
	l := &listener[T]{ctx, heard}
	t.mu.Lock()
	if t.listeners == nil {
		t.listeners = make(map[*listener[T]]struct{})
	}
	t.listeners[l] = struct{}{}
	t.mu.Unlock()
	context.AfterFunc(ctx, func() {
		t.mu.Lock()
		delete(t.listeners, l)
		t.mu.Unlock()
	})
}
