package session

import (
	"context"
	"sync"
	"time"

	"tandem/internal/collab"
)

// expiryNotice is how long before the token expires the session sends a notice. A low value leaves a client on a
// slow line no time to get a fresh token. A high value makes clients refresh tokens without need.
const expiryNotice = time.Minute

var (
	errNoSession = collab.Errorf(collab.BadInput,
		"there is no session here: only a WebSocket or an event stream has one")
	errNotRenewable = collab.Errorf(collab.BadInput,
		"this connection can't take a fresh token: open another one with it, and resume")
)

// A Notice is one event of a session: an AccessChanged, a Draining or an Expiring.
type Notice interface{ notice() }

// AccessChanged means that a change altered what the person may see or do. Role is the person's role after it.
type AccessChanged struct {
	Change *collab.Change
	Role   collab.Role
}

// Draining means that the instance stops, and that the client should reconnect after a delay.
type Draining struct{ ReconnectAfter time.Duration }

// Expiring means that the token expires soon.
type Expiring struct{ At time.Time }

func (AccessChanged) notice() {}
func (Draining) notice()      {}
func (Expiring) notice()      {}

// A Feed yields the notices of a session one by one.
type Feed struct {
	session     *Session
	orgID, user collab.ID
	push        func(Notice)
	noticed     time.Time // the expiry of the last notice about it
	drained     bool      // the notice about draining was pushed

	mu      sync.Mutex  // guards what follows; innermost
	role    collab.Role // the person's role after the last change
	pending []Notice    // each an AccessChanged that was not pushed yet
	lost    bool        // changes of access may have been missed
}

// NewFeed returns the feed of a person's session. Its notices are about the session (its token expires, the
// instance stops), and about changes that give the person more or less access.
func NewFeed(s *Session, v *collab.Viewer, push func(Notice)) *Feed {
	return &Feed{session: s, orgID: v.Organization.ID, user: v.User.ID, role: v.Role, push: push}
}

// Person returns the ids of the organization and the person.
func (f *Feed) Person() (orgID, userID collab.ID) { return f.orgID, f.user }

// maxNotices bounds the pending notices about changes of access. A feed with more ends after the last of them.
const maxNotices = 64

// AccessChanged queues a notice about a change of the person's access. A nil change ends the feed after the
// pending notices.
func (f *Feed) AccessChanged(change *collab.Change) {
	f.mu.Lock()
	if change == nil || len(f.pending) >= maxNotices {
		f.lost = true
	} else if f.role = change.RoleOf(f.user, f.role); change.EffectOn(f.user, f.role) != collab.EffectScope {
		f.pending = append(f.pending, AccessChanged{Change: change, Role: f.role})
	}
	f.mu.Unlock()
	f.session.change(func() {})
}

// Next waits for the next notice, and pushes it to the execution.
func (f *Feed) Next(ctx context.Context) error {
	for {
		notice, wait, err := f.due()
		if err != nil {
			return err
		}
		if wait == 0 {
			f.deliver(notice)
			return nil
		}
		if err := f.await(ctx, wait); err != nil {
			return err
		}
	}
}

// await waits until the session changes, or wait is over.
func (f *Feed) await(ctx context.Context, wait time.Duration) error {
	waiting, stop := context.WithTimeout(ctx, wait)
	defer stop()
	defer f.session.watch(stop)()
	if _, now, err := f.due(); now > 0 && err == nil { // otherwise it became due before the watch began
		<-waiting.Done()
	}
	return ctx.Err()
}

var errMissed = collab.Errorf(collab.ResyncRequired, "changes of your access were missed; subscribe again")

// longWait bounds the wait of a feed that does not wait for an expiry.
const longWait = 24 * time.Hour

// deliver pushes a notice and marks it as delivered.
func (f *Feed) deliver(notice Notice) {
	switch notice := notice.(type) {
	case AccessChanged:
		f.mu.Lock()
		f.pending = f.pending[1:]
		f.mu.Unlock()
	case Draining:
		f.drained = true
	case Expiring:
		f.noticed = notice.At
	}
	f.push(notice)
}

// due returns the notice to push now, or how long to wait for the next one.
func (f *Feed) due() (Notice, time.Duration, error) {
	f.mu.Lock()
	pending, lost := f.pending, f.lost
	f.mu.Unlock()
	switch {
	case len(pending) > 0:
		return pending[0], 0, nil
	case lost:
		return nil, 0, errMissed
	}
	if comeBack, drains := f.session.draining(); drains && !f.drained {
		return Draining{comeBack}, 0, nil
	}
	expires := f.session.Expires()
	if expires.IsZero() || expires.Equal(f.noticed) {
		return nil, longWait, nil
	}
	if wait := f.session.Left() - expiryNotice; wait > 0 {
		return nil, wait, nil
	}
	return Expiring{expires}, 0, nil
}
