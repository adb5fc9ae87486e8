package resolvers

import (
	"context"
	"errors"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"tandem/dataloaders"
	"tandem/graph"
	"tandem/internal/collab"
	"tandem/internal/hub"
	"tandem/internal/presence"
)

// inRoom returns the viewer, and the room of their organization that they enter when
// they ask for the room with this id.
func (r *Resolver) inRoom(ctx context.Context, id collab.ID) (*collab.Viewer, collab.Room, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, collab.Room{}, err
	}
	in, err := r.service.Room(ctx, v, id)
	return v, collab.Room{OrgID: v.Organization.ID, ID: in}, err
}

// presenceOf returns the initial presence of a client of the viewer.
func presenceOf(v *collab.Viewer, clientID collab.ID) collab.Presence {
	return collab.Presence{
		UserID: v.User.ID, Name: v.User.Name, Avatar: v.User.Avatar, ClientID: clientID,
		PresenceState: collab.PresenceState{Status: collab.StatusOnline},
	}
}

// roomState returns the people in a room, under the requested id.
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
	if err := r.beat(ctx, v, in, presenceOf(v, clientID), state); err != nil {
		return nil, err
	}
	if !asksWhoIsThere(ctx) {
		return &collab.RoomState{Room: room}, nil
	}
	return r.roomState(ctx, in, room)
}

// asksWhoIsThere reports whether a heartbeat selects the people in the room. A heartbeat that
// does not costs the same in every room.
func asksWhoIsThere(ctx context.Context) bool {
	return slices.ContainsFunc(graphql.CollectFieldsCtx(ctx, nil), func(field graphql.CollectedField) bool {
		return field.Name != "room" && field.Name != "__typename"
	})
}

// beat makes a client present, unless its person is hidden. A person who hides or is removed
// from the organization while it runs is not visible afterwards.
func (r *Resolver) beat(ctx context.Context, v *collab.Viewer, in collab.Room, p collab.Presence, patch collab.PresencePatch) error {
	if v.PresenceHidden {
		return nil
	}
	if err := r.presences.Enter(ctx, in, p, patch, collab.PresenceTTL); err != nil {
		return err
	}
	now, err := r.Identify(ctx)
	if err == nil && !now.PresenceHidden {
		return nil
	}
	_, left := r.presences.Leave(ctx, in, p.UserID, p.ClientID)
	return errors.Join(err, left)
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

func (r presenceStateResolver) CurrentPresence(ctx context.Context, obj *collab.RoomState) (*collab.RoomPresence, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	for _, presence := range obj.Presences() {
		if presence.PresenceUser.ID == v.User.ID {
			return presence, nil
		}
	}
	return nil, nil
}

type roomPresenceResolver struct{ *Resolver }

// RoomPresence returns the resolvers of a person in a room.
func (r *Resolver) RoomPresence() graph.RoomPresenceResolver { return roomPresenceResolver{r} }

func (r roomPresenceResolver) User(ctx context.Context, obj *collab.RoomPresence) (*collab.User, error) {
	return dataloaders.From(ctx).User(ctx, obj.PresenceUser.ID) // never nil: everybody in a room is a member
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
	lease := &presenceLease{resolver: r.Resolver, room: in, clientID: clientID, state: state}
	if err := lease.update(ctx, v); err != nil {
		return nil, err
	}
	lease.present(ctx)
	out := make(chan *collab.PresenceUpdate, 1)
	feed.Personal(&presence.Feed{
		OrgID: in.OrgID, UserID: v.User.ID,
		Updates: r.rooms.Subscribe(ctx, in),
		Moved: func(ctx context.Context) (bool, error) {
			now, err := r.Identify(ctx)
			if err != nil {
				return false, err
			}
			belongs, err := r.service.Room(ctx, now, room)
			if err != nil || belongs != in.ID {
				return true, err
			}
			return false, lease.update(ctx, now)
		},
		OnAccessChange: lease.accessChanged,
		Push:           func(update *collab.PresenceUpdate) { out <- update.As(room) },
		Leave:          lease.end,
	})
	return out, nil
}
