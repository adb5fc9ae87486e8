package sqlite

import (
	"context"

	"tandem/internal/collab"
	"tandem/internal/fair"
)

// shareReaders has those who read wait in turn. One organization may have three
// quarters of the connections at a time, and one person a quarter.
func (p *pool) shareReaders() {
	p.SetMaxOpenConns(maxReaders)
	p.SetMaxIdleConns(maxReaders)
	p.turns = fair.New(fair.Limits{Total: maxReaders, PerOrg: maxReaders * 3 / 4, PerPerson: maxReaders / 4})
}

// errBusy is the answer when a turn does not come in time.
var errBusy = collab.Errorf(collab.Unavailable, "the database is busy; try again")

// enter waits until it is the turn of the person that ctx is for, and returns what
// ends it. A transaction has its turn from its beginning to its end.
func (p *pool) enter(ctx context.Context) (leave func(), err error) {
	if p.turns == nil {
		return func() {}, nil
	}
	turn, err := await(ctx, p.turns, who(ctx))
	if err != nil {
		return nil, err
	}
	return turn.Release, nil
}

// await waits for a turn in a queue, at most patience.
func await(ctx context.Context, queue *fair.Queue, who fair.Key) (*fair.Grant, error) {
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	turn, err := queue.Acquire(waiting, who, 1)
	switch {
	case err == nil:
		return turn, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	return nil, errBusy
}

// who is the person on whose behalf a call is made, or the organization of what many
// people share. The server's own work counts as that of one more organization.
func who(ctx context.Context) fair.Key {
	if claims, ok := collab.ClaimsFrom(ctx); ok {
		return fair.Key{Org: string(claims.OrganizationID), Person: string(claims.UserID)}
	}
	scope, _ := collab.ScopeFrom(ctx)
	return fair.Key{Org: string(scope.OrgID)}
}

// enter does nothing: the transaction has its turn already.
func (t *transaction) enter(context.Context) (leave func(), err error) { return func() {}, nil }
