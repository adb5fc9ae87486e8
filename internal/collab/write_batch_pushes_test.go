package collab_test

import (
	"fmt"
	"testing"
	"time"

	"tandem/internal/collab"
)

// openPushed opens an office in which ben has a browser.
func openPushed(t *testing.T) (o *office, ada *collab.Viewer) {
	t.Helper()
	o = open(t)
	o.OfferPush(collab.Push{Check: func(string, string, string) (string, error) { return "push.example", nil }})
	ada = o.join("ada", collab.RoleMember)
	if err := o.RegisterPush(o.ctx, o.join("ben", collab.RoleMember), "https://push.example/1", "key", "auth"); err != nil {
		t.Fatal(err)
	}
	return o, ada
}

// pushed returns the counts of what is pushed now.
func (o *office) pushed() []int {
	o.t.Helper()
	counts := []int{}
	for _, job := range o.claimPushes() {
		content, err := o.PushContent(o.ctx, job)
		if err != nil {
			o.t.Fatal(err)
		}
		counts = append(counts, content.Notification.Count)
	}
	return counts
}

// The push of a batch leaves time for its other transactions, so that it has the number of the whole batch.
func TestPushHasTheNumberOfTheBatch(t *testing.T) {
	t.Parallel()
	for number, wait := range map[int]time.Duration{25: 0, 26: 5 * time.Second, 33: 8 * time.Second, 100: 15 * time.Second} {
		t.Run(fmt.Sprint(number), func(t *testing.T) {
			t.Parallel()
			o, ada := openPushed(t)
			o.makeAll(ada, number, collab.Patch{"ownerId": "ben"})
			o.pushedAfter(wait, number)
		})
	}
}

// Inputs that are not written together leave time for each other too.
func TestPushOfASplitBatchHasItsNumber(t *testing.T) {
	t.Parallel()
	t.Run("each is audited", func(t *testing.T) {
		t.Parallel()
		o, ada := openPushed(t)
		made := o.makeAll(ada, 12, nil)
		o.changeAll(ada, 1, collab.Patch{"ownerId": "ben", "visibility": "RESTRICTED"}, made...)
		o.pushedAfter(11*time.Second, 12)
	})
	t.Run("all are of one record", func(t *testing.T) {
		t.Parallel()
		o, ada := openPushed(t)
		ben, c := o.join("ben", collab.RoleMember), o.customer(ada, collab.Patch{"name": "Own"})
		o.watch(ben, c)
		o.prefer(ben, collab.NotifyWatched, []collab.NotificationChannel{collab.ChannelPush})
		ins := make([]collab.Update, 8)
		for i := range ins {
			ins[i] = collab.Update{Type: collab.TypeCustomer, ID: c.ID, BaseVersion: i + 1, Patch: collab.Patch{"phone": fmt.Sprint(i)}}
		}
		if _, err := o.UpdateAll(o.ctx, ada, ins); err != nil {
			t.Fatal(err)
		}
		o.pushedAfter(7*time.Second, 8)
	})
}

// pushedAfter checks that one push is due after a time, and not before, and what its count is.
func (o *office) pushedAfter(wait time.Duration, count int) {
	o.t.Helper()
	if wait > 0 {
		o.later(wait - time.Millisecond)
		deeply(o.t, "pushed before", o.pushed(), []int{})
		o.later(time.Millisecond)
	}
	deeply(o.t, "pushed", o.pushed(), []int{count})
}
