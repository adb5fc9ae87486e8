package resolvers

import (
	"context"

	"tandem/internal/collab"
)

// inboxOpen records, until ctx ends, that a client of the viewer follows their inbox, so that nothing is pushed that it
// shows. It does not wait for the store, and tries once: without the record a notification is pushed that was also shown.
func (r *Resolver) inboxOpen(ctx context.Context, v *collab.Viewer) {
	go func() {
		client := presenceOf(v, collab.NewID("inb", r.service.Now().Time))
		if leave, err := r.rooms.Enter(ctx, collab.InboxRoom(v.Organization.ID), client, nil); err == nil {
			context.AfterFunc(ctx, func() { leave(true) })
		}
	}()
}
