package resolvers

import (
	"context"
	"sync"
	"sync/atomic"

	"tandem/internal/collab"
	"tandem/internal/session"
)

// A presenceLease keeps a subscription's client in its room until the subscription ends,
// except while its person is hidden.
type presenceLease struct {
	resolver *Resolver
	room     collab.Room
	clientID *collab.ID // nil for a client that only watches
	state    collab.PresencePatch

	shown atomic.Bool // the person was shown since the client last entered, so it may have been taken out

	mu    sync.Mutex       // guards what follows; held while the client enters
	leave func(clean bool) // nil while it is not in the room
	ended bool
	gone  func() // ends what present began; nil before
}

// accessChanged records a change that may show the person again.
func (l *presenceLease) accessChanged(change *collab.Change) {
	if change == nil || change.ShowsPresence() {
		l.shown.Store(true)
	}
}

// update makes the client enter or leave the room, depending on whether its person is hidden now.
func (l *presenceLease) update(ctx context.Context, v *collab.Viewer) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.clientID == nil || l.ended:
	case v.PresenceHidden && l.leave != nil:
		l.leave(true)
		l.leave = nil
	case !v.PresenceHidden && (l.shown.Load() || l.leave == nil):
		return l.enter(ctx, v)
	}
	return nil
}

// enter makes the client enter the room, even if it is already there. The caller holds l.mu.
func (l *presenceLease) enter(ctx context.Context, v *collab.Viewer) error {
	shown := l.shown.Swap(false)
	leave, err := l.resolver.rooms.Enter(ctx, l.room, presenceOf(v, *l.clientID), l.state)
	if err != nil {
		if shown {
			l.shown.Store(true)
		}
		return err
	}
	if l.leave != nil {
		l.leave(true) // the new entry keeps the client in the room
	}
	l.leave = leave
	return nil
}

// present records that the client is present over its connection, which may have subscriptions that depend on that.
func (l *presenceLease) present(ctx context.Context) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if current, err := session.From(ctx); err == nil && l.clientID != nil && !l.ended {
		l.gone = current.Present(*l.clientID)
	}
}

// end makes the client leave for good; clean reports that it left on purpose.
func (l *presenceLease) end(clean bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
	if l.gone != nil {
		l.gone()
		l.gone = nil
	}
	if l.leave != nil {
		l.leave(clean)
		l.leave = nil
	}
}
