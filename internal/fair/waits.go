package fair

import (
	"context"
	"time"
)

type waitsKey struct{}

// ObserveWaits returns a context that reports to waited each time for which a call with it waited: in a queue, or for what Waited
// names. Calls of several goroutines report at the same time.
func ObserveWaits(ctx context.Context, waited func(time.Duration)) context.Context {
	return context.WithValue(ctx, waitsKey{}, waited)
}

// Waited reports that a call with ctx has waited since began for something scarce that has no queue here, such as a connection.
func Waited(ctx context.Context, began time.Time) {
	if waited, ok := ctx.Value(waitsKey{}).(func(time.Duration)); ok {
		waited(time.Since(began))
	}
}
