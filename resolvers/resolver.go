// Package resolvers maps GraphQL to the domain and back. It holds no rule: a
// resolver takes its arguments apart, makes one call, and shapes the answer.
package resolvers

import (
	"context"
	"log/slog"
	"time"

	"tandem/dataloaders"
	"tandem/graph"
	"tandem/internal/collab"
	"tandem/internal/hub"
)

// Resolver is the root of all resolvers.
type Resolver struct {
	service   *collab.Service
	presences collab.Presences
	rooms     *hub.Rooms
	log       *slog.Logger
	away      *complaints // of what the server needs and does not get
	// LoaderWait is how long a loader collects what the fields of a response ask for.
	LoaderWait time.Duration
}

// New returns the resolvers over what they call.
func New(service *collab.Service, presences collab.Presences, rooms *hub.Rooms, log *slog.Logger) *Resolver {
	return &Resolver{service: service, presences: presences, rooms: rooms, log: log, away: &complaints{log: log}, LoaderWait: dataloaders.DefaultWait}
}

// Config returns what the generated schema executes with.
func (r *Resolver) Config() graph.Config {
	return graph.Config{Schema: schema(), Resolvers: r, Directives: graph.DirectiveRoot{HasRole: hasRole, PerViewer: perViewer}}
}

// scope returns what of the one who asks decides what they may see. An execution
// that many share has it, and nothing else of them.
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
