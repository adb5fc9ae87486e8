package collab_test

import (
	"testing"
	"time"

	"tandem/internal/collab"
)

// send sends what is due, as an instance does, and returns the counts of what it sent. Something may happen between a claim and
// the check of what it claimed.
func (o *office) send(meanwhile func()) []int {
	o.t.Helper()
	now, jobs := collab.At(o.clock()), o.claimPushes()
	meanwhile()
	counts := []int{}
	for _, job := range jobs {
		content, err := o.PushContent(o.ctx, job)
		switch {
		case err != nil:
		case content == nil:
			err = o.store.FinishJob(o.ctx, job, now)
		case content.Until != nil:
			job.Planned = true
			err = o.store.PostponeJob(o.ctx, job, *content.Until)
		default:
			counts = append(counts, content.Notification.Count)
			err = o.store.FinishJob(o.ctx, job, collab.At(now.Add(5*time.Minute)))
		}
		if err != nil {
			o.t.Fatal(err)
		}
	}
	return counts
}

// A message has the changes between its claim and its check, and is not sent again for them.
func TestGrowthMeanwhileIsSentOnce(t *testing.T) {
	t.Parallel()
	o, ada := openPushed(t)
	about := o.customer(ada, collab.Patch{"name": "Aalto"})
	mention := func() { o.comment(ada, about, "look", "ben") }
	mention()
	deeply(t, "sent", o.send(mention), []int{2})
	o.later(5 * time.Minute)
	deeply(t, "sent after the rest", o.send(func() {}), []int{})
	mention()
	deeply(t, "sent after that", o.send(func() {}), []int{3})
}

// A push that waits is dropped if its notification grows while its person wants no pushes of the kind, or has muted the record,
// also if they want them again before its time.
func TestLapsedPushesAreDropped(t *testing.T) {
	t.Parallel()
	refusals := map[string]func(o *office, ben *collab.Viewer, about *collab.Customer) (takeBack func()){
		"no push": func(o *office, ben *collab.Viewer, _ *collab.Customer) func() {
			o.prefer(ben, collab.NotifyMention, []collab.NotificationChannel{collab.ChannelInApp})
			return func() { o.prefer(ben, collab.NotifyMention, nil) }
		},
		"a mute": func(o *office, ben *collab.Viewer, about *collab.Customer) func() {
			o.mute(ben, about, nil)
			return func() {
				if _, err := o.Unmute(o.ctx, ben, about.ID); err != nil {
					o.t.Fatal(err)
				}
			}
		},
	}
	waits := map[string]func(o *office, ben *collab.Viewer, mention func()){
		"for the end of its rest": func(_ *office, _ *collab.Viewer, mention func()) { mention() },
		"for the end of its snooze": func(o *office, ben *collab.Viewer, _ func()) {
			until := collab.At(o.clock().Add(5 * time.Minute))
			if _, err := o.SnoozeNotifications(o.ctx, ben, []collab.ID{o.notifications(ben)[0].ID}, until, nil); err != nil {
				o.t.Fatal(err)
			}
		},
	}
	for what, refuse := range refusals {
		for which, wait := range waits {
			t.Run(what+", and a push that waits "+which, func(t *testing.T) {
				t.Parallel()
				o, ada := openPushed(t)
				ben, about := o.join("ben", collab.RoleMember), o.customer(ada, collab.Patch{"name": "Aalto"})
				mention := func() { o.comment(ada, about, "look", "ben") }
				mention()
				deeply(t, "sent", o.send(func() {}), []int{1})
				wait(o, ben, mention)
				takeBack := refuse(o, ben, about)
				mention()
				takeBack()
				o.later(5 * time.Minute)
				deeply(t, "sent at its time", o.send(func() {}), []int{})
			})
		}
	}
}
