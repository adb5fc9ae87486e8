package resolvers

import (
	"context"
	"slices"

	"tandem/internal/collab"
	"tandem/internal/hub"
	"tandem/internal/presence"
)

func (r subscriptionResolver) Presences(ctx context.Context, rooms []collab.ID) (<-chan *collab.PresenceUpdate, error) {
	if len(rooms) == 0 {
		return nil, collab.Errorf(collab.BadInput, "rooms must have 1 to 100 items; there are none")
	}
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	feed, err := hub.FeedFrom(ctx)
	if err != nil {
		return nil, err
	}
	rooms = distinct(rooms)
	in, err := r.places(ctx, v, rooms)
	if err != nil {
		return nil, err
	}
	updates, err := r.rooms.SubscribeSeveral(ctx, v.User.ID, in)
	if err != nil {
		return nil, err
	}
	out := make(chan *collab.PresenceUpdate, 1)
	feed.Personal(&presence.SeveralFeed{
		OrgID: v.Organization.ID, UserID: v.User.ID, Updates: updates,
		Place: func(ctx context.Context) error {
			now, err := r.Identify(ctx)
			if err != nil {
				return err
			}
			in, err := r.places(ctx, now, rooms)
			if err == nil {
				updates.Place(in)
			}
			return err
		},
		Push: func(update *presence.Update) { out <- update.Update.As(rooms[update.Index]) },
	})
	return out, nil
}

// places returns the rooms in which a viewer is placed who asks for others.
func (r *Resolver) places(ctx context.Context, v *collab.Viewer, rooms []collab.ID) ([]collab.Room, error) {
	in := make([]collab.Room, len(rooms))
	for i, room := range rooms {
		id, err := r.service.Room(ctx, v, room)
		if err != nil {
			return nil, err
		}
		in[i] = collab.Room{OrgID: v.Organization.ID, ID: id}
	}
	return in, nil
}

// distinct returns the ids without repetitions, in their order.
func distinct(ids []collab.ID) []collab.ID {
	var out []collab.ID
	for _, id := range ids {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}
