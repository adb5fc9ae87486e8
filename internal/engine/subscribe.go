package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/hub"
	"tandem/internal/inbox"
	"tandem/internal/presence"
	"tandem/internal/session"
)

// A Stream yields the events of a subscription to one client. One goroutine at a time may call
// Next.
type Stream interface {
	// Next waits for at least one event. For a subscription with a sink it returns nil once the
	// sink receives all further events.
	Next(ctx context.Context) ([]hub.Event, error)
	// Close ends it. clean reports whether the client or the server closed the connection, rather
	// than losing it.
	Close(clean bool)
}

// trimParams keeps only what a subscription needs to begin again: the document, and the variables
// that it declares. The error is for the client.
func (o *Operation) trimParams() error {
	if len(o.opCtx.RawQuery) > LongestSubscribed {
		return gqlerror.List{BadInput(fmt.Sprintf("the document of a subscription may have at most %d kB", LongestSubscribed>>10))}
	}
	declared := make(map[string]any)
	for _, variable := range o.opCtx.Operation.VariableDefinitions {
		if value, given := o.params.Variables[variable.Variable]; given {
			declared[variable.Variable] = value
		}
	}
	extensions := make(map[string]any)
	for _, name := range []string{"persistedQuery", "documentId"} { // they name the document
		if value, given := o.params.Extensions[name]; given {
			extensions[name] = value
		}
	}
	o.params.Variables, o.params.Extensions = declared, extensions
	variables, _ := json.Marshal(declared) // they came as JSON
	if len(variables) > LongestVariables {
		return gqlerror.List{BadInput(fmt.Sprintf("the variables of a subscription may have at most %d kB", LongestVariables>>10))}
	}
	return nil
}

// Subscribe begins a subscription. after, if it is not "", replaces the cursor in the operation's
// own arguments. The error is for the client.
func (o *Operation) Subscribe(after string, sink hub.Sink) (stream Stream, err error) {
	ctx := o.ctx
	if subscribing := o.engine.config.Subscribing; subscribing != nil {
		var ended func(after string, err error)
		ctx, ended = subscribing(ctx, o.opCtx)
		defer func() { ended(after, err) }()
	}
	if err := o.trimParams(); err != nil {
		return nil, err
	}
	if after == "" {
		after = o.engine.plan(o.opCtx).after(o.opCtx.Variables)
	}
	release := func() {}
	if reserve := o.engine.config.Reserve; reserve != nil {
		if release, err = reserve(ctx); err != nil {
			return nil, err
		}
	}
	begun, hidden, err := o.begin(ctx, after, sink)
	if err != nil {
		release()
		return nil, err
	}
	return newResubscribing(o, begun, sink, release, hidden), nil
}

// begin opens a stream in the scope that the person has at the stream's cursor or later: first the
// instance follows the log up to the cursor (Follow), then it identifies the person. hidden reports
// whether the stream follows one entity, which exists and is hidden from the person. begin asks for
// that when the stream has its position in the log, so the stream meets every later change of the answer. ctx is of
// this attempt; what outlives it has that of the operation.
func (o *Operation) begin(ctx context.Context, after string, sink hub.Sink) (stream Stream, hidden bool, err error) {
	identity, err := o.engine.config.Identify(ctx)
	if err != nil {
		return nil, false, err
	}
	release, err := o.engine.config.Broadcasts.Follow(ctx, identity.Org, after)
	if err != nil {
		return nil, false, err
	}
	defer release()
	if stream, err = o.openInScope(ctx, o.engine.plan(o.opCtx), after, sink); err != nil {
		return nil, false, err
	}
	if member, is := stream.(memberStream); is && member.Entity() != "" {
		if hidden, err = member.Hidden(ctx); err != nil {
			stream.Close(true)
			return nil, false, err
		}
	}
	return stream, hidden, nil
}

// openInScope opens a stream, and opens it again until the person has the same scope before and
// after. The stream notices later changes of access.
func (o *Operation) openInScope(ctx context.Context, p *plan, after string, sink hub.Sink) (Stream, error) {
	for {
		identity, err := o.engine.config.Identify(ctx)
		if err != nil {
			return nil, err
		}
		stream, err := o.open(ctx, identity, p, after, sink)
		if errors.Is(err, hub.ErrScopeChanged) {
			continue
		}
		if err != nil {
			return nil, err
		}
		now, err := o.engine.config.Identify(ctx)
		if err == nil && now.Scope == identity.Scope && (!p.perViewer || now.Standing == identity.Standing) {
			return stream, nil
		}
		stream.Close(true)
		if err != nil {
			return nil, err
		}
	}
}

// open opens a stream for a person.
func (o *Operation) open(ctx context.Context, identity Identity, p *plan, after string, sink hub.Sink) (Stream, error) {
	if p.perConnection {
		return o.openForConnection(identity, p)
	}
	cursor, err := hub.ParseAfter(after)
	if err != nil {
		return nil, err
	}
	carry := identity.Shared
	if p.perViewer {
		carry = identity.Own
	}
	start := func(feed *hub.Feed) (hub.Execution, error) {
		x, err := o.start(context.Background(), carry, feed)
		if err != nil {
			return nil, err
		}
		return x, nil
	}
	key := p.key(o.opCtx, identity, p.perViewer)
	member, err := o.engine.config.Broadcasts.Join(ctx, key, identity.person(), start, cursor, sink)
	if err != nil {
		return nil, err
	}
	return memberStream{member}, nil
}

// openForConnection opens the stream of a room or a session.
func (o *Operation) openForConnection(identity Identity, p *plan) (Stream, error) {
	var feed hub.Feed
	execution, err := o.start(o.ctx, identity.Own, &feed)
	if err != nil {
		return nil, err
	}
	stream, err := o.personalStream(identity, p, feed.PersonalFeed(), execution)
	if err != nil {
		execution.Close()
		return nil, err
	}
	if err := stream.open(o.ctx, o.engine.config.Broadcasts.WatchFeed); err != nil {
		stream.Close(true)
		return nil, err
	}
	return stream, nil
}

// A personalStream is the Stream of a hub.PersonalFeed.
type personalStream interface {
	Stream
	// open begins to watch the person's access.
	open(context.Context, watchAccess) error
}

// watchAccess is Broadcasts.WatchFeed.
type watchAccess func(context.Context, hub.PersonalFeed) (unwatch func(), err error)

func (o *Operation) personalStream(identity Identity, p *plan, feed hub.PersonalFeed, execution *execution) (personalStream, error) {
	switch feed := feed.(type) {
	case *session.Feed:
		return o.newSessionStream(feed, execution), nil
	case *inbox.Feed:
		return &inboxStream{feed: feed, execution: execution, unwatch: func() {}}, nil
	case *presence.Feed:
		shared, done := o.engine.rooms.acquire(p.key(o.opCtx, identity, p.personal))
		return newRoomStream(feed, execution, shared, done), nil
	case *presence.SeveralFeed:
		return newRoomsStream(feed, execution, func(room string) (*roomRenders, func()) {
			return o.engine.rooms.acquire(p.key(o.opCtx, identity, p.personal) + room)
		}), nil
	}
	return nil, fmt.Errorf("a field with @perConnection has no stream for a %T", feed)
}

type memberStream struct{ *hub.Member }

func (m memberStream) Close(bool) { m.Member.Close() }
