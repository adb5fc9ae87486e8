package collabtest

import (
	"testing"
	"time"

	"tandem/internal/collab"
)

// checkDigest returns what decides on a digest at a time.
func (c *company) checkDigest(job *collab.Job, at collab.Time) *collab.DigestCheck {
	c.t.Helper()
	return must(c.store.DigestCheck(c.t.Context(), job, at))(c.t)
}

func digestChecked(t *testing.T, f StoreFixture) {
	c, stranger := found(t, f.Store), found(t, f.Store)
	id := c.create(customer("Acme"))
	older, newer := c.pushTo(id, nil, ann)[0], c.pushTo(c.create(customer("Zoo")), nil, ann)[0]
	job := c.claimDigest(ann, c.after(0))
	equal(t, "items before it was begun", c.checkDigest(job, c.now()).Items, nil)
	c.begin(job, "dig_1")
	c.pushTo(id, nil, ann) // is in the next digest
	check := func(at collab.Time, isMuted bool) {
		t.Helper()
		rows := must(f.Store.Notifications(t.Context(), c.scope(), ann, []collab.ID{older.ID, newer.ID}))(t)
		equal(t, "check", c.through(f.Other).checkDigest(job, at), &collab.DigestCheck{
			User: must(f.Store.Users(t.Context(), c.id, []collab.ID{ann}))(t)[ann], Preferences: c.preferences(),
			Items: []collab.Waiting{{Notification: rows[newer.ID]}, {Notification: rows[older.ID], IsMuted: isMuted}},
		})
	}
	check(c.now(), false)
	c.prefer(collab.PreferencesPatch{
		Channels: collab.ChannelChoices{collab.NotifyMention: {collab.ChannelEmail}}, Digest: new(collab.DigestDaily),
	})
	c.setDefaults(collab.DefaultsPatch{Channels: collab.ChannelChoices{collab.NotifyWatched: {collab.ChannelEmail}}})
	until := c.after(time.Hour)
	c.mute(id, &until)
	check(c.now(), true)
	check(until, false)
	strange := &collab.Job{OrgID: stranger.id, Kind: collab.JobDigest, Target: ann, UserID: ann}
	equal(t, "items of somebody in another organization", stranger.checkDigest(strange, c.now()).Items, nil)
}

func digestSeen(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	secret := customer("Secret")
	secret.Visibility = collab.VisibleRestricted
	id := c.create(secret)
	c.pushTo(id, nil, "bob")
	job := c.claimDigest("bob", c.after(0))
	c.begin(job, "dig_1")
	seen := func(who string, want int) {
		t.Helper()
		equal(t, "what is seen by "+who, len(c.through(f.Other).checkDigest(job, c.now()).Items), want)
	}
	seen("an admin", 1)
	c.become(&collab.Membership{UserID: "bob", Role: collab.RoleMember})
	seen("a member", 0)
	c.grant(id, "bob", collab.AccessRead)
	seen("a member with a grant", 1)
	f.Remove(t, c.id, "bob")
	equal(t, "the digest of somebody who was removed", c.checkDigest(job, c.now()), nil)
}
