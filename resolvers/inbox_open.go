package resolvers

import (
	"context"

	"tandem/internal/collab"
	"tandem/internal/session"
)

// inboxOpen records, until ctx ends, that the clients of the viewer's connection follow their inbox, so that nothing is pushed
// that one of them shows. Without the record, as for a client that is in no room, a notification is pushed that was also shown.
func (r *Resolver) inboxOpen(ctx context.Context, v *collab.Viewer) {
	current, err := session.From(ctx)
	if err != nil {
		return
	}
	context.AfterFunc(ctx, current.Follow(func(client collab.ID) (leave func()) {
		following, stop := context.WithCancel(ctx)
		go r.enterInbox(following, v, client)
		return stop
	}))
}

// enterInbox records a client until ctx ends. It tries once.
func (r *Resolver) enterInbox(ctx context.Context, v *collab.Viewer, client collab.ID) {
	if leave, err := r.rooms.Enter(ctx, collab.InboxRoom(v.Organization.ID), presenceOf(v, client), nil); err == nil {
		context.AfterFunc(ctx, func() { leave(true) })
	}
}
