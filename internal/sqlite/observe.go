package sqlite

import (
	"context"
	"time"
)

// An Observer is called after each statement, with its text, which has placeholders for the values. ctx is that of the
// call to the store. It must be quick.
type Observer = func(ctx context.Context, text string, began time.Time, err error)

// observed reports statements to observers.
type observed []Observer

func (o observed) ran(ctx context.Context, text string, began time.Time, err error) {
	for _, observe := range o {
		observe(ctx, text, began, err)
	}
}
