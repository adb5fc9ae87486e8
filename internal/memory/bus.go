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
	// mu guards listeners. It is held while they are called, so that each gets one change at a time,
	// and all get them in the same order. So a listener can't announce. Locked before Hub.mu.
	mu        sync.Mutex
	listeners map[*listener]struct{}
}

type listener struct {
	ctx   context.Context
	heard func(*collab.Change)
}

// NewBus returns a bus without listeners.
func NewBus() *Bus {
	return &Bus{listeners: make(map[*listener]struct{})}
}

// Announce tells every listener before it returns. It never fails.
func (b *Bus) Announce(_ context.Context, change *collab.Change) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for l := range b.listeners {
		if l.ctx.Err() == nil {
			l.heard(change)
		}
	}
	return nil
}

// Listen calls heard for each announcement until ctx ends.
func (b *Bus) Listen(ctx context.Context, heard func(*collab.Change)) {
	l := &listener{ctx, heard}
	b.mu.Lock()
	b.listeners[l] = struct{}{}
	b.mu.Unlock()
	context.AfterFunc(ctx, func() {
		b.mu.Lock()
		delete(b.listeners, l)
		b.mu.Unlock()
	})
}
