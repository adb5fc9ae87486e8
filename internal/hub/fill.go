package hub

import (
	"context"
	"time"

	"tandem/internal/collab"
)

const (
	// fillPage is how many changes a ring reads from the log at a time.
	fillPage = 256
	// minRetry and maxRetry are how long a log that failed is left alone.
	minRetry = 250 * time.Millisecond
	maxRetry = 2 * time.Second
)

// fill reads the log for the ring, at once, and again for as long as there is a
// hole. One goroutine does so at a time, with filling set.
func (r *ring) fill() {
	var retry backoff
	for again := true; again; {
		wait := patience
		head, known := r.reach()
		changes, err := r.hub.changes(r.ctx, r.orgID, head.Position, fillPage)
		switch {
		case r.ctx.Err() != nil:
			return
		case err != nil:
			r.hub.complain(r.orgID, err)
			wait = retry.next()
		default:
			r.take(changes, head, known)
			retry = backoff{}
			if len(changes) == fillPage {
				wait = 0
			}
		}
		again = r.staysOpen(wait)
	}
}

// mend fills a hole that doesn't close by itself.
func (r *ring) mend() {
	if r.staysOpen(patience) {
		r.fill()
	}
}

// staysOpen waits, and reports whether the hole is still there. A hole that
// opened only while it waited is given time of its own. If there is none, or
// the ring has ended, the goroutine that fills has to end.
func (r *ring) staysOpen(wait time.Duration) bool {
	before, _ := r.reach()
	for sleep(r.ctx, wait) {
		r.mu.Lock()
		r.filling = r.known > r.head && r.ended == nil
		filling, head := r.filling, r.head
		r.mu.Unlock()
		if !filling || head == before.Position {
			return filling
		}
		before.Position, wait = head, patience
	}
	return false
}

// reach returns the ring's head, and the newest position that was heard of.
func (r *ring) reach() (head collab.Cursor, known int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return collab.Cursor{Epoch: r.epoch, Position: r.head}, r.known
}

// take appends what the log had after a head, when known was the newest
// position that was heard of.
func (r *ring) take(changes []*collab.Change, head collab.Cursor, known int64) {
	err := follow(changes, head)
	r.update(func() {
		if err != nil {
			r.ended = err
			return
		}
		before := r.head
		for _, c := range changes {
			r.add(c)
		}
		r.hub.filled.Add(max(0, head.Position+int64(len(changes))-before))
		// Heard of, but not in the log: it is behind, or the announcement was
		// wrong. Either way the log is right, and the next comparison tells.
		if len(changes) == 0 && r.head == head.Position && r.known == known {
			r.known = r.head
			clear(r.aside)
			r.asideBytes = 0
		}
	})
}

// follow returns an error unless the changes are the ones right after a cursor.
func follow(changes []*collab.Change, after collab.Cursor) error {
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

// A backoff says how long to wait before the next attempt: longer each time.
type backoff struct{ last time.Duration }

func (b *backoff) next() time.Duration {
	b.last = min(max(2*b.last, minRetry), maxRetry)
	return b.last
}

// Persist calls try again, less and less often, for as long as it fails because something is away
// (UNAVAILABLE) and ctx goes on. It returns what try returned last.
func Persist(ctx context.Context, away func(error) bool, try func() error) error {
	err := try()
	for retry := (backoff{}); err != nil && away(err) && sleep(ctx, retry.next()); {
		err = try()
	}
	return err
}

// Away reports whether an error is that something the server needs is away for now.
func Away(err error) bool { return err != nil && collab.CodeOf(err) == collab.Unavailable }

// sleep waits, and reports whether ctx still goes on.
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
