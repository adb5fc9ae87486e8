// Package inbox follows the inboxes of people for their clients.
package inbox

import (
	"context"
	"reflect"
	"slices"
	"sync"
	"time"

	"tandem/internal/collab"
)

const (
	// longWait bounds the wait of a feed whose inbox has nothing that is snoozed.
	longWait = 24 * time.Hour
	// snoozeWait is how often a feed whose inbox has looks at the clock. A timer neither follows a correction of the clock, nor runs while
	// the machine is suspended.
	snoozeWait = 10 * time.Second
)

// A Reader is the part of collab.Service that feeds read.
type Reader interface {
	InboxOf(ctx context.Context, orgID collab.ID, query collab.InboxQuery) (*collab.Inbox, error)
	FollowInbox(orgID, userID collab.ID, wake func()) (stop func())
	Now() collab.Time
}

// A Feed has the changes of a person's inbox for one client. The first one has the count alone.
type Feed struct {
	reader      Reader
	orgID, user collab.ID
	push        func(*collab.InboxChange)
	stop        func()
	woken       chan struct{} // has a value when the inbox may have changed
	seen        *collab.Inbox // what was pushed last; nil before the first

	mu     sync.Mutex // guards access; innermost
	access *collab.ID // the entity to which the person's access changed; "" if there may be several
}

// NewFeed returns the feed of a person's inbox. Close ends it.
func NewFeed(reader Reader, v *collab.Viewer, push func(*collab.InboxChange)) *Feed {
	f := &Feed{reader: reader, orgID: v.Organization.ID, user: v.User.ID, push: push, woken: make(chan struct{}, 1)}
	f.stop = reader.FollowInbox(f.orgID, f.user, f.wake)
	return f
}

// Close ends the feed.
func (f *Feed) Close() { f.stop() }

// Person returns the ids of the organization and the person.
func (f *Feed) Person() (orgID, userID collab.ID) { return f.orgID, f.user }

// AccessChanged notes that the person may see other entities. A nil change means that changes may have been missed.
func (f *Feed) AccessChanged(change *collab.Change) {
	f.mu.Lock()
	switch {
	case change == nil || f.access != nil && *f.access != change.EntityID:
		f.access = new(collab.ID(""))
	default:
		f.access = &change.EntityID
	}
	f.mu.Unlock()
	f.wake()
}

func (f *Feed) wake() {
	select {
	case f.woken <- struct{}{}:
	default:
	}
}

// Next waits for the next change, and pushes it to the execution. It may be called again after an error.
func (f *Feed) Next(ctx context.Context) error {
	for {
		if err := f.await(ctx); err != nil {
			return err
		}
		now, access, err := f.read(ctx)
		if err != nil {
			f.restore(access)
			f.wake()
			return err
		}
		change := now.Change()
		change.Truncated = change.Truncated || f.isUnlisted(now, access)
		change.Changed = f.news(change.Changed)
		isNews := f.seen == nil || now.Unread != f.seen.Unread || len(change.Changed)+len(change.Removed) > 0 || change.Truncated
		f.seen = now
		if isNews {
			f.push(change)
			return nil
		}
	}
}

// news returns the notifications of a change without those that the change before had, as they are: a grant wakes the feed as a notification, and
// again as a change of what the person sees.
func (f *Feed) news(changed []*collab.Notification) []*collab.Notification {
	if f.seen == nil {
		return changed
	}
	return slices.DeleteFunc(slices.Clone(changed), func(n *collab.Notification) bool {
		return slices.ContainsFunc(f.seen.Changed, func(seen *collab.Notification) bool { return seen.ID == n.ID && reflect.DeepEqual(seen, n) })
	})
}

// isUnlisted reports whether the inbox may have changed in ways that the change does not list, so that the client has to read it again:
// notifications about several entities became visible, or some that were unread were pruned.
func (f *Feed) isUnlisted(now *collab.Inbox, access *collab.ID) bool {
	if f.seen == nil {
		return false
	}
	return access != nil && *access == "" || now.Unread < f.seen.Unread && len(now.Changed)+len(now.Removed) == 0
}

// await waits until the inbox may have changed.
func (f *Feed) await(ctx context.Context) error {
	if f.seen == nil {
		return ctx.Err()
	}
	for {
		timer := time.NewTimer(f.wait())
		select {
		case <-f.woken:
			timer.Stop()
			return ctx.Err()
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
			if f.seen.Wakes == nil || !f.reader.Now().Before(f.seen.Wakes.Time) {
				return ctx.Err()
			}
		}
	}
}

// wait returns after which time the next snooze may have ended.
func (f *Feed) wait() time.Duration {
	if f.seen.Wakes == nil {
		return longWait
	}
	return min(snoozeWait, f.seen.Wakes.Sub(f.reader.Now().Time))
}

// read reads what happened since the last change, and returns which entities it was asked about.
func (f *Feed) read(ctx context.Context) (now *collab.Inbox, access *collab.ID, err error) {
	f.mu.Lock()
	access, f.access = f.access, nil
	f.mu.Unlock()
	query := collab.InboxQuery{UserID: f.user, Access: access}
	if f.seen != nil {
		query.Since = &f.seen.Mark
	}
	now, err = f.reader.InboxOf(ctx, f.orgID, query)
	return now, access, err
}

// restore takes back what a failed read was asked about.
func (f *Feed) restore(access *collab.ID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case access == nil:
	case f.access == nil:
		f.access = access
	case *f.access != *access:
		f.access = new(collab.ID(""))
	}
}
