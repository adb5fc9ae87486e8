package resolvers

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"

	"tandem/dataloaders"
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
	if err := r.beat(ctx, v, in, presenceOf(v, clientID), state); err != nil {
		return nil, err
	}
	if !asksWhoIsThere(ctx) {
		return &collab.RoomState{Room: room}, nil
	}
	return r.roomState(ctx, in, room)
}

// asksWhoIsThere reports whether somebody who beats wants to know it, so that a beat
// alone costs the same in every room.
func asksWhoIsThere(ctx context.Context) bool {
	return slices.ContainsFunc(graphql.CollectFieldsCtx(ctx, nil), func(field graphql.CollectedField) bool {
		return field.Name != "room" && field.Name != "__typename"
	})
}

// beat makes a client present, unless its person is hidden. A person who hides, or is
// taken out of the organization, at this moment is not to be seen after that.
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
	return dataloaders.From(ctx).User(ctx, obj.PresenceUser.ID) // there has to be one: who is in a room is a member
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
	seen := &attendance{resolver: r.Resolver, room: in, clientID: clientID, state: state}
	if err := seen.update(ctx, v); err != nil {
		return nil, err
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
			if err != nil || belongs != in.ID {
				return true, err
			}
			return false, seen.update(ctx, now)
		},
		Heard: seen.heard,
		Push:  func(update *collab.PresenceUpdate) { out <- update.As(room) },
		Leave: seen.end,
	})
	return out, nil
}

// An attendance is a client of a subscription in its room: there for as long as
// the subscription is, except while its person is hidden.
type attendance struct {
	resolver *Resolver
	room     collab.Room
	clientID *collab.ID // nil for one that only looks on
	state    collab.PresencePatch

	shown atomic.Bool // the person was shown since the client last entered, so it may have been taken out

	mu    sync.Mutex       // guards what follows; held while the client enters
	leave func(clean bool) // nil while it is not in the room
	ended bool
}

// heard takes note of a change that may show the person again.
func (a *attendance) heard(change *collab.Change) {
	if change == nil || change.ShowsPresence() {
		a.shown.Store(true)
	}
}

// update has the client enter or leave the room, as its person is seen or hidden now.
func (a *attendance) update(ctx context.Context, v *collab.Viewer) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.clientID == nil || a.ended:
	case v.PresenceHidden && a.leave != nil:
		a.leave(true)
		a.leave = nil
	case !v.PresenceHidden && (a.shown.Load() || a.leave == nil):
		return a.enter(ctx, v)
	}
	return nil
}

// enter has the client enter the room, also if it did before. a.mu is held.
func (a *attendance) enter(ctx context.Context, v *collab.Viewer) error {
	shown := a.shown.Swap(false)
	leave, err := a.resolver.rooms.Enter(ctx, a.room, presenceOf(v, *a.clientID), a.state)
	if err != nil {
		if shown {
			a.shown.Store(true)
		}
		return err
	}
	if a.leave != nil {
		a.leave(true) // it is held by the new entry
	}
	a.leave = leave
	return nil
}

// end has the client leave for good; clean says that it wanted to.
func (a *attendance) end(clean bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ended = true
	if a.leave != nil {
		a.leave(clean)
		a.leave = nil
	}
}
