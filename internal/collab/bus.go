package collab

import "context"

// A Bus announces committed changes to all instances. An announcement is a hint: it may be lost,
// repeated or out of order. A listener notices that by the positions, and reads the log. The Bus
// must never be the only way to learn of a change.
type Bus interface {
	// Announce sends a committed change to every listener on every instance, including this one. An
	// error means that some did not receive it.
	Announce(ctx context.Context, change *Change) error

	// Listen calls heard for each announcement from now on, one at a time, and returns at once. It
	// continues until ctx ends, and survives lost connections. heard must not block, and must not
	// modify the change.
	Listen(ctx context.Context, heard func(*Change))

	// AnnounceMarks tells every listener on every instance that a person's inbox was marked, as Announce does.
	AnnounceMarks(ctx context.Context, inbox InboxMarked) error

	// ListenMarks calls heard for each announcement of marks, as Listen does.
	ListenMarks(ctx context.Context, heard func(InboxMarked))
}

// An InboxMarked names an inbox of which notifications were read, made unread or snoozed.
type InboxMarked struct {
	OrgID  ID `json:"orgId"`
	UserID ID `json:"userId"`
}
