package hub

import (
	"context"
	"errors"
	"slices"
	"sync"

	"tandem/internal/collab"
)

// catchUpPage is how many changes a subscription behind its ring reads at a
// time. Each such subscription holds as many in memory, so it is small.
const catchUpPage = 64

// catchUpBytes bounds what a subscription holds of a page, in bytes, beyond its
// first change. What does not fit is read again.
const catchUpBytes = 256 << 10

var errLogBehind = errors.New("the log does not have what was announced")

// A Subscription yields an organization's changes after a cursor: all of them,
// whatever they are, in order, each once. One goroutine may use it at a time.
type Subscription struct {
	hub    *Hub
	ring   *ring
	cursor collab.Cursor
	behind []*collab.Change // read from the log, not yielded yet
	readAt int              // how many erasures there were when behind was read
	retry  backoff
	closed sync.Once
}

func newSubscription(h *Hub, r *ring, after collab.Cursor) *Subscription {
	return &Subscription{hub: h, ring: r, cursor: after}
}

// Cursor is where the subscription is: after the change that it yielded last.
func (s *Subscription) Cursor() collab.Cursor { return s.cursor }

// Close ends the subscription. It may be called more than once.
func (s *Subscription) Close() {
	s.closed.Do(func() { s.hub.leave(s.ring) })
}

// Next waits for the next change. While the log can't be read it goes on
// waiting. It returns a RESYNC_REQUIRED error if the log can't be read after
// the subscription's cursor any more, and the context's own when ctx ends.
// Nobody may modify the change, since it is shared.
func (s *Subscription) Next(ctx context.Context) (*collab.Change, error) {
	return s.nextWithin(ctx, ctx)
}

// nextWithin is Next that stops waiting for the ring, with the error of waiting, when
// waiting ends. It must descend from ctx. Reads of the log have ctx alone, since a read
// that is cut off costs the database a connection and has to be made again.
func (s *Subscription) nextWithin(ctx, waiting context.Context) (*collab.Change, error) {
	for !s.holds() {
		if err := waiting.Err(); err != nil {
			return nil, err
		}
		change, moved, err := s.ring.after(s.cursor.Position)
		switch {
		case err != nil:
			return nil, err
		case change != nil:
			s.cursor = change.Cursor
			return change, nil
		case moved != nil:
			select {
			case <-moved:
			case <-waiting.Done():
			}
		default:
			if err := s.catchUp(ctx); err != nil {
				return nil, err
			}
		}
	}
	return s.pop(), nil
}

// Ready returns the next change if it need not be waited for, or else nil.
func (s *Subscription) Ready() *collab.Change {
	if s.holds() {
		return s.pop()
	}
	change := s.ring.ready(s.cursor.Position)
	if change != nil {
		s.cursor = change.Cursor
	}
	return change
}

// Ahead returns the changes that Ready would return, the next one first, and no more
// than a page.
func (s *Subscription) Ahead() []*collab.Change {
	if s.holds() {
		return s.behind
	}
	return s.ring.stretch(s.cursor.Position, catchUpPage)
}

// holds reports whether there are changes that were read from the log and may be
// yielded. After an erasure they are read again.
func (s *Subscription) holds() bool {
	if len(s.behind) > 0 && s.readAt != s.ring.erased() {
		s.behind = nil
	}
	return len(s.behind) > 0
}

// pop yields the oldest of the changes that were read from the log.
func (s *Subscription) pop() *collab.Change {
	change := s.behind[0]
	s.behind[0] = nil
	s.behind = s.behind[1:]
	s.cursor = change.Cursor
	return change
}

// catchUp reads what comes next from the log, since the ring has it no more. A
// log that fails is tried again later; an error is one that ends the subscription.
func (s *Subscription) catchUp(ctx context.Context) error {
	s.readAt = s.ring.erased()
	changes, err := s.read(ctx)
	if err == nil {
		err = follow(changes, s.cursor)
	}
	switch {
	case err == nil:
		s.hub.caughtUp.Add(int64(len(changes)))
		s.ring.lend(changes, s.readAt)
		s.behind, s.retry = upToBytes(changes, catchUpBytes), backoff{}
		return nil
	case collab.CodeOf(err) == collab.ResyncRequired:
		return err
	case ctx.Err() == nil:
		s.hub.complain(s.ring.orgID, err)
		sleep(ctx, s.retry.next())
	}
	return nil
}

// upToBytes returns the first of the changes that take no more than so many bytes
// together, and at least one.
func upToBytes(changes []*collab.Change, most int) []*collab.Change {
	size := 0
	for i, change := range changes {
		if size += change.Size(); size > most && i > 0 {
			return slices.Clone(changes[:i])
		}
	}
	return changes
}

// read waits for its turn and reads changes from the log. There are none if the
// ring has them after all.
func (s *Subscription) read(ctx context.Context) ([]*collab.Change, error) {
	select {
	case s.hub.catchUps <- struct{}{}:
		defer func() { <-s.hub.catchUps }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if s.ring.reaches(s.cursor) {
		return nil, nil
	}
	limit := catchUpPage
	if gap, short := s.ring.lacks(s.cursor.Position); short {
		limit = gap
	}
	changes, err := s.hub.changes(ctx, s.ring.orgID, s.cursor.Position, limit)
	if err == nil && len(changes) == 0 {
		err = s.explain(ctx)
	}
	return changes, err
}

// explain returns why the log has nothing after the cursor, although the ring
// has been further: either none of it is kept any more, or this is a replica
// that is behind.
func (s *Subscription) explain(ctx context.Context) error {
	head, _, err := s.hub.heads.of(ctx, s.ring.orgID)
	if err != nil {
		return err
	}
	if err := head.Check(s.cursor); err != nil {
		return err
	}
	return errLogBehind
}
