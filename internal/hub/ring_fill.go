package hub

import (
	"context"
	"time"

	"tandem/internal/collab"
)

const (
	// fillPage is the number of changes that a ring reads from the log at a time.
	fillPage = 256
	// minRetry and maxRetry bound the delay before a failed read is retried.
	minRetry = 250 * time.Millisecond
	maxRetry = 2 * time.Second
)

// fill reads the log for the ring at once, and again while there is a gap. One goroutine does so at
// a time, with filling set.
func (r *ring) fill() {
	var retry backoff
	for again := true; again; {
		wait := gapTimeout
		head, known := r.positions()
		changes, err := r.hub.changes(r.ctx, r.orgID, head.Position, fillPage)
		switch {
		case r.ctx.Err() != nil:
			return
		case err != nil:
			r.hub.logFailure(r.orgID, err)
			wait = retry.next()
		default:
			r.addPage(changes, head, known)
			retry = backoff{}
			if len(changes) == fillPage {
				wait = 0
			}
		}
		again = r.staysOpen(wait)
	}
}

// fillLater fills a gap that does not close by itself.
func (r *ring) fillLater() {
	if r.staysOpen(gapTimeout) {
		r.fill()
	}
}

// staysOpen waits, and reports whether the same gap is still there. If another gap opened meanwhile, it
// waits once more. If it reports false, there is no gap or the ring has ended, and the filling goroutine
// has to end.
func (r *ring) staysOpen(wait time.Duration) bool {
	before, _ := r.positions()
	for sleep(r.ctx, wait) {
		r.mu.Lock()
		r.filling = r.known > r.head && r.ended == nil
		filling, head := r.filling, r.head
		r.mu.Unlock()
		if !filling || head == before.Position {
			return filling
		}
		before.Position, wait = head, gapTimeout
	}
	return false
}

// positions returns the ring's head, and the newest announced position.
func (r *ring) positions() (head collab.Cursor, known int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return collab.Cursor{Epoch: r.epoch, Position: r.head}, r.known
}

// addPage appends a page that was read from the log after a head, when known was the newest announced position.
func (r *ring) addPage(changes []*collab.Change, head collab.Cursor, known int64) {
	err := checkConsecutive(changes, head)
	r.mutate(func() {
		if err != nil {
			r.ended = err
			return
		}
		before := r.head
		for _, c := range changes {
			r.add(c)
		}
		r.hub.filled.Add(max(0, head.Position+int64(len(changes))-before))
		// Announced, but not in the log: either the log's replica is behind, or the announcement
		// was wrong. The log is right, and the next comparison finds what is missing.
		if len(changes) == 0 && r.head == head.Position && r.known == known {
			r.known, r.accessAnnouncedAt = r.head, r.accessChangedAt
			clear(r.outOfOrder)
			r.outOfOrderBytes = 0
		}
	})
}

// checkConsecutive returns an error unless the changes are those right after a cursor.
func checkConsecutive(changes []*collab.Change, after collab.Cursor) error {
	for _, c := range changes {
		after.Position++
		switch {
		case c.Cursor.Epoch != after.Epoch:
			return errReplaced
		case c.Cursor.Position != after.Position:
			return errPruned
		}
	}
	return nil
}

// A backoff returns growing delays between attempts.
type backoff struct{ last time.Duration }

func (b *backoff) next() time.Duration {
	b.last = min(max(2*b.last, minRetry), maxRetry)
	return b.last
}

// Retry calls try, with growing delays, until it succeeds, or temporary reports false for its error, or ctx
// ends. It returns the last error of try.
func Retry(ctx context.Context, temporary func(error) bool, try func() error) error {
	err := try()
	for retry := (backoff{}); err != nil && temporary(err) && sleep(ctx, retry.next()); {
		err = try()
	}
	return err
}

// IsUnavailable reports whether an error means that a service which the server needs is unavailable.
func IsUnavailable(err error) bool { return err != nil && collab.CodeOf(err) == collab.Unavailable }

// sleep waits, and reports false if ctx ended meanwhile.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
