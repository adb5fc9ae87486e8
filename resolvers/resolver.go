// Package resolvers maps GraphQL to the domain and back. It holds no rule: a
// resolver takes its arguments apart, makes one call, and shapes the answer.
package resolvers

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"tandem/dataloaders"
	"tandem/graph"
	"tandem/internal/collab"
	"tandem/internal/presence"
)

// Resolver is the root of all resolvers.
type Resolver struct {
	service   *collab.Service
	presences collab.Presences
	rooms     *presence.Rooms
	log       *slog.Logger
	away      *throttledLog // about services that the server needs and can't reach
	// loaderWait is how long a loader collects the keys that the fields of a response ask for.
	loaderWait time.Duration
}

// New returns the resolvers, which call the given services. loaderWait is how long a loader collects
// keys; 0 is the default.
func New(service *collab.Service, presences collab.Presences, rooms *presence.Rooms, log *slog.Logger, loaderWait time.Duration) *Resolver {
	return &Resolver{
		service: service, presences: presences, rooms: rooms, log: log, away: &throttledLog{log: log},
		loaderWait: cmp.Or(loaderWait, dataloaders.DefaultWait),
	}
}

// Config returns the configuration of the generated executable schema.
func (r *Resolver) Config() graph.Config {
	s := schema()
	return graph.Config{Schema: s, Resolvers: r, Directives: graph.DirectiveRoot{HasRole: hasRole(s), PerViewer: perViewer}}
}

// scope returns the scope of the viewer, which decides what they may see. A shared
// execution has a scope, and no viewer.
func scope(ctx context.Context) (collab.Scope, error) {
	if s, ok := collab.ScopeFrom(ctx); ok {
		return s, nil
	}
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return collab.Scope{}, err
	}
	return v.Scope(), nil
}

type (
	queryResolver        struct{ *Resolver }
	mutationResolver     struct{ *Resolver }
	subscriptionResolver struct{ *Resolver }
)

// Query returns the resolvers of queries.
func (r *Resolver) Query() graph.QueryResolver { return queryResolver{r} }

// Mutation returns the resolvers of mutations.
func (r *Resolver) Mutation() graph.MutationResolver { return mutationResolver{r} }

// Subscription returns the resolvers of subscriptions.
func (r *Resolver) Subscription() graph.SubscriptionResolver { return subscriptionResolver{r} }
