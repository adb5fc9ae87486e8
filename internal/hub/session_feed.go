package hub

import (
	"context"
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
	// Change altered what the person may see or do.
	Change *collab.Change
	// Expires is when the token does, soon.
	Expires time.Time
	// ComeBack is after how long the client is to connect again, since the instance stops.
	ComeBack *time.Duration
}

// A SessionFeed is what happens to a session, told one by one.
type SessionFeed struct {
	session *Session
	changes ChangeFeed
	push    func(Notice)

	source  source
	told    time.Time // the expiry that was told last
	drained bool      // the draining was told
}

// Session says that the execution's events are what happens to a session: its
// own ends, and the changes of the log that concern it.
func (f *Feed) Session(s *Session, changes ChangeFeed, push func(Notice)) {
	f.session = &SessionFeed{session: s, changes: changes, push: push}
}

// SessionFeed returns what happens to a session, if the resolver said that it is that.
func (f *Feed) SessionFeed() *SessionFeed { return f.session }

// Open begins to follow the log of a hub, for what concerns the session from now on.
func (f *SessionFeed) Open(ctx context.Context, all *Broadcasts) (err error) {
	f.source, err = all.hub.openSource(ctx, &f.changes, nil)
	return err
}

// Close ends what Open began.
func (f *SessionFeed) Close() { f.source.close() }

// Next waits for the next notice, and pushes it to the execution.
func (f *SessionFeed) Next(ctx context.Context) error {
	for {
		notice, wait := f.due()
		if wait == 0 {
			f.tell(notice)
			return nil
		}
		change, err := f.await(ctx, wait)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return err
		case change != nil && f.changes.Matches(change):
			f.push(Notice{Change: change})
			return nil
		}
	}
}

// await waits for a change of the log, for something about the session, or for a
// time, whichever comes first; only the first is returned.
func (f *SessionFeed) await(ctx context.Context, wait time.Duration) (*collab.Change, error) {
	waiting, stop := context.WithTimeout(ctx, wait)
	defer stop()
	unwatch := f.session.watch(stop)
	defer unwatch()
	if _, now := f.due(); now == 0 { // it came before anybody watched
		return nil, nil
	}
	change, err := f.source.next(waiting)
	if waiting.Err() != nil && change == nil {
		return nil, nil
	}
	return change, err
}

// longWait is how long a feed waits that waits for no time in particular.
const longWait = 24 * time.Hour

// tell pushes a notice about the session itself, which is told once.
func (f *SessionFeed) tell(notice Notice) {
	if notice.ComeBack != nil {
		f.drained = true
	} else {
		f.told = notice.Expires
	}
	f.push(notice)
}

// due returns the notice that is to be told now, or how long it is until the next one.
func (f *SessionFeed) due() (Notice, time.Duration) {
	if comeBack, drains := f.session.draining(); drains && !f.drained {
		return Notice{ComeBack: &comeBack}, 0
	}
	expires := f.session.Expires()
	if expires.IsZero() || expires.Equal(f.told) {
		return Notice{}, longWait
	}
	if wait := time.Until(expires) - expiryNotice; wait > 0 {
		return Notice{}, wait
	}
	return Notice{Expires: expires}, 0
}
