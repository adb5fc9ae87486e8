package collab_test

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/eventually"
	"tandem/internal/memory"
)

// An instance that hears no announcement finds whose inboxes were marked, and which ones an erasure changed, and wakes nobody else.
func TestComparisonWakesWhoseInboxChanged(t *testing.T) {
	t.Parallel()
	o := open(t)
	admin, ben, cem := o.join("admin", collab.RoleAdmin), o.join("ben", collab.RoleMember), o.join("cem", collab.RoleMember)
	o.comment(o.join("zed", collab.RoleMember), o.customer(cem, collab.Patch{"name": "Aalto Oy"}), "Hello")
	other := collab.NewService(o.store, memory.NewBus(), nil, slog.New(slog.DiscardHandler), o.clock)
	var woken [2]atomic.Int64
	for i, v := range []*collab.Viewer{ben, cem} {
		t.Cleanup(other.FollowInbox("acme", v.User.ID, func() { woken[i].Add(1) }))
	}
	ctx, cancel := context.WithCancel(t.Context())
	var comparing sync.WaitGroup
	comparing.Go(func() { other.CompareInboxes(ctx) })
	defer func() {
		cancel()
		comparing.Wait()
	}()
	eventually.Is(t, "ben, at first", woken[0].Load, 1)
	eventually.Is(t, "cem, at first", woken[1].Load, 1)
	if _, err := o.MarkNotificationsRead(o.ctx, ben, nil, nil, nil); err != nil {
		t.Fatal(err)
	}
	eventually.Is(t, "ben, who marked", woken[0].Load, 2)
	o.erase(admin, "zed")
	eventually.Is(t, "cem, whose inbox named who was erased", woken[1].Load, 2)
	equal(t, "ben, after that", woken[0].Load(), 2)
}
