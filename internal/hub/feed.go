package hub

import (
	"context"
	"sync"

	"tandem/internal/collab"
)

// A Feed is where the events of one execution of a subscription come from. The
// resolver of the subscription's field finds it in its context and says what its
// events are; its broadcast then pushes one event at a time, and
// renders it before the next. So nobody needs a goroutine for each execution,
// and a cursor can be told for every event.
type Feed struct {
	// Attached is what the resolver keeps for the whole execution.
	Attached any

	changes *ChangeFeed
	room    *RoomFeed
	session *SessionFeed
}

// A ChangeFeed is the changes of one organization that match.
type ChangeFeed struct {
	OrgID collab.ID
	// After is where the subscriber was; nil for live only.
	After *collab.Cursor
	// MaxPerSecond bounds how many changes of one entity come in a second; nil for all.
	MaxPerSecond *float64
	// EntityID is the entity that all changes that match are of; "" for several.
	EntityID collab.ID
	// About returns the entity that the event of a change is about, which has to be visible
	// for the event to be told later; nil for the entity of the change.
	About func(*collab.Change) collab.ID
	// Depends tells that the resolver found out something when it began, beside the scope, that
	// a change of access may alter. Members whose access is altered then begin anew.
	Depends bool
	// Matches reports whether a change is an event. It must be pure and quick:
	// it is asked for every change of the organization.
	Matches func(*collab.Change) bool
	// Push hands a change that matches to the execution. It does not block,
	// since what was pushed before has been rendered.
	Push func(*collab.Change)

	source  source // where the execution is
	current *collab.Change
}

// Current returns the change that is being rendered.
func (f *Feed) Current() *collab.Change { return f.changes.current }

// about returns the entity that the event of a change is about, or "".
func (f *ChangeFeed) about(change *collab.Change) collab.ID {
	if f.About != nil {
		return f.About(change)
	}
	return change.EntityID
}

// tells reports whether a change that its source yielded is an event. Where changes are folded, one
// that alters access is a turn only, and its event comes apart.
func (f *ChangeFeed) tells(change *collab.Change) bool {
	return (f.MaxPerSecond == nil || change.Regards == nil) && f.Matches(change)
}

// Upcoming returns the change that is being rendered, and those after it that are at
// hand and match, so that what they need can be read together. It may be called
// while an event is rendered, by one goroutine at a time.
func (f *Feed) Upcoming() []*collab.Change {
	if f.changes == nil || f.changes.source == nil {
		return nil
	}
	upcoming := []*collab.Change{f.changes.current}
	for _, change := range f.changes.source.ahead() {
		if f.changes.tells(change) {
			upcoming = append(upcoming, change)
		}
	}
	return upcoming
}

// A RoomFeed is what changes in a room.
type RoomFeed struct {
	OrgID, UserID collab.ID // of who is there
	Updates       *RoomSubscription
	// Moved reports whether the person belongs into another room by now, as when
	// they may no longer see the entity that it is of. The error is for them to see.
	Moved func(context.Context) (bool, error)
	Push  func(*collab.PresenceUpdate)
	// Heard, if set, is told of each change that alters what the person may see or how they
	// are seen, before Moved is asked because of it; nil when changes may have been missed. It
	// must not block.
	Heard func(*collab.Change)
	// Leave is called when the execution ends; clean tells whether the
	// connection was closed by one of its ends rather than lost.
	Leave func(clean bool)
}

// Watch has Updates.Next return ErrScopeChanged when what the person may see was
// altered, until unwatch is called.
func (f *RoomFeed) Watch(ctx context.Context, all *Broadcasts) (unwatch func(), err error) {
	return all.WatchAccess(ctx, f.OrgID, f.UserID, func(change *collab.Change) {
		if f.Heard != nil {
			f.Heard(change)
		}
		f.Updates.alter(change == nil)
	})
}

// Changes says that the execution's events are changes.
func (f *Feed) Changes(changes ChangeFeed) { f.changes = &changes }

// Room says that the execution's events are what changes in a room.
func (f *Feed) Room(room RoomFeed) { f.room = &room }

// RoomFeed returns what changes in a room, if the resolver said that it is that.
func (f *Feed) RoomFeed() *RoomFeed { return f.room }

// Connected reports whether the resolver said what its events are.
func (f *Feed) Connected() bool { return f.changes != nil || f.room != nil || f.session != nil }

type feedKey struct{}

// WithFeed returns a context that carries the feed.
func WithFeed(ctx context.Context, f *Feed) context.Context {
	return context.WithValue(ctx, feedKey{}, f)
}

// FeedFrom returns the feed that ctx carries, or an error for an operation that
// arrived where no subscription can be followed.
func FeedFrom(ctx context.Context) (*Feed, error) {
	if f, ok := ctx.Value(feedKey{}).(*Feed); ok {
		return f, nil
	}
	return nil, collab.Errorf(collab.BadInput, "a subscription needs a connection that stays: a WebSocket or an event stream")
}

// An Execution renders the events of one operation.
type Execution interface {
	// Render returns the response to the event that was pushed last, as JSON.
	// The caller may keep it.
	Render(ctx context.Context) []byte
	// Close ends the execution.
	Close()
}

// A Start begins an execution of an operation whose resolver connects the feed.
// The error is for the subscriber to see.
type Start func(feed *Feed) (Execution, error)

// An Event is one event of a subscription, rendered.
type Event struct {
	// Position is the place of its change in the log; 0 for an event that has none.
	Position int64
	// Cursor is that of its change, as the subscriber sees it: resuming after it
	// misses nothing. It has no meaning where Position is 0.
	Cursor collab.Cursor
	// Payload is the response as JSON, shared by all who get it: nobody modifies it.
	Payload []byte
	// about is the entity that the event is about, or "".
	about collab.ID
	// Form is another form of the payload for all who get it; nil for an event that
	// one gets.
	Form *Form
}

// A Form is bytes that are made of a payload when somebody wants them, and once
// for all who do.
type Form struct {
	once  sync.Once
	bytes []byte
}

// Bytes returns the bytes, which make makes if nobody has had them made. Nobody
// modifies them. It may be called of a nil form.
func (f *Form) Bytes(make func() []byte) []byte {
	if f == nil {
		return make()
	}
	f.once.Do(func() { f.bytes = make() })
	return f.bytes
}

// ParseAfter reads the cursor that a subscriber resumes after; "" is none, and nil.
func ParseAfter(text string) (*collab.Cursor, error) {
	if text == "" {
		return nil, nil
	}
	cursor, err := collab.ParseCursor(text)
	return &cursor, err
}
