package collab

import "context"

// A Bus tells all instances of committed changes. What it says is a hint: an
// announcement may be lost, repeated or out of order, and a listener
// notices by the positions and reads the log. It must never be the only way
// that a change is learned of.
type Bus interface {
	// Announce tells every listener of every instance of a committed change,
	// this instance's included. An error means that some were not told.
	Announce(ctx context.Context, change *Change) error

	// Listen calls heard for each announcement from now on, one at a time, and
	// returns at once. It goes on until ctx ends, also over losses of
	// connection. heard must not block, and must not modify the change.
	Listen(ctx context.Context, heard func(*Change))
}
