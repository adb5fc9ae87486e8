package resolvers

import (
	"context"
	"strings"

	"tandem/dataloaders"
	"tandem/graph"
	"tandem/internal/collab"
)

type fieldChangeResolver struct{ *Resolver }

// FieldChange returns the resolvers of one field of a change.
func (r *Resolver) FieldChange() graph.FieldChangeResolver { return fieldChangeResolver{r} }

func (r fieldChangeResolver) OldText(ctx context.Context, obj *collab.ShownChange) (*string, error) {
	return textOf(ctx, obj.Old)
}

func (r fieldChangeResolver) NewText(ctx context.Context, obj *collab.ShownChange) (*string, error) {
	return textOf(ctx, obj.New)
}

func (r fieldChangeResolver) OldNode(ctx context.Context, obj *collab.ShownChange) (collab.Node, error) {
	return nodeOf(ctx, obj.Old)
}

func (r fieldChangeResolver) NewNode(ctx context.Context, obj *collab.ShownChange) (collab.Node, error) {
	return nodeOf(ctx, obj.New)
}

// textOf returns a value as a person reads it. People about whom nothing is kept, and entities that
// the scope does not see, have no text.
func textOf(ctx context.Context, value collab.Shown) (*string, error) {
	people, entity := value.People(), value.Entity()
	switch {
	case len(people) > 0:
		return namesOf(ctx, people)
	case entity != "":
		found, err := entityByID(ctx, &entity)
		if err != nil || found == nil {
			return nil, err
		}
		name := found.DisplayName()
		return &name, nil
	}
	return value.Text(), nil
}

func namesOf(ctx context.Context, ids []collab.ID) (*string, error) {
	people, err := dataloaders.From(ctx).Users(ctx, ids)
	if err != nil || len(people) == 0 {
		return nil, err
	}
	names := make([]string, len(people))
	for i, person := range people {
		names[i] = person.Name
	}
	joined := strings.Join(names, ", ")
	return &joined, nil
}

// nodeOf returns the person or the entity that a value names; nil for a list.
func nodeOf(ctx context.Context, value collab.Shown) (collab.Node, error) {
	people, entity := value.People(), value.Entity()
	switch {
	case !value.One():
		return nil, nil
	case len(people) > 0:
		person, err := user(ctx, &people[0])
		if person == nil {
			return nil, err // not a Node that holds a nil
		}
		return person, err
	case entity != "":
		return entityByID(ctx, &entity)
	}
	return nil, nil
}
