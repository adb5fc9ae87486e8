package hub

import (
	"context"
	"errors"
	"slices"
	"sync"

	"tandem/internal/collab"
	"tandem/internal/fair"
)

// A subscription behind its ring reads so many changes at a time: catchUpPage at first, and
// up to largestPage for as long as they are small. Each such subscription holds two pages.
const (
	catchUpPage = 64
	largestPage = 256
)

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
	limit  int              // how many the next page may have
	coming <-chan page      // the page after behind, while it is read; nil if it is not
	forget func()           // stops reading it
	retry  backoff
	closed sync.Once
}

func newSubscription(h *Hub, r *ring, after collab.Cursor) *Subscription {
	return &Subscription{hub: h, ring: r, cursor: after, limit: catchUpPage, forget: func() {}}
}

// Cursor is where the subscription is: after the change that it yielded last.
func (s *Subscription) Cursor() collab.Cursor { return s.cursor }

// Close ends the subscription. It may be called more than once.
func (s *Subscription) Close() {
	s.closed.Do(func() {
		s.forget()
		s.hub.leave(s.ring)
	})
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

// A page is consecutive changes that were read from the log.
type page struct {
	after    collab.Cursor
	erasures int // how many there were before it was read
	limit    int // how many changes it could have had
	changes  []*collab.Change
	err      error
}

// catchUp reads what comes next from the log, since the ring has it no more. A
// log that fails is tried again later; an error is one that ends the subscription.
func (s *Subscription) catchUp(ctx context.Context) error {
	next, err := s.nextPage(ctx)
	switch {
	case err == nil:
		s.hub.caughtUp.Add(int64(len(next.changes)))
		s.ring.lend(next.changes, next.erasures)
		s.hold(ctx, next)
		return nil
	case collab.CodeOf(err) == collab.ResyncRequired:
		return err
	case ctx.Err() == nil:
		s.hub.complain(s.ring.orgID, err)
		sleep(ctx, s.retry.next())
	}
	return nil
}

// nextPage returns the page after the cursor: the one that is being read already, if it is of use.
func (s *Subscription) nextPage(ctx context.Context) (page, error) {
	if coming := s.coming; coming != nil {
		s.coming = nil
		select {
		case next := <-coming:
			if next.err == nil && len(next.changes) > 0 && next.after == s.cursor && next.erasures == s.ring.erased() {
				return next, nil
			}
		case <-ctx.Done():
			return page{}, ctx.Err()
		}
	}
	next := s.read(ctx, s.cursor, s.limit)
	if next.err == nil && len(next.changes) == 0 && !s.ring.reaches(s.cursor) {
		next.err = s.explain(ctx)
	}
	return next, next.err
}

// hold takes a page as what is yielded next. If more follows, the page after it is read
// meanwhile, so that neither the reader nor the log waits for the other.
func (s *Subscription) hold(ctx context.Context, next page) {
	held, size := upToBytes(next.changes, catchUpBytes)
	s.behind, s.readAt, s.retry = held, next.erasures, backoff{}
	if len(held) < next.limit {
		s.limit = catchUpPage
		return
	}
	if s.limit = min(2*next.limit, largestPage); 4*size > catchUpBytes {
		s.limit = catchUpPage
	}
	s.forget()
	ctx, s.forget = context.WithCancel(context.WithoutCancel(ctx)) // it outlives this call of Next
	coming := make(chan page, 1)
	after, limit := held[len(held)-1].Cursor, s.limit
	go func() { coming <- s.read(ctx, after, limit) }()
	s.coming = coming
}

// upToBytes returns the first of the changes that take no more than so many bytes
// together, and at least one, and how many bytes they take.
func upToBytes(changes []*collab.Change, most int) (first []*collab.Change, size int) {
	for i, change := range changes {
		if size+change.Size() > most && i > 0 {
			return slices.Clone(changes[:i]), size
		}
		size += change.Size()
	}
	return changes, size
}

// fits reports whether changes take no more than so many bytes together, or are only one.
func fits(changes []*collab.Change, most int) bool {
	first, _ := upToBytes(changes, most)
	return len(first) == len(changes)
}

// read waits for its turn and reads the page after a cursor from the log. It is empty if the
// ring has what comes there after all. It may run while the subscription is used.
func (s *Subscription) read(ctx context.Context, after collab.Cursor, limit int) page {
	next := page{after: after, erasures: s.ring.erased(), limit: limit}
	var turn *fair.Grant
	if turn, next.err = s.hub.catchUp(ctx, s.ring.orgID); next.err != nil {
		return next
	}
	defer turn.Release()
	if s.ring.reaches(after) {
		return next
	}
	if gap, short := s.ring.lacks(after.Position); short {
		next.limit = gap
	}
	if next.changes, next.err = s.hub.changes(ctx, s.ring.orgID, after.Position, next.limit); next.err == nil {
		next.err = follow(next.changes, after)
	}
	return next
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
