package collab_test

import (
	"testing"
	"time"

	"tandem/internal/collab"
)

// A push waits for an older one about the same record that failed and is tried again later, but not once that one is no longer to be sent.
func TestPushesWaitOnlyForWhatIsSent(t *testing.T) {
	t.Parallel()
	ends := map[string]func(o *office, ada, ben *collab.Viewer, older *collab.Notification, conflict *collab.Conflict){
		"read": func(o *office, _, ben *collab.Viewer, older *collab.Notification, _ *collab.Conflict) {
			if _, err := o.MarkNotificationsRead(o.ctx, ben, []collab.ID{older.ID}, nil, nil); err != nil {
				o.t.Fatal(err)
			}
		},
		"resolved": func(o *office, ada, _ *collab.Viewer, _ *collab.Notification, conflict *collab.Conflict) {
			if err := o.resolve(ada, conflict, collab.ResolveRemote, nil); err != nil {
				o.t.Fatal(err)
			}
		},
		"not wanted": func(o *office, _, ben *collab.Viewer, _ *collab.Notification, _ *collab.Conflict) {
			o.prefer(ben, collab.NotifyConflict, []collab.NotificationChannel{collab.ChannelInApp})
		},
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, ada := openPushed(t)
			ben, about := o.join("ben", collab.RoleMember), o.customer(ada, collab.Patch{"name": "Aalto"})
			conflict := o.collide(ada, ben, about, "Berg")
			failed, retried := o.claimPushes()[0], collab.At(o.clock().Add(time.Hour))
			older := o.pushContent(failed).Notification
			failed.Attempts++
			if err := o.store.PostponeJob(o.ctx, failed, retried); err != nil {
				t.Fatal(err)
			}
			o.comment(ada, about, "look", "ben")
			newer := o.claimPushes()[0]
			turn := collab.At(retried.Add(collab.TurnTime))
			deeply(t, "waits for the older one", o.pushContent(newer), &collab.PushContent{Turn: &turn})
			end(o, ada, ben, older, conflict)
			if content := o.pushContent(newer); content.Turn != nil || content.Notification.ID != newer.NotificationID {
				t.Errorf("waits for a push that is no longer to be sent: %+v", content)
			}
		})
	}
}

// pushContent returns what a job sends.
func (o *office) pushContent(job *collab.Job) *collab.PushContent {
	o.t.Helper()
	content, err := o.PushContent(o.ctx, job)
	if err != nil {
		o.t.Fatal(err)
	}
	return content
}
