package dataloaders

import (
	"context"
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
	changes []*collab.Change // whose events it was read for; none of them is newer
	asked   []collab.ID
	found   map[collab.ID]V
	until   time.Time
}

// loadAhead returns what an id names if one of the upcoming changes has it, as id
// says; ok is false if none does.
func loadAhead[V any](ctx context.Context, s *Set, kind *ahead[V], id collab.ID, idOf func(*collab.Change) collab.ID,
	read func(context.Context, collab.Scope, []collab.ID) (map[collab.ID]V, error)) (value V, ok bool, err error) {
	s.ahead.mu.Lock()
	defer s.ahead.mu.Unlock()
	if time.Now().Before(kind.until) && slices.Contains(kind.changes, s.ahead.Current()) && slices.Contains(kind.asked, id) {
		return kind.found[id], true, nil
	}
	upcoming := s.ahead.Upcoming()
	var ids []collab.ID
	for _, change := range upcoming {
		if next := idOf(change); next != "" && !slices.Contains(ids, next) {
			ids = append(ids, next)
		}
	}
	if !slices.Contains(ids, id) {
		return value, false, nil
	}
	began := time.Now()
	found, err := read(ctx, s.scope, ids)
	if err != nil {
		return value, true, err
	}
	*kind = ahead[V]{changes: upcoming, asked: ids, found: found, until: began.Add(aheadLasts)}
	return found[id], true, nil
}

func entityOf(c *collab.Change) collab.ID { return c.EntityID }

func actorOf(c *collab.Change) collab.ID { return c.ActorID }

func commentOf(c *collab.Change) collab.ID {
	if c.CommentID == nil {
		return ""
	}
	return *c.CommentID
}
