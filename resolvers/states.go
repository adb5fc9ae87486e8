package resolvers

import (
	"context"
	"encoding/json"

	"tandem/graph"
	"tandem/internal/collab"
)

type entityStateResolver struct{ *Resolver }

// EntityState returns the resolvers of a state of an entity.
func (r *Resolver) EntityState() graph.EntityStateResolver { return entityStateResolver{r} }

func (r entityStateResolver) UpdatedBy(ctx context.Context, obj *collab.EntityState) (*collab.User, error) {
	return user(ctx, &obj.Entity.Common().UpdatedBy)
}

// Document returns the fields that a patch can set. The id of a customer that is hidden is null, as
// the customer itself is.
func (r entityStateResolver) Document(ctx context.Context, obj *collab.EntityState) (collab.JSON, error) {
	document, err := obj.Document()
	if err != nil {
		return nil, err
	}
	if customer, has := document[customerField]; has {
		shown, err := shownReferences(ctx, collab.JSON(customer))
		if err != nil {
			return nil, err
		}
		document[customerField] = json.RawMessage(shown[0])
	}
	return json.Marshal(document)
}
