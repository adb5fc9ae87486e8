package hub

import (
	"context"
	"sync"
	"sync/atomic"

	"tandem/internal/collab"
)

// A Feed connects an execution of a subscription to its events. The resolver of the subscription's field
// finds the feed in its context, and tells it which changes are events. The broadcast then pushes one event
// at a time, and renders it before the next one. So an execution needs no goroutine, and every event has a
// cursor.
type Feed struct {
	// Attached is a value that the resolver keeps for the whole execution.
	Attached any
	// Operation names the operation for operators, who see it in Broadcasts.Inspect.
	Operation string

	changes  *ChangeFeed
	personal PersonalFeed
}

// A PersonalFeed has the events of one person's connection: updates of a room, or of a session. It depends on
// what the person may see, so it is notified of every change of access.
type PersonalFeed interface {
	// Person returns the ids of the organization and the person.
	Person() (orgID, userID collab.ID)
	// AccessChanged is called with each change of what the person may see or do, and with nil, for the
	// last time, when changes may have been missed. It must not block.
	AccessChanged(change *collab.Change)
}

// A ChangeFeed has the changes of one organization that match.
type ChangeFeed struct {
	OrgID collab.ID
	// MaxPerSecond bounds the changes of each entity per second; nil sets no bound.
	MaxPerSecond *float64
	// EntityID is the entity of all matching changes, or "" if there may be several.
	EntityID collab.ID
	// About returns the entity that the event of a change is about. A subscriber that catches up sees
	// the event only if that entity is visible now. nil means the entity of the change.
	About func(*collab.Change) collab.ID
	// Depends reports that the resolver read something besides the scope that a change of access may
	// alter. Members that the change affects then begin again.
	Depends bool
	// Matches reports whether a change is an event. It must be pure and quick: it is called for every
	// change of the organization.
	Matches func(*collab.Change) bool
	// Show, if set, is called in place of Matches. It returns the change as the feed shows it, with Placed, or
	// nil if it is not an event.
	Show func(*collab.Change) *collab.Change
	// Concerns, if set, reports whether a change of access has more events for a person, which Gained
	// returns. Only members of that person receive them. Concerns must be pure and quick.
	Concerns func(change *collab.Change, userID collab.ID) bool
	Gained   func(ctx context.Context, change *collab.Change, userID collab.ID) ([]*collab.Change, error)
	// Initial, if set, returns the events that a member without a cursor begins with, and the cursor after
	// which its changes follow.
	Initial func(ctx context.Context) ([]*collab.Change, collab.Cursor, error)
	// Subject, if set, returns what the event of a change shows as it is when it is rendered. An event outdates those of the
	// same subject that were rendered before it: members that read them later have them rendered again.
	Subject func(*collab.Change) collab.ID
	// Push passes a matching change to the execution. It does not block, since the change before it has
	// been rendered.
	Push func(*collab.Change)

	source  source // of the execution
	current *collab.Change
	// yielded is the change that the source yielded last. shown has what show returned for changes while they were ahead;
	// of those that were yielded since, only the last is left.
	yielded *collab.Change
	shown   map[*collab.Change]*collab.Change
	skipped *atomic.Bool // the event that is being rendered is left out
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

// event returns the event of a change that the source yielded last, or nil. It is the same event that was returned
// for the change while it was ahead.
func (f *ChangeFeed) event(change *collab.Change) *collab.Change {
	if change != f.yielded {
		delete(f.shown, f.yielded)
		f.yielded = change
	}
	return f.eventOf(change)
}

// eventsAhead returns the events of the changes that the source will yield next. Each change is shown once, however
// often it is looked at.
func (f *ChangeFeed) eventsAhead() (events []*collab.Change) {
	changes := f.source.ahead()
	shown := make(map[*collab.Change]*collab.Change, len(changes)+1)
	if event, is := f.shown[f.yielded]; is {
		shown[f.yielded] = event
	}
	for _, change := range changes {
		event := f.eventOf(change)
		if shown[change] = event; event != nil {
			events = append(events, event)
		}
	}
	f.shown = shown
	return events
}

// eventOf returns the event of a change that the source yields, or nil. A throttle yields
// a change with AccessEffects as a scope change only, and its event separately.
func (f *ChangeFeed) eventOf(change *collab.Change) *collab.Change {
	if event, is := f.shown[change]; is {
		return event
	}
	switch {
	case change.Placed != nil:
		return change
	case f.MaxPerSecond != nil && change.AccessEffects != nil:
		return nil
	}
	return f.show(change)
}

// concerns reports whether a change has more events for a person.
func (f *ChangeFeed) concerns(change *collab.Change, userID collab.ID) bool {
	return f.Concerns != nil && change.AccessEffects != nil && f.Concerns(change, userID)
}

// show returns a change from the log as the feed shows it, or nil if it is not an event.
func (f *ChangeFeed) show(change *collab.Change) *collab.Change {
	if f.Show != nil {
		return f.Show(change)
	}
	if f.Matches(change) {
		return change
	}
	return nil
}

// Upcoming returns the change that is being rendered, and the matching changes after it that are in memory,
// so that loaders can read for all of them at once. One goroutine at a time may call it while an event is
// rendered.
func (f *Feed) Upcoming() []*collab.Change {
	if f.changes == nil || f.changes.source == nil {
		return nil
	}
	return append([]*collab.Change{f.changes.current}, f.changes.eventsAhead()...)
}

// Changes makes changes the events of the execution.
func (f *Feed) Changes(changes ChangeFeed) {
	changes.skipped = new(atomic.Bool)
	f.changes = &changes
}

// Skip leaves out the event that is being rendered, because its receivers can no longer see its
// subject. Resolvers may call it concurrently.
func (f *Feed) Skip() { f.changes.skipped.Store(true) }

// Personal makes those of a personal feed the events of the execution.
func (f *Feed) Personal(p PersonalFeed) { f.personal = p }

// PersonalFeed returns what the resolver passed to Personal, or nil.
func (f *Feed) PersonalFeed() PersonalFeed { return f.personal }

// Connected reports whether the resolver has called Changes or Personal.
func (f *Feed) Connected() bool { return f.changes != nil || f.personal != nil }

type feedKey struct{}

// WithFeed returns a context that carries the feed.
func WithFeed(ctx context.Context, f *Feed) context.Context {
	return context.WithValue(ctx, feedKey{}, f)
}

// FeedFrom returns the feed that ctx carries, or an error for a subscription on a transport that does not
// support it.
func FeedFrom(ctx context.Context) (*Feed, error) {
	if f, ok := ctx.Value(feedKey{}).(*Feed); ok {
		return f, nil
	}
	return nil, collab.Errorf(collab.BadInput, "a subscription needs a connection that stays: a WebSocket or an event stream")
}

// An Execution renders the events of one operation.
type Execution interface {
	// Render returns the response to the event that was pushed last, as JSON, and whether the
	// response has errors. The caller may keep the payload.
	Render(ctx context.Context) (payload []byte, failed bool)
	// Close ends the execution.
	Close()
}

// A Start begins an execution of an operation, whose resolver connects the feed. The error is for the client.
type Start func(feed *Feed) (Execution, error)

// An Event is one rendered event of a subscription.
type Event struct {
	// Position is the position of its change in the log; 0 for an event without a change.
	Position int64
	// Cursor is the cursor of its change: a client that resumes after it misses nothing. It is only valid
	// if Position is not 0.
	Cursor collab.Cursor
	// Payload is the response as JSON. All receivers share it: nobody may modify it.
	Payload []byte
	// Failed reports whether the payload has errors. A client must not resume after such an event.
	Failed bool
	// about is the entity that the event is about, or "".
	about collab.ID
	// leaves reports whether that entity leaves its reader's list with the event.
	leaves bool
	// subject is what the event shows as it was when it was rendered, or "".
	subject collab.ID
	// Encoding is another encoding of the payload, made once for all receivers; nil for an event
	// with one receiver.
	Encoding *Encoding
}

// An Encoding is a lazily made encoding of a payload, such as its compressed form, which all
// receivers share.
type Encoding struct {
	once  sync.Once
	bytes []byte
}

// Bytes returns the encoded bytes, which encode returns when Bytes is called for the first time. Nobody may
// modify them. A nil Encoding shares nothing.
func (e *Encoding) Bytes(encode func() []byte) []byte {
	if e == nil {
		return encode()
	}
	e.once.Do(func() { e.bytes = encode() })
	return e.bytes
}

// ParseAfter parses the cursor that a subscriber resumes after. It returns nil for "".
func ParseAfter(text string) (*collab.Cursor, error) {
	if text == "" {
		return nil, nil
	}
	cursor, err := collab.ParseCursor(text)
	return &cursor, err
}
