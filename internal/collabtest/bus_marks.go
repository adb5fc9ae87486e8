package collabtest

import (
	"context"
	"testing"
	"time"

	"tandem/internal/collab"
)

// Marks reach the listeners of both instances, also after the request has ended, and not those of changes.
func busTellsMarks(t *testing.T, a, b collab.Bus) {
	org := collab.NewID("org", time.Now())
	changes := listen(t, b, org)
	warmUp(t, a, changes)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, to := range []collab.Bus{a, b} {
		heard := make(chan collab.ID, 1<<14)
		to.ListenMarks(t.Context(), func(inbox collab.InboxMarked) {
			if inbox.OrgID == org {
				heard <- inbox.UserID
			}
		})
		for _, from := range []collab.Bus{a, b} {
			person := collab.NewID("usr", time.Now())
			announceMarksUntilHeard(t, ctx, from, collab.InboxMarked{OrgID: org, UserID: person}, heard)
		}
	}
	if len(changes.changes) > 0 && !isWarmUp(<-changes.changes) {
		t.Error("a mark was heard as a change")
	}
}

// announceMarksUntilHeard announces again and again, because a listener may begin to receive after ListenMarks returned.
func announceMarksUntilHeard(t *testing.T, ctx context.Context, from collab.Bus, inbox collab.InboxMarked, heard <-chan collab.ID) {
	t.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	timeout := time.After(patience)
	for {
		if err := from.AnnounceMarks(ctx, inbox); err != nil {
			t.Error(err)
		}
		for wait := true; wait; {
			select {
			case got := <-heard:
				if got == inbox.UserID {
					return
				}
			case <-again.C:
				wait = false
			case <-timeout:
				t.Fatal("a listener does not hear marks")
			}
		}
	}
}
