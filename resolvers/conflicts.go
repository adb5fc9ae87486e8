package resolvers

import (
	"context"

	"tandem/dataloaders"
	"tandem/graph"
	"tandem/graph/model"
	"tandem/internal/collab"
)

func (r queryResolver) Conflicts(ctx context.Context, open *bool, entityID *collab.ID, first *int, after *string) (*model.ConflictConnection, error) {
	s, err := scope(ctx)
	if err != nil {
		return nil, err
	}
	page, err := r.service.Conflicts(ctx, s, collab.ConflictQuery{Open: open, EntityID: entityID}, request(ctx, first, after))
	if err != nil {
		return nil, err
	}
	return conflictConnection(page), nil
}

// conflict serves the fields that all conflicts have: C is the conflict's type, E its entity's.
type conflict[C collab.TypedConflict, E collab.Entity] struct{ *Resolver }

func (r conflict[C, E]) DetectedFor(ctx context.Context, obj C) (*collab.User, error) {
	return user(ctx, &obj.Common().DetectedForID)
}

func (r conflict[C, E]) ConflictedFields(ctx context.Context, obj C) ([]*collab.FieldConflict, error) {
	return shownConflicts(ctx, obj.Common().Fields)
}

func (r conflict[C, E]) ResolvedBy(ctx context.Context, obj C) (*collab.User, error) {
	return user(ctx, obj.Common().ResolvedByID)
}

func (r conflict[C, E]) Base(ctx context.Context, obj C) (E, error) {
	return versionOf[E](ctx, obj.Common().EntityID, obj.Common().BaseVersion)
}

// Remote is the entity as it is now where the viewer is not shown the version, or
// the log no longer has it: there is always something that the edit can be laid over.
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

// CustomerConflict returns the resolvers of a conflict over a customer.
func (r *Resolver) CustomerConflict() graph.CustomerConflictResolver {
	return conflict[*collab.CustomerConflict, *collab.Customer]{r}
}

// CallConflict returns the resolvers of a conflict over a call.
func (r *Resolver) CallConflict() graph.CallConflictResolver {
	return conflict[*collab.CallConflict, *collab.Call]{r}
}

// MeetingConflict returns the resolvers of a conflict over a meeting.
func (r *Resolver) MeetingConflict() graph.MeetingConflictResolver {
	return conflict[*collab.MeetingConflict, *collab.Meeting]{r}
}

type fieldConflictResolver struct{ *Resolver }

// FieldConflict returns the resolvers of one field of a conflict.
func (r *Resolver) FieldConflict() graph.FieldConflictResolver { return fieldConflictResolver{r} }

func (r fieldConflictResolver) RemoteChangedBy(ctx context.Context, obj *collab.FieldConflict) (*collab.User, error) {
	return user(ctx, obj.RemoteChangedByID)
}
