package collab_test

import (
	"log/slog"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/memory"
)

// A mark wakes the followers of the inbox on all instances by its announcement, without a comparison. A call that marks nothing
// wakes nobody.
func TestMarksAreAnnounced(t *testing.T) {
	t.Parallel()
	o, bus := open(t), memory.NewBus()
	one := collab.NewService(o.store, bus, nil, slog.New(slog.DiscardHandler), o.clock)
	two := collab.NewService(o.store, bus, nil, slog.New(slog.DiscardHandler), o.clock)
	bus.ListenMarks(t.Context(), one.WakeInbox)
	bus.ListenMarks(t.Context(), two.WakeInbox)
	ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
	o.customer(ada, collab.Patch{"name": "Aalto Oy", "ownerId": "ben"})
	page, err := one.Notifications(t.Context(), ben, collab.NotificationQuery{}, nil, nil)
	if err != nil || len(page.Items) != 1 {
		t.Fatalf("ben has %v (%v)", page, err)
	}
	ids := []collab.ID{page.Items[0].ID}
	woken := map[string]int{}
	one.FollowInbox("acme", "ben", func() { woken["one"]++ })
	two.FollowInbox("acme", "ben", func() { woken["two"]++ })
	two.FollowInbox("acme", "ada", func() { woken["ada"]++ })
	for i, mark := range []func() (int, error){
		func() (int, error) { return one.MarkNotificationsRead(t.Context(), ben, ids, nil, nil) },
		func() (int, error) { return one.MarkNotificationsUnread(t.Context(), ben, ids) },
		func() (int, error) { return one.MarkNotificationsUnread(t.Context(), ben, ids) },
	} {
		if _, err := mark(); err != nil {
			t.Fatal(err)
		}
		if want := min(i+1, 2); woken["one"] != want || woken["two"] != want || woken["ada"] != 0 {
			t.Errorf("after mark %d: %v", i+1, woken)
		}
	}
}
