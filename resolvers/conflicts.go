package resolvers

import (
	"context"

	"tandem/dataloaders"
	"tandem/graph"
	"tandem/internal/collab"
	"tandem/internal/hub"
	"tandem/internal/relay"
)

func (r queryResolver) Conflicts(ctx context.Context, open *bool, entityID *collab.ID, first *int, after *string) (*relay.ConflictConnection, error) {
	s, err := scope(ctx)
	if err != nil {
		return nil, err
	}
	page, err := r.service.Conflicts(ctx, s, collab.ConflictQuery{Open: open, EntityID: entityID}, request(ctx, first, after))
	if err != nil {
		return nil, err
	}
	return relay.ConnectionOf(page, (*collab.Conflict).Typed), nil
}

// conflict serves the fields that all conflicts have: C is the conflict's type, E its entity's.
type conflict[C collab.TypedConflict, E collab.Entity] struct{ *Resolver }

func (r conflict[C, E]) DetectedFor(ctx context.Context, obj C) (*collab.User, error) {
	return user(ctx, &obj.Common().DetectedForID)
}

func (r conflict[C, E]) ConflictedFields(ctx context.Context, obj C) ([]*collab.ShownConflict, error) {
	c := obj.Common()
	fields, err := visibleConflicts(ctx, c.Fields)
	if err != nil || !c.NeedsCurrency() {
		return c.Shown(fields, nil, nil), err
	}
	base, err := dataloaders.From(ctx).Version(ctx, collab.EntityVersion{ID: c.EntityID, Version: c.BaseVersion})
	if err != nil {
		return nil, err
	}
	remote, err := r.Remote(ctx, obj)
	if err != nil || any(remote) == any(*new(E)) {
		return c.Shown(fields, base, nil), err
	}
	return c.Shown(fields, base, remote), nil
}

func (r conflict[C, E]) ResolvedBy(ctx context.Context, obj C) (*collab.User, error) {
	return user(ctx, obj.Common().ResolvedByID)
}

func (r conflict[C, E]) Base(ctx context.Context, obj C) (E, error) {
	return versionOf[E](ctx, obj.Common().EntityID, obj.Common().BaseVersion)
}

// Remote returns the remote version. If the viewer may not see it, or the log no longer has it,
// it returns the current entity, so that there is always a state to lay the edit over.
func (r conflict[C, E]) Remote(ctx context.Context, obj C) (E, error) {
	c := obj.Common()
	found, err := dataloaders.From(ctx).Version(ctx, collab.EntityVersion{ID: c.EntityID, Version: c.RemoteVersion})
	if found == nil {
		found = c.Entity
	}
	typed, _ := found.(E)
	return typed, err
}

func (r conflict[C, E]) Local(ctx context.Context, obj C) (E, error) {
	c := obj.Common()
	remote, err := r.Remote(ctx, obj)
	if err != nil {
		return remote, err
	}
	base, err := dataloaders.From(ctx).Version(ctx, collab.EntityVersion{ID: c.EntityID, Version: c.BaseVersion})
	if err != nil {
		return remote, err
	}
	local, err := c.LocalState(base, remote)
	typed, _ := local.(E)
	return typed, err
}

func (r conflict[C, E]) BaseState(ctx context.Context, obj C) (*collab.EntityState, error) {
	base, err := r.Base(ctx, obj)
	return stateOf(base, collab.StateOf), err
}

func (r conflict[C, E]) LocalState(ctx context.Context, obj C) (*collab.EntityState, error) {
	local, err := r.Local(ctx, obj)
	return stateOf(local, obj.Common().LocalStateOf), err
}

func (r conflict[C, E]) RemoteState(ctx context.Context, obj C) (*collab.EntityState, error) {
	remote, err := r.Remote(ctx, obj)
	return stateOf(remote, collab.StateOf), err
}

// stateOf makes a state of one side of a conflict, if there is that side.
func stateOf[E collab.Entity](side E, state func(collab.Entity) *collab.EntityState) *collab.EntityState {
	if any(side) == any(*new(E)) {
		return nil
	}
	return state(side)
}

type fieldConflictResolver struct{ *Resolver }

// FieldConflict returns the resolvers of one field of a conflict.
func (r *Resolver) FieldConflict() graph.FieldConflictResolver { return fieldConflictResolver{r} }

func (r fieldConflictResolver) RemoteChangedBy(ctx context.Context, obj *collab.ShownConflict) (*collab.User, error) {
	return user(ctx, obj.RemoteChangedByID)
}

type conflictEventResolver struct{ *Resolver }

// ConflictEvent returns the resolvers of an event of a conflict.
func (r *Resolver) ConflictEvent() graph.ConflictEventResolver { return conflictEventResolver{r} }

func (r conflictEventResolver) Actor(ctx context.Context, obj *collab.ConflictEvent) (*collab.User, error) {
	return user(ctx, &obj.ActorID)
}

// Conflict returns the conflict as it is now. Without it there is no event: the conflict was removed with its
// entity, or access to the entity was lost and the change that says so is still to come.
func (r conflictEventResolver) Conflict(ctx context.Context, obj *collab.ConflictEvent) (collab.TypedConflict, error) {
	found, err := dataloaders.From(ctx).Conflict(ctx, *obj.ConflictID)
	if err != nil {
		return nil, err
	}
	if found != nil {
		return found.Typed(), nil
	}
	feed, err := hub.FeedFrom(ctx)
	if err != nil {
		return nil, err
	}
	feed.Skip()
	return nil, collab.Errorf(collab.Unavailable, "the conflict no longer exists")
}

func (r fieldConflictResolver) BaseText(ctx context.Context, obj *collab.ShownConflict) (*string, error) {
	return textOf(ctx, obj.ShownBase)
}

func (r fieldConflictResolver) LocalText(ctx context.Context, obj *collab.ShownConflict) (*string, error) {
	return textOf(ctx, obj.ShownLocal)
}

func (r fieldConflictResolver) RemoteText(ctx context.Context, obj *collab.ShownConflict) (*string, error) {
	return textOf(ctx, obj.ShownRemote)
}
