package transport

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/hub"
)

// A Stream is the events of a subscription, on their way to one client. Next may
// be used by one goroutine at a time.
type Stream interface {
	// Next waits for events: at least one, as JSON. With a sink it returns
	// nothing once the sink is handed all that comes.
	Next(ctx context.Context) ([]hub.Event, error)
	// Close ends it. clean tells whether the connection was closed by one of its
	// ends, rather than lost.
	Close(clean bool)
}

// slim has a subscription keep no more of what its client sent than it needs to
// begin again: the document, and the variables that it declares. The error is for
// the client.
func (o *Operation) slim() error {
	if len(o.opCtx.RawQuery) > longestSubscribed {
		return gqlerror.List{badInput(fmt.Sprintf("the document of a subscription may have at most %d kB", longestSubscribed>>10))}
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
	if len(variables) > longestVariables {
		return gqlerror.List{badInput(fmt.Sprintf("the variables of a subscription may have at most %d kB", longestVariables>>10))}
	}
	return nil
}

// Subscribe begins to follow a subscription. after, if it is not "", replaces
// the operation's own argument of that name. The error is for the client.
func (o *Operation) Subscribe(after string, sink hub.Sink) (Stream, error) {
	stream, err := o.allowed(after, sink)
	if o.engine.Subscribed != nil {
		o.engine.Subscribed(err)
	}
	return stream, err
}

func (o *Operation) allowed(after string, sink hub.Sink) (Stream, error) {
	if err := o.slim(); err != nil {
		return nil, err
	}
	var leave func()
	if o.engine.Follow != nil {
		var err error
		if leave, err = o.engine.Follow(o.ctx); err != nil {
			return nil, err
		}
	}
	stream, hidden, err := o.place(after, sink)
	if err != nil {
		if leave != nil {
			leave()
		}
		return nil, err
	}
	return newFollowed(o, stream, sink, leave, hidden), nil
}

// place subscribes, and reports whether the one entity that the subscription follows exists
// and is hidden from the person. That is asked once the subscription has its place in the
// log, so that it meets every change that makes the answer another one.
func (o *Operation) place(after string, sink hub.Sink) (stream Stream, hidden bool, err error) {
	if stream, err = o.subscribe(after, sink); err != nil {
		return nil, false, err
	}
	if member, is := stream.(memberStream); is && member.Entity() != "" {
		if hidden, err = member.Hidden(o.ctx); err != nil {
			stream.Close(true)
			return nil, false, err
		}
	}
	return stream, hidden, nil
}

// subscribe begins in the scope that the person has where the subscription begins, or later:
// first the instance comes to that place (Follow), then the person is identified. What alters
// access afterwards is noticed by the stream; what alters it meanwhile, by identifying once more.
func (o *Operation) subscribe(after string, sink hub.Sink) (Stream, error) {
	identity, err := o.engine.identify(o.ctx)
	if err != nil {
		return nil, err
	}
	p := o.engine.plan(o.opCtx)
	if after == "" {
		after = p.after(o.opCtx.Variables)
	}
	release, err := o.engine.broadcasts.Follow(o.ctx, identity.Org, after)
	if err != nil {
		return nil, err
	}
	defer release()
	for {
		if identity, err = o.engine.identify(o.ctx); err != nil {
			return nil, err
		}
		stream, err := o.subscribeAs(identity, p, after, sink)
		if errors.Is(err, hub.ErrScopeChanged) { // while it began
			continue
		}
		if err != nil {
			return nil, err
		}
		now, err := o.engine.identify(o.ctx)
		if err == nil && now.Scope == identity.Scope && (!p.perViewer || now.Standing == identity.Standing) {
			return stream, nil
		}
		stream.Close(true)
		if err != nil {
			return nil, err
		}
	}
}

func (o *Operation) subscribeAs(identity Identity, p *plan, after string, sink hub.Sink) (Stream, error) {
	carry := identity.Shared
	if p.perViewer {
		carry = identity.Own
		if own, err := o.subscribeOwn(identity, p); own != nil || err != nil {
			return own, err
		}
	}
	cursor, err := hub.ParseAfter(after)
	if err != nil {
		return nil, err
	}
	start := func(feed *hub.Feed) (hub.Execution, error) {
		x, err := o.start(context.Background(), carry, feed)
		if err != nil {
			return nil, err
		}
		return x, nil
	}
	member, err := o.engine.broadcasts.Join(o.ctx, p.key(o.opCtx, identity, p.perViewer), identity.person(), start, cursor, sink)
	if err != nil {
		return nil, err
	}
	return memberStream{member}, nil
}

// subscribeOwn begins to follow a room or a session, or returns nothing if the
// operation follows something else. Both are a person's own business, so only
// operations that are executed per user can.
func (o *Operation) subscribeOwn(identity Identity, p *plan) (Stream, error) {
	var feed hub.Feed
	execution, err := o.start(o.ctx, identity.Own, &feed)
	switch {
	case err != nil:
		return nil, err
	case feed.SessionFeed() != nil:
		return o.openSession(feed.SessionFeed(), execution)
	case feed.RoomFeed() == nil:
		execution.Close()
		return nil, nil
	}
	shared, done := o.engine.rooms.enter(p.key(o.opCtx, identity, p.personal))
	room := newRoomStream(feed.RoomFeed(), execution, shared, done)
	if err := room.watch(o.ctx, o.engine.broadcasts); err != nil {
		room.Close(true)
		return nil, err
	}
	return room, nil
}

type memberStream struct{ *hub.Member }

func (m memberStream) Close(bool) { m.Member.Close() }
