package resolvers

import (
	"context"

	"tandem/dataloaders"
	"tandem/graph/model"
	"tandem/internal/collab"
	"tandem/internal/relay"
)

// entity serves the fields that all entities have. The resolvers of the nouns embed it.
type entity[E collab.Entity] struct{ *Resolver }

func (r entity[E]) UpdatedBy(ctx context.Context, obj E) (*collab.User, error) {
	return user(ctx, &obj.Common().UpdatedBy)
}

func (r entity[E]) Owner(ctx context.Context, obj E) (*collab.User, error) {
	return user(ctx, obj.Indexed().OwnerID)
}

func (r entity[E]) Customer(ctx context.Context, obj E) (*collab.Customer, error) {
	found, err := entityByID(ctx, obj.Indexed().CustomerID)
	customer, _ := found.(*collab.Customer)
	return customer, err
}

func (r entity[E]) ViewerAccess(ctx context.Context, obj E) (*collab.Access, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	var level collab.AccessLevel
	if collab.DependsOnGrant(v.User.ID, v.Role, obj) {
		level, err = dataloaders.From(ctx).Grant(ctx, v.User.ID, obj.Common().ID)
	}
	return collab.AccessOf(v.User.ID, v.Role, obj, level), err
}

func (r entity[E]) ViewerWatch(ctx context.Context, obj E) (collab.WatchState, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return "", err
	}
	muted, err := dataloaders.From(ctx).Muted(ctx, v.User.ID, obj.Common().ID)
	if muted || err != nil {
		return collab.WatchMuted, err
	}
	choice, err := dataloaders.From(ctx).WatchChoice(ctx, v.User.ID, obj.Common().ID)
	return collab.WatchOf(v.User.ID, obj, choice), err
}

func (r entity[E]) Activity(ctx context.Context, obj E, first *int, after *collab.Cursor, filter *collab.ActivityFilter) (*model.ActivityConnection, error) {
	page, err := dataloaders.From(ctx).History(ctx, obj.Common().ID, orZero(filter), first, after)
	if err != nil {
		return nil, err
	}
	return activityConnection(page), nil
}

func (r entity[E]) Comments(ctx context.Context, obj E, first *int, after *string) (*relay.CommentConnection, error) {
	page, err := dataloaders.From(ctx).EntityComments(ctx, obj.Common().ID, request(ctx, first, after))
	if err != nil {
		return nil, err
	}
	return relay.Items(page), nil
}

func (r entity[E]) AtVersion(ctx context.Context, obj E, version int) (E, error) {
	return versionOf[E](ctx, obj.Common().ID, version)
}

func (r entity[E]) StateAt(ctx context.Context, obj E, version int) (*collab.EntityState, error) {
	found, err := dataloaders.From(ctx).Version(ctx, collab.EntityVersion{ID: obj.Common().ID, Version: version})
	return collab.StateOf(found), err
}

// versionOf loads an entity as it was; the zero value if the log does not have it.
func versionOf[E collab.Entity](ctx context.Context, id collab.ID, version int) (E, error) {
	found, err := dataloaders.From(ctx).Version(ctx, collab.EntityVersion{ID: id, Version: version})
	typed, _ := found.(E)
	return typed, err
}

// entityByID loads an entity as it is now; nil if there is none.
func entityByID(ctx context.Context, id *collab.ID) (collab.Entity, error) {
	if id == nil {
		return nil, nil
	}
	return dataloaders.From(ctx).Entity(ctx, *id)
}

// typedEntity loads an entity of one type; the zero value if there is none.
func typedEntity[E collab.Entity](ctx context.Context, id collab.ID) (E, error) {
	found, err := entityByID(ctx, &id)
	typed, _ := found.(E)
	return typed, err
}

// listEntities reads one page of a list.
func (r *Resolver) listEntities(ctx context.Context, query collab.EntityQuery, order *collab.EntityOrder, first *int, after *string) (*collab.Page[collab.Entity], error) {
	s, err := scope(ctx)
	if err != nil {
		return nil, err
	}
	query.Order = orZero(order)
	return r.service.Entities(ctx, s, query, request(ctx, first, after))
}

// entitiesOf returns a page of entities of one type.
func entitiesOf[E collab.Entity](page *collab.Page[collab.Entity], err error) (*relay.Connection[E], error) {
	if err != nil {
		return nil, err
	}
	return relay.Entities[E](page), nil
}

// orZero returns *p, or the zero value if p is nil.
func orZero[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// texts turns a list of enum values into plain strings. Nil stays nil.
func texts[S ~string](values []S) []string {
	if values == nil {
		return nil
	}
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}
