package collabtest

import (
	"testing"

	"tandem/internal/collab"
)

var defaultsTests = []storeTest{
	{"Write/NotificationDefaults", preferencesDefaulted},
	{"Write/PushContentOfAnOrganization", pushContentChosen},
}

// setDefaults commits choices of the organization, and returns what it had before.
func (c *company) setDefaults(patch collab.DefaultsPatch) (before *collab.NotificationDefaults) {
	c.t.Helper()
	c.write(collab.Intent{Audited: true, NotificationDefaults: true}, func(st *collab.State) (*collab.Decision, error) {
		before = st.NotificationDefaults
		return &collab.Decision{NotificationDefaults: &patch, Audit: []*collab.AuditEntry{
			{Action: collab.AuditNotificationDefaultsChanged, ActorID: c.actor, OccurredAt: c.now()},
		}}, nil
	})
	return before
}

func preferencesDefaulted(t *testing.T, f StoreFixture) {
	c, other := found(t, f.Store), found(t, f.Store)
	first := collab.ChannelChoices{collab.NotifyComment: {}, collab.NotifyWatched: {collab.ChannelInApp, collab.ChannelEmail}}
	none := &collab.NotificationDefaults{Channels: collab.ChannelChoices{}}
	equal(t, "before", c.setDefaults(collab.DefaultsPatch{Channels: first}), none)
	equal(t, "defaults", c.through(f.Other).preferences().Defaults, first)
	then := collab.DefaultsPatch{Channels: collab.ChannelChoices{collab.NotifyComment: nil, collab.NotifyMention: {}}}
	equal(t, "then", c.setDefaults(then), &collab.NotificationDefaults{Channels: first})
	equal(t, "read by themselves", must(f.Other.NotificationDefaults(t.Context(), c.id))(t), &collab.NotificationDefaults{Channels: c.preferences().Defaults})
	equal(t, "of another organization, read by themselves", must(f.Store.NotificationDefaults(t.Context(), other.id))(t), none)
	equal(t, "after", c.preferences().Defaults, collab.ChannelChoices{collab.NotifyWatched: {collab.ChannelInApp, collab.ChannelEmail}, collab.NotifyMention: {}})
	equal(t, "of another organization", other.preferences().Defaults, collab.ChannelChoices{})
	unchanged(t, c, func() {
		_, err := c.tryWrite(collab.Intent{Audited: true}, func(*collab.State) (*collab.Decision, error) {
			return &collab.Decision{NotificationDefaults: &collab.DefaultsPatch{Channels: first}}, nil
		})
		if err != nil {
			t.Error(err) // without an entry of the audit trail there is nothing to write
		}
	})
}

func pushContentChosen(t *testing.T, f StoreFixture) {
	c, other := found(t, f.Store), found(t, f.Store)
	c.setDefaults(collab.DefaultsPatch{Channels: collab.ChannelChoices{collab.NotifyMention: {}}})
	to, about := c.register(endpoint(t, "1")), c.tell(c.create(customer("Acme")), ann).Notifications[0]
	has := func(what string, want *bool) {
		t.Helper()
		equal(t, what, must(f.Other.NotificationDefaults(t.Context(), c.id))(t),
			&collab.NotificationDefaults{Channels: collab.ChannelChoices{collab.NotifyMention: {}}, PushContent: want})
		equal(t, what+", of a push", c.through(f.Other).check(to, about, c.now()).PushContent, want)
	}
	has("before", nil)
	for _, chosen := range []*bool{new(true), new(false), nil, new(true)} {
		before := must(f.Store.NotificationDefaults(t.Context(), c.id))(t)
		equal(t, "as the decision finds them", c.setDefaults(collab.DefaultsPatch{SetsPushContent: true, PushContent: chosen}), before)
		has("chosen", chosen)
	}
	c.setDefaults(collab.DefaultsPatch{Channels: collab.ChannelChoices{collab.NotifyMention: {}}})
	has("left out", new(true))
	equal(t, "of another organization", must(f.Other.NotificationDefaults(t.Context(), other.id))(t), &collab.NotificationDefaults{Channels: collab.ChannelChoices{}})
}
