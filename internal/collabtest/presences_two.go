package collabtest

import (
	"tandem/internal/collab"
)

func twoSeeEachOther(a, b *stage) {
	hintsOfA, hintsOfB := a.watch(), b.watch()
	ada, ben := client("ada", "1"), client("ben", "1")
	a.enter(ada, patch("currentPage", "/a"))
	hintsOfB.want(a.room)
	b.enter(ben, nil)
	hintsOfA.want(a.room)
	b.wantPresent("ada/1", "ben/1")
	if !b.update(ada, patch("editingField", "name")) {
		b.Error("an update did not find a client of the other instance")
	}
	hintsOfA.want(a.room)
	b.leave(ben)
	a.renew(ttl, ada)
	a.wantShown("ONLINE /a name")
}

func twoKeepTogether(a, b *stage) {
	ada := client("ada", "1")
	a.enter(ada, nil)
	b.enter(ada, nil)
	a.renew(0, ada)
	b.wantPresent("ada/1")

	a.enter(ada, nil)
	b.renew(collab.PresenceGrace, ada)
	a.pass(collab.PresenceGrace)
	a.wantPresent("ada/1")

	// The last one that keeps it decides.
	hints := b.watch()
	b.renew(ttl, ada)
	a.renew(0, ada)
	hints.want()
	a.pass(ttl - instant)
	a.wantPresent("ada/1")
	a.pass(instant)
	a.wantPresent()
	hints.want(a.room)
}

func twoRememberLeaving(a, b *stage) {
	ada := client("ada", "1")
	a.enter(ada, nil)
	b.enter(ada, nil)
	b.leave(ada)
	a.renew(ttl, ada)
	b.renew(ttl, ada)
	a.wantPresent()
	b.enter(ada, nil)
	b.renew(0, ada)
	a.wantPresent()
	b.enter(ada, nil)
	a.renew(ttl, ada)
	b.renew(0, ada)
	a.wantPresent("ada/1")
}

// A beat may be under way at an instance that has not heard yet.
func twoLeaveAll(a, b *stage) {
	ada, tab := client("ada", "1"), client("ada", "2")
	a.enter(ada, nil)
	b.enter(tab, nil)
	hints := b.watch()
	a.must(a.p.LeaveAll(a.Context(), a.room.OrgID, "ada"))
	hints.want(a.room)
	for range 5 {
		b.pass(collab.PresenceBeat)
		b.renew(ttl, tab)
		a.renew(ttl, ada)
		a.wantPresent()
	}
	hints.want()
	b.enter(tab, nil)
	a.wantPresent("ada/2")
}

func twoOutliveEachOther(a, b *stage) {
	a.enter(client("ada", "1"), nil)
	a.enter(client("cy", "1"), nil)
	b.enter(client("ben", "1"), nil)
	hints := b.watch()
	for range 3 {
		b.renew(ttl, client("ben", "1"))
		b.wantPresent("ada/1", "ben/1", "cy/1")
		hints.want()
		b.pass(collab.PresenceBeat)
	}
	b.renew(ttl, client("ben", "1"))
	hints.want(b.room)
	b.wantPresent("ben/1")
}
