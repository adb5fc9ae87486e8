package hub

import (
	"context"
	"errors"
	"slices"
	"sync"

	"tandem/internal/collab"
	"tandem/internal/fair"
)

// A subscription behind its ring reads catchUpPage changes at first, and up to largestPage while
// they are small. Each such subscription holds two pages.
const (
	catchUpPage = 64
	largestPage = 256
)

// catchUpBytes bounds the part of a page that a subscription keeps, in bytes, besides its first change. It
// reads the rest again later.
const catchUpBytes = 1 << 20

var errLogBehind = errors.New("the log does not have what was announced")

// A Subscription yields all of an organization's changes after a cursor, in order, each once. One goroutine
// at a time may use it.
type Subscription struct {
	hub    *Hub
	ring   *ring
	cursor collab.Cursor
	behind []*collab.Change // read from the log, not yielded yet
	readAt int              // the ring's count of erasures when behind was read
	limit  int              // the size of the next page
	coming <-chan page      // receives the page after behind; nil if nobody reads it
	forget func()           // cancels that read
	retry  backoff
	closed sync.Once
}

func newSubscription(h *Hub, r *ring, after collab.Cursor) *Subscription {
	return &Subscription{hub: h, ring: r, cursor: after, limit: catchUpPage, forget: func() {}}
}

// Cursor returns the cursor of the change that the subscription yielded last.
func (s *Subscription) Cursor() collab.Cursor { return s.cursor }

// Close ends the subscription. It may be called more than once.
func (s *Subscription) Close() {
	s.closed.Do(func() {
		s.forget()
		s.hub.unfollow(s.ring)
	})
}

// Next waits for the next change, also while the database is unavailable. It returns a RESYNC_REQUIRED
// error if the log can no longer be read after the subscription's cursor, and that of ctx when ctx ends.
// The change is shared: nobody may modify it.
func (s *Subscription) Next(ctx context.Context) (*collab.Change, error) {
	return s.nextWithin(ctx, ctx)
}

// nextWithin is Next, but returns the error of waiting when waiting ends while it waits for the ring. waiting
// must descend from ctx. Reads of the log depend on ctx only: a cancelled read costs the database a
// connection, and has to be repeated.
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

// Ready returns the next change if it is in memory, or nil.
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

// Ahead returns the changes that Ready would return, the next one first, at most a page.
func (s *Subscription) Ahead() []*collab.Change {
	if s.holds() {
		return s.behind
	}
	return s.ring.stretch(s.cursor.Position, catchUpPage)
}

// dropAhead drops what was read from the log and not yielded yet. Next reads it again.
func (s *Subscription) dropAhead() { s.behind, s.coming = nil, nil }

// holds reports whether there are changes that were read from the log and not yielded yet. After an erasure
// it drops them, so that they are read again.
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
	erasures int // the ring's count before the page was read
	limit    int // the largest number of changes that it could have
	changes  []*collab.Change
	err      error
}

// catchUp reads the next page from the log, which the ring no longer has. It waits after a failed read, for
// the caller to retry; it returns only errors that end the subscription.
func (s *Subscription) catchUp(ctx context.Context) error {
	next, err := s.nextPage(ctx)
	switch {
	case err == nil:
		s.hub.caughtUp.Add(int64(len(next.changes)))
		s.ring.prepend(next.changes, next.erasures)
		s.hold(ctx, next)
		return nil
	case collab.CodeOf(err) == collab.ResyncRequired:
		return err
	case ctx.Err() == nil:
		s.hub.logFailure(s.ring.orgID, err)
		sleep(ctx, s.retry.next())
	}
	return nil
}

// nextPage returns the page after the cursor. It uses the page that is being read already, if it is the
// right one.
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

// hold makes a page the next one to yield. If more changes follow, it starts to read the page after it, so
// that the subscriber need not wait for that read.
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
	ctx, s.forget = context.WithCancel(context.WithoutCancel(ctx)) // the read outlives this call of Next
	coming := make(chan page, 1)
	after, limit := held[len(held)-1].Cursor, s.limit
	go func() { coming <- s.read(ctx, after, limit) }()
	s.coming = coming
}

// upToBytes returns the first changes whose sizes add up to at most most bytes, at least one, and
// their size.
func upToBytes(changes []*collab.Change, most int) (first []*collab.Change, size int) {
	for i, change := range changes {
		if size+change.Size() > most && i > 0 {
			return slices.Clone(changes[:i]), size
		}
		size += change.Size()
	}
	return changes, size
}

// fits reports whether changes take at most most bytes together, or are a single one.
func fits(changes []*collab.Change, most int) bool {
	first, _ := upToBytes(changes, most)
	return len(first) == len(changes)
}

// read reads the page after a cursor from the log, when the organization may read. The page is empty if the
// ring has those changes meanwhile. read may run while the subscription is in use.
func (s *Subscription) read(ctx context.Context, after collab.Cursor, limit int) page {
	next := page{after: after, erasures: s.ring.erased(), limit: limit}
	var grant *fair.Grant
	if grant, next.err = s.hub.awaitLogRead(ctx, s.ring.orgID); next.err != nil {
		return next
	}
	defer grant.Release()
	if s.ring.reaches(after) {
		return next
	}
	if gap, short := s.ring.lacks(after.Position); short {
		next.limit = gap
	}
	if next.changes, next.err = s.hub.changes(ctx, s.ring.orgID, after.Position, next.limit); next.err == nil {
		next.err = checkConsecutive(next.changes, after)
	}
	return next
}

// explain returns why the log has nothing after the cursor although the ring has: the log was pruned, or
// the database is a replica that lags behind.
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
