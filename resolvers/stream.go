package resolvers

import (
	"context"
	"errors"

	"github.com/99designs/gqlgen/graphql/handler/transport"

	"tandem/internal/collab"
	"tandem/internal/hub"
)

// errSkip says that a change is none of the subscription's.
var errSkip = errors.New("skip")

// stream is the one place where a subscription's channel is made, filled and
// closed. It sends what next returns until ctx ends, or until next fails, which
// then ends the subscription with that error; end is called last.
//
// The channel has no buffer: what has not been taken yet has not been read from
// the log yet, and the cursor is all that a slow reader costs.
func stream[T any](ctx context.Context, r *Resolver, next func(context.Context) (T, error), end func()) <-chan T {
	out := make(chan T)
	go func() {
		defer close(out)
		defer end()
		for {
			value, err := next(ctx)
			if errors.Is(err, errSkip) {
				continue
			}
			if err != nil {
				fail(ctx, r, err)
				return
			}
			select {
			case out <- value:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// fail ends a subscription with an error. One that nobody follows any more just ends.
func fail(ctx context.Context, r *Resolver, err error) {
	if ctx.Err() == nil {
		transport.AddSubscriptionError(ctx, r.Present(ctx, err))
	}
}

// failed is a subscription that ends at once, with an error.
func failed[T any](ctx context.Context, r *Resolver, err error) <-chan T {
	fail(ctx, r, err)
	out := make(chan T)
	close(out)
	return out
}

// follow streams what pick makes of the organization's changes after a cursor.
func follow[T any](ctx context.Context, r *Resolver, after *collab.Cursor, pick func(*collab.Change) (T, bool)) <-chan T {
	s, err := scope(ctx)
	if err != nil {
		return failed[T](ctx, r, err)
	}
	changes, err := r.hub.Subscribe(ctx, s.OrgID, after)
	if err != nil {
		return failed[T](ctx, r, err)
	}
	return stream(ctx, r, picked(changes.Next, pick), changes.Close)
}

// picked is next without the changes that pick does not want.
func picked[T any](next func(context.Context) (*collab.Change, error), pick func(*collab.Change) (T, bool)) func(context.Context) (T, error) {
	return func(ctx context.Context) (T, error) {
		var none T
		change, err := next(ctx)
		if err != nil {
			return none, err
		}
		if value, ok := pick(change); ok {
			return value, nil
		}
		return none, errSkip
	}
}

// followEntities streams changes of entities, at most maxPerSecond for one
// entity where that is given.
func followEntities[T collab.EntityChange](ctx context.Context, r *Resolver, after *collab.Cursor, query collab.ChangeQuery, maxPerSecond *float64) <-chan T {
	pick := func(c *collab.Change) (T, bool) {
		change, ok := collab.AsEntityChange(c).(T)
		return change, ok
	}
	if maxPerSecond == nil {
		return follow(ctx, r, after, func(c *collab.Change) (T, bool) {
			if !query.Matches(c) {
				var none T
				return none, false
			}
			return pick(c)
		})
	}
	s, err := scope(ctx)
	if err != nil {
		return failed[T](ctx, r, err)
	}
	changes, err := r.hub.Subscribe(ctx, s.OrgID, after)
	if err != nil {
		return failed[T](ctx, r, err)
	}
	folder, err := hub.NewFolder(changes, *maxPerSecond, query.Matches)
	if err != nil {
		changes.Close()
		return failed[T](ctx, r, err)
	}
	return stream(ctx, r, picked(folder.Next, pick), folder.Close)
}
