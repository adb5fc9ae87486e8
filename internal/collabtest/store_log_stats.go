package collabtest

import "testing"

// logStats compares figures of all logs, so it runs while no other test writes.
func logStats(t *testing.T, f StoreFixture) {
	before := must(f.Store.LogStats(t.Context()))(t)
	c := found(t, f.Store) // 1
	c.startAt(1980)
	acme := c.create(customer("Acme")) // 2
	open := c.collide(acme)            // 3
	want := before
	want.Changes, want.OpenConflicts, want.Oldest = before.Changes+3, before.OpenConflicts+1, c.log(0)[0].OccurredAt
	check := func(when string) {
		t.Helper()
		got := must(f.Other.LogStats(t.Context()))(t)
		if got.Bytes <= 0 {
			t.Errorf("%s the database has %d bytes", when, got.Bytes)
		}
		got.Bytes, got.Rows = want.Bytes, want.Rows // other tests write, and the database estimates the rows
		if !before.Oldest.IsZero() && before.Oldest.Before(want.Oldest.Time) {
			want.Oldest = before.Oldest
		}
		equal(t, "figures "+when, got, want)
	}
	check("with an open conflict")
	c.resolve(open) // 4
	want.Changes, want.OpenConflicts = want.Changes+1, before.OpenConflicts
	check("after it was resolved")
	f.Prune(t, c.id, 1)
	want.Changes, want.Oldest = want.Changes-1, c.log(1)[0].OccurredAt
	check("after the first change was pruned")
}
