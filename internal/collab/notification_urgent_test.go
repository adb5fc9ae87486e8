package collab

import "testing"

// A loss of access makes room in a full queue before a mention or another role does.
func TestUrgentNotifications(t *testing.T) {
	t.Parallel()
	id := ID("cus_1")
	for name, c := range map[string]struct {
		n    Notification
		want bool
	}{
		"a mention":        {Notification{Kind: NotifyMention, EntityID: &id}, true},
		"what is watched":  {Notification{Kind: NotifyWatched, EntityID: &id}, false},
		"a grant":          {Notification{Kind: NotifyAccessChanged, EntityID: &id}, true},
		"a role":           {Notification{Kind: NotifyAccessChanged, Burst: &Burst{Act: actGivenRole}}, true},
		"a loss of access": {Notification{Kind: NotifyAccessChanged, Burst: &Burst{Nameless: &Nameless{}}}, false},
	} {
		if got := c.n.IsUrgent(); got != c.want {
			t.Errorf("%s: urgent is %v", name, got)
		}
	}
}
