package resolvers

import (
	"context"

	"tandem/internal/collab"
)

// maxNodes bounds how many nodes one call asks for.
const maxNodes = 100

func (r queryResolver) Node(ctx context.Context, id collab.ID) (collab.Node, error) {
	found, err := r.Nodes(ctx, []collab.ID{id})
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

func (r queryResolver) Nodes(ctx context.Context, ids []collab.ID) ([]collab.Node, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	if len(ids) > maxNodes {
		return nil, collab.Errorf(collab.BadInput, "ids must be at most %d", maxNodes)
	}
	found, err := r.service.Nodes(ctx, v, ids)
	if err != nil {
		return nil, err
	}
	nodes := make([]collab.Node, len(ids))
	for i, id := range ids {
		nodes[i] = found[id]
	}
	return nodes, nil
}
