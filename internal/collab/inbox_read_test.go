package collab

import "testing"

// Calls that arrive during a read share the next ones, a bounded number each, and one goroutine reads at a time.
func TestInboxReadsAreShared(t *testing.T) {
	t.Parallel()
	var r inboxReads
	for i := range 2*maxInboxesAtOnce + 1 {
		if begin := r.add("acme", &inboxCall{}); begin != (i == 0) {
			t.Fatalf("call %d begins to read: %v", i, begin)
		}
	}
	for _, want := range []int{maxInboxesAtOnce, maxInboxesAtOnce, 1, 0} {
		if got := len(r.next("acme")); got != want {
			t.Errorf("a read answers %d calls, want %d", got, want)
		}
	}
	if !r.add("acme", &inboxCall{}) || !r.add("other", &inboxCall{}) {
		t.Error("nobody reads after all calls were answered, or for another organization")
	}
}
