package dataloaders

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"tandem/internal/collab"
)

// aheadLasts is the time for which values that were read ahead are used. It bounds the age
// of data in an event when the event is rendered.
const aheadLasts = 50 * time.Millisecond

// An Ahead reads the data of the next events of a subscription together with that of the
// present event, so that a subscription that catches up does not query the store
// for every event. It lives as long as the subscription's execution.
type Ahead struct {
	// Current returns the change of the present event, Upcoming this change and those of
	// the next events.
	Current  func() *collab.Change
	Upcoming func() []*collab.Change

	mu        sync.Mutex // guards what follows; held while the store is read; locked before ring.mu
	entities  ahead[collab.Entity]
	users     ahead[*collab.User]
	comments  ahead[*collab.Comment]
	conflicts ahead[*collab.Conflict]
}

// ahead holds the values of one kind that were read. A missing value is the zero value.
type ahead[V any] struct {
	changes map[*collab.Change]bool // whose events it was read for; none of them is newer
	asked   map[collab.ID]bool
	found   map[collab.ID]V
	until   time.Time
}

// loadAhead returns the value of an id if one of the upcoming changes needs it, by the
// function id; otherwise ok is false.
func loadAhead[V any](ctx context.Context, s *Set, kind *ahead[V], id collab.ID, idOf func(*collab.Change) collab.ID,
	read func(context.Context, collab.Scope, []collab.ID) (map[collab.ID]V, error)) (value V, ok bool, err error) {
	s.ahead.mu.Lock()
	defer s.ahead.mu.Unlock()
	if kind.asked[id] && kind.changes[s.ahead.Current()] && time.Now().Before(kind.until) {
		return kind.found[id], true, nil
	}
	next := ahead[V]{changes: map[*collab.Change]bool{}, asked: map[collab.ID]bool{}}
	for _, change := range s.ahead.Upcoming() {
		next.changes[change] = true
		if id := idOf(change); id != "" {
			next.asked[id] = true
		}
	}
	if !next.asked[id] {
		return value, false, nil
	}
	next.until = time.Now().Add(aheadLasts)
	if next.found, err = read(ctx, s.scope, slices.Sorted(maps.Keys(next.asked))); err != nil {
		return value, true, err
	}
	*kind = next
	return kind.found[id], true, nil
}

func entityOf(c *collab.Change) collab.ID { return c.EntityID }

func actorOf(c *collab.Change) collab.ID { return c.ActorID }

func commentOf(c *collab.Change) collab.ID {
	if c.CommentID == nil {
		return ""
	}
	return *c.CommentID
}

func conflictOf(c *collab.Change) collab.ID {
	if c.ConflictID == nil {
		return ""
	}
	return *c.ConflictID
}
