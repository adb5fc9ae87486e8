package hub

import (
	"context"
	"sync"
	"time"

	"tandem/internal/collab"
)

// expiryNotice is how long before its token expires a session is told. Shorter,
// and a client on a slow line has no time to get a fresh one; longer, and it gets
// one that it would not have needed.
const expiryNotice = time.Minute

var (
	errNoSession = collab.Errorf(collab.BadInput,
		"there is no session here: it is of a connection that stays, a WebSocket or an event stream")
	errNotRenewable = collab.Errorf(collab.BadInput,
		"this connection can't take a fresh token: open another one with it, and resume")
)

// A Notice is one thing that happened to a session; one of its fields is set.
type Notice struct {
	// Change altered what the person may see or do; Role is theirs after it.
	Change *collab.Change
	Role   collab.Role
	// Expires is when the token does, soon.
	Expires time.Time
	// ComeBack is after how long the client is to connect again, since the instance stops.
	ComeBack *time.Duration
}

// A SessionFeed is what happens to a session, told one by one.
type SessionFeed struct {
	session     *Session
	orgID, user collab.ID
	push        func(Notice)
	unwatch     func()
	told        time.Time // the expiry that was told last
	drained     bool      // the draining was told

	mu       sync.Mutex  // guards what follows
	role     collab.Role // of the person, as the last change left it
	altering []Notice    // not told yet
	lost     bool        // the log was replaced
}

// Session says that the execution's events are what happens to a session of a
// person: its own ends, and the changes that give the person more access or less.
func (f *Feed) Session(s *Session, v *collab.Viewer, push func(Notice)) {
	f.session = &SessionFeed{session: s, orgID: v.Organization.ID, user: v.User.ID, role: v.Role, push: push}
}

// SessionFeed returns what happens to a session, if the resolver said that it is that.
func (f *Feed) SessionFeed() *SessionFeed { return f.session }

// Open begins to follow what alters the person's access, from now on.
func (f *SessionFeed) Open(ctx context.Context, all *Broadcasts) (err error) {
	f.unwatch, err = all.WatchAccess(ctx, f.orgID, f.user, f.alter)
	return err
}

// Close ends what Open began.
func (f *SessionFeed) Close() { f.unwatch() }

// maxNotices bounds the changes of access that wait for a client that does not read: a session
// that has more of them ends after the last one that is kept.
const maxNotices = 64

// alter takes note of a change, and wakes who waits.
func (f *SessionFeed) alter(change *collab.Change) {
	f.mu.Lock()
	if change == nil || len(f.altering) >= maxNotices {
		f.lost = true
	} else if f.role = change.RoleOf(f.user, f.role); change.EffectOn(f.user, f.role) != collab.EffectScope {
		f.altering = append(f.altering, Notice{Change: change, Role: f.role})
	}
	f.mu.Unlock()
	f.session.change(func() {})
}

// Next waits for the next notice, and pushes it to the execution.
func (f *SessionFeed) Next(ctx context.Context) error {
	for {
		notice, wait, err := f.due()
		if err != nil {
			return err
		}
		if wait == 0 {
			f.tell(notice)
			return nil
		}
		if err := f.await(ctx, wait); err != nil {
			return err
		}
	}
}

// await waits until something of the session changes, or for a time.
func (f *SessionFeed) await(ctx context.Context, wait time.Duration) error {
	waiting, stop := context.WithTimeout(ctx, wait)
	defer stop()
	defer f.session.watch(stop)()
	if _, now, err := f.due(); now > 0 && err == nil { // else it came before anybody watched
		<-waiting.Done()
	}
	return ctx.Err()
}

var errMissed = collab.Errorf(collab.ResyncRequired, "changes of your access were missed; subscribe again")

// longWait is how long a feed waits that waits for no time in particular.
const longWait = 24 * time.Hour

// tell pushes a notice, each of which is told once.
func (f *SessionFeed) tell(notice Notice) {
	switch {
	case notice.Change != nil:
		f.mu.Lock()
		f.altering = f.altering[1:]
		f.mu.Unlock()
	case notice.ComeBack != nil:
		f.drained = true
	default:
		f.told = notice.Expires
	}
	f.push(notice)
}

// due returns the notice that is to be told now, or how long it is until the next one.
func (f *SessionFeed) due() (Notice, time.Duration, error) {
	f.mu.Lock()
	altering, lost := f.altering, f.lost
	f.mu.Unlock()
	switch {
	case len(altering) > 0:
		return altering[0], 0, nil
	case lost:
		return Notice{}, 0, errMissed
	}
	if comeBack, drains := f.session.draining(); drains && !f.drained {
		return Notice{ComeBack: &comeBack}, 0, nil
	}
	expires := f.session.Expires()
	if expires.IsZero() || expires.Equal(f.told) {
		return Notice{}, longWait, nil
	}
	if wait := time.Until(expires) - expiryNotice; wait > 0 {
		return Notice{}, wait, nil
	}
	return Notice{Expires: expires}, 0, nil
}
