package collab_test

import (
	"fmt"
	"testing"
	"time"

	"tandem/internal/collab"
)

func (o *office) prefer(v *collab.Viewer, kind collab.NotificationKind, channels []collab.NotificationChannel) {
	o.t.Helper()
	choice := []*collab.ChannelChoice{{Kind: kind, Channels: channels}}
	if _, err := o.SetNotificationPreferences(o.ctx, v, collab.PreferencesInput{Choices: choice}); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) mute(v *collab.Viewer, c *collab.Customer, until *collab.Time) {
	o.t.Helper()
	if done, err := o.Mute(o.ctx, v, c.ID, until); err != nil || !done {
		o.t.Fatal("mute:", done, err)
	}
}

// Each cause of a notification obeys the choice of its kind, and a mute, which spares mentions and assignments.
func TestCausesObeyPreferencesAndMutes(t *testing.T) {
	t.Parallel()
	causes := map[collab.NotificationKind]func(o *office, ada *collab.Viewer, c *collab.Customer){
		collab.NotifyMention: func(o *office, ada *collab.Viewer, c *collab.Customer) {
			o.comment(ada, c, "look", "ben")
		},
		collab.NotifyComment: func(o *office, ada *collab.Viewer, c *collab.Customer) {
			o.comment(ada, c, "look")
		},
		collab.NotifyAssignment: func(o *office, ada *collab.Viewer, c *collab.Customer) {
			o.mustUpdate(ada, c, 1, collab.Patch{"ownerId": "ada"})
			o.mustUpdate(ada, c, 2, collab.Patch{"ownerId": "ben"})
		},
		collab.NotifyWatched: func(o *office, ada *collab.Viewer, c *collab.Customer) {
			o.mustUpdate(ada, c, 1, collab.Patch{"phone": "1"})
		},
		collab.NotifyEntityDeleted: func(o *office, ada *collab.Viewer, c *collab.Customer) {
			if _, err := o.Delete(o.ctx, ada, collab.Delete{ID: c.ID, BaseVersion: 1}); err != nil {
				o.t.Fatal(err)
			}
		},
	}
	for kind, cause := range causes {
		for _, test := range []struct {
			channels []collab.NotificationChannel // nil: not chosen
			isMuted  bool
			inbox    bool
		}{
			{nil, false, true},
			{[]collab.NotificationChannel{collab.ChannelInApp}, false, true},
			{[]collab.NotificationChannel{collab.ChannelPush, collab.ChannelEmail}, false, false},
			{[]collab.NotificationChannel{}, false, false},
			{nil, true, kind == collab.NotifyMention || kind == collab.NotifyAssignment},
			{[]collab.NotificationChannel{}, true, false},
		} {
			t.Run(fmt.Sprintf("%s %v muted=%t", kind, test.channels, test.isMuted), func(t *testing.T) {
				t.Parallel()
				o := open(t)
				ada, ben := o.join("ada", collab.RoleAdmin), o.join("ben", collab.RoleMember)
				c := o.customer(ada, collab.Patch{"name": "Aalto Oy", "ownerId": "ben"})
				o.readAll(ben)
				if test.channels != nil {
					o.prefer(ben, kind, test.channels)
				}
				if test.isMuted {
					o.mute(ben, c, nil)
				}
				cause(o, ada, c)
				want := 0
				if test.inbox {
					want = 1
				}
				if got := o.ofKind(ben, kind); got != want {
					t.Errorf("ben has %d in the inbox, want %d", got, want)
				}
			})
		}
	}
}

// ofKind returns how many unread notifications of a kind a person has.
func (o *office) ofKind(v *collab.Viewer, kind collab.NotificationKind) (n int) {
	o.t.Helper()
	for _, each := range o.notifications(v) {
		if each.Kind == kind && each.ReadAt == nil {
			n++
		}
	}
	return n
}

func (o *office) comment(v *collab.Viewer, c *collab.Customer, body string, mentions ...collab.ID) {
	o.t.Helper()
	if _, err := o.AddComment(o.ctx, v, collab.AddComment{EntityID: c.ID, Body: body, MentionIDs: mentions}); err != nil {
		o.t.Fatal(err)
	}
}

// A mute ends at its time, by unmuting, and by watching; what was watched before is watched again.
func TestMuteEnds(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben := o.join("ada", collab.RoleAdmin), o.join("ben", collab.RoleMember)
	c := o.customer(ada, collab.Patch{"name": "Aalto Oy"})
	o.watch(ben, c)
	version := 1
	hears := func(what string, want int) {
		t.Helper()
		o.readAll(ben)
		o.mustUpdate(ada, c, version, collab.Patch{"phone": fmt.Sprint(version)})
		version++
		if got := o.ofKind(ben, collab.NotifyWatched); got != want {
			t.Errorf("%s: ben has %d notifications, want %d", what, got, want)
		}
	}
	hears("watched", 1)
	until := collab.At(o.clock().Add(time.Hour))
	o.mute(ben, c, &until)
	hears("muted for an hour", 0)
	o.later(2 * time.Hour)
	hears("after that hour", 1)
	o.mute(ben, c, nil)
	hears("muted", 0)
	if done, err := o.Unmute(o.ctx, ben, c.ID); err != nil || !done {
		t.Fatal("unmute:", done, err)
	}
	hears("unmuted", 1)
	o.mute(ben, c, nil)
	o.watch(ben, c)
	hears("watched while it was muted", 1)
	o.mute(ben, c, nil)
	o.unwatch(ben, c)
	if _, err := o.Unmute(o.ctx, ben, c.ID); err != nil {
		t.Fatal(err)
	}
	hears("no longer watched while it was muted", 0)
}

func TestMostMutes(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada := o.join("ada", collab.RoleAdmin)
	var first *collab.Customer
	for i := range collab.MaxMutes {
		c := o.customer(ada, collab.Patch{"name": fmt.Sprint("Customer ", i)})
		o.mute(ada, c, nil)
		if first == nil {
			first = c
		}
	}
	o.mute(ada, first, nil) // again
	another := o.customer(ada, collab.Patch{"name": "Another"})
	if _, err := o.Mute(o.ctx, ada, another.ID, nil); collab.CodeOf(err) != collab.LimitExceeded {
		t.Errorf("got %v", err)
	}
	if _, err := o.Unmute(o.ctx, ada, first.ID); err != nil {
		t.Fatal(err)
	}
	o.mute(ada, another, nil)
	// A mute of what was deleted, which no list has, makes room.
	if _, err := o.Delete(o.ctx, ada, collab.Delete{ID: another.ID, BaseVersion: 1}); err != nil {
		t.Fatal(err)
	}
	o.mute(ada, o.customer(ada, collab.Patch{"name": "One more"}), nil)
	if muted, err := o.Muted(o.ctx, ada.OwnScope(), "ada", []collab.ID{another.ID}); err != nil || muted[another.ID] {
		t.Errorf("the deleted one is muted: %v, %v", muted, err)
	}
}
