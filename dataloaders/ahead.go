package dataloaders

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"tandem/internal/collab"
)

// aheadLasts is for how long what was read ahead is used. It bounds how much older
// than its rendering something in an event can be.
const aheadLasts = 50 * time.Millisecond

// An Ahead reads what the next events of a subscription need together with what the
// present one does, so that a subscription that catches up need not ask the store
// for every event. It lasts as long as the subscription's execution.
type Ahead struct {
	// Current returns the change of the present event, Upcoming that one and those of
	// the next ones.
	Current  func() *collab.Change
	Upcoming func() []*collab.Change

	mu       sync.Mutex // guards what follows; held while the store is read
	entities ahead[collab.Entity]
	users    ahead[*collab.User]
	comments ahead[*collab.Comment]
}

// ahead is what was read of one kind. What is not there is the zero value.
type ahead[V any] struct {
	changes map[*collab.Change]bool // whose events it was read for; none of them is newer
	asked   map[collab.ID]bool
	found   map[collab.ID]V
	until   time.Time
}

// loadAhead returns what an id names if one of the upcoming changes has it, as id
// says; ok is false if none does.
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
