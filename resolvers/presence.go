package resolvers

import (
	"context"

	"tandem/graph"
	"tandem/internal/collab"
	"tandem/internal/hub"
)

// inRoom is who asks, and the room of their organization that they are in when
// they ask for this one.
func (r *Resolver) inRoom(ctx context.Context, id collab.ID) (*collab.Viewer, collab.Room, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, collab.Room{}, err
	}
	in, err := r.service.Room(ctx, v, id)
	return v, collab.Room{OrgID: v.Organization.ID, ID: in}, err
}

// presenceOf is what a client of the viewer shows at first.
func presenceOf(v *collab.Viewer, clientID collab.ID) collab.Presence {
	return collab.Presence{
		UserID: v.User.ID, Name: v.User.Name, Avatar: v.User.Avatar, ClientID: clientID,
		PresenceState: collab.PresenceState{Status: collab.StatusOnline},
	}
}

// roomState is who is in a room, under the id that it was asked for by.
func (r *Resolver) roomState(ctx context.Context, in collab.Room, asked collab.ID) (*collab.RoomState, error) {
	present, err := r.presences.Present(ctx, in)
	if err != nil {
		return nil, err
	}
	users := collab.Roster(present)
	return &collab.RoomState{Room: asked, Users: users, TotalCount: len(users)}, nil
}

func (r queryResolver) Presence(ctx context.Context, room collab.ID) (*collab.RoomState, error) {
	_, in, err := r.inRoom(ctx, room)
	if err != nil {
		return nil, err
	}
	return r.roomState(ctx, in, room)
}

func (r mutationResolver) Heartbeat(ctx context.Context, room, clientID collab.ID, state map[string]any) (*collab.RoomState, error) {
	v, in, err := r.inRoom(ctx, room)
	if err != nil {
		return nil, err
	}
	if err := collab.PresencePatch(state).Check(); err != nil {
		return nil, err
	}
	if !v.PresenceHidden {
		if err := r.presences.Enter(ctx, in, presenceOf(v, clientID), state, collab.PresenceTTL); err != nil {
			return nil, err
		}
	}
	return r.roomState(ctx, in, room)
}

func (r mutationResolver) UpdatePresence(ctx context.Context, room, clientID collab.ID, state map[string]any) (bool, error) {
	v, in, err := r.inRoom(ctx, room)
	if err != nil {
		return false, err
	}
	if err := collab.PresencePatch(state).Check(); err != nil {
		return false, err
	}
	return r.presences.Update(ctx, in, v.User.ID, clientID, state)
}

func (r mutationResolver) LeaveRoom(ctx context.Context, room, clientID collab.ID) (bool, error) {
	v, in, err := r.inRoom(ctx, room)
	if err != nil {
		return false, err
	}
	return r.presences.Leave(ctx, in, v.User.ID, clientID)
}

type presenceStateResolver struct{ *Resolver }

// PresenceState returns the resolvers of a room's state.
func (r *Resolver) PresenceState() graph.PresenceStateResolver { return presenceStateResolver{r} }

func (r presenceStateResolver) CurrentUser(ctx context.Context, obj *collab.RoomState) (*collab.PresenceUser, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	for _, user := range obj.Users {
		if user.ID == v.User.ID {
			return user, nil
		}
	}
	return nil, nil
}

func (r subscriptionResolver) Presence(ctx context.Context, room collab.ID, clientID *collab.ID, state map[string]any) (<-chan *collab.PresenceUpdate, error) {
	v, in, err := r.inRoom(ctx, room)
	if err != nil {
		return nil, err
	}
	feed, err := hub.FeedFrom(ctx)
	if err != nil {
		return nil, err
	}
	if err := collab.PresencePatch(state).Check(); err != nil {
		return nil, err
	}
	leave := func(bool) {}
	if clientID != nil && !v.PresenceHidden {
		if leave, err = r.rooms.Enter(ctx, in, presenceOf(v, *clientID), state); err != nil {
			return nil, err
		}
	}
	out := make(chan *collab.PresenceUpdate, 1)
	feed.Room(hub.RoomFeed{
		OrgID: in.OrgID, UserID: v.User.ID,
		Updates: r.rooms.Subscribe(ctx, in),
		Moved: func(ctx context.Context) (bool, error) {
			now, err := r.Identify(ctx)
			if err != nil {
				return false, err
			}
			belongs, err := r.service.Room(ctx, now, room)
			return belongs != in.ID, err
		},
		Push:  func(update *collab.PresenceUpdate) { out <- update.As(room) },
		Leave: leave,
	})
	return out, nil
}
