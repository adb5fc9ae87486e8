package collab_test

import (
	"testing"

	"tandem/internal/collab"
)

// A person who was removed is pushed nothing, also once they return, until their browsers are registered again.
func TestPushToReturningMember(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.OfferPush(collab.Push{Check: func(string, string, string) (string, error) { return "push.example", nil }})
	ada, ben := o.join("ada", collab.RoleAdmin), o.join("ben", collab.RoleMember)
	register := func() {
		t.Helper()
		if err := o.RegisterPush(o.ctx, ben, "https://push.example/1", "key", "auth"); err != nil {
			t.Fatal(err)
		}
	}
	register()
	// pushed returns the kinds of what ben is pushed now.
	pushed := func() []collab.NotificationKind {
		t.Helper()
		kinds := []collab.NotificationKind{}
		for _, job := range o.claimPushes() {
			content, err := o.PushContent(o.ctx, job)
			if err != nil {
				t.Fatal(err)
			}
			if content != nil {
				kinds = append(kinds, content.Notification.Kind)
			}
			if err := o.store.FinishJob(o.ctx, job, collab.At(o.clock())); err != nil {
				t.Fatal(err)
			}
		}
		return kinds
	}
	o.comment(ada, o.customer(ada, collab.Patch{"name": "Aalto"}), "look", "ben")
	if _, err := o.RemoveMember(o.ctx, ada, "ben"); err != nil {
		t.Fatal(err)
	}
	deeply(t, "pushed to a removed member", pushed(), []collab.NotificationKind{})
	if _, err := o.SetMemberRole(o.ctx, ada, "ben", collab.RoleMember); err != nil {
		t.Fatal(err)
	}
	deeply(t, "pushed to a browser from before the removal", pushed(), []collab.NotificationKind{})
	register()
	o.comment(ada, o.customer(ada, collab.Patch{"name": "Bolt"}), "look", "ben")
	deeply(t, "pushed to who returned", pushed(), []collab.NotificationKind{collab.NotifyMention})
}
