package collabtest

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tandem/internal/collab"
)

var preferenceTests = []storeTest{
	{"NotificationPreferences/DefaultsOfWhoChoseNothing", preferencesOfNobody},
	{"SetNotificationPreferences/WhatIsLeftOutStays", preferencesPatched},
	{"SetNotificationPreferences/OnlyForMembers", preferencesOfStrangers},
	{"SetNotificationPreferences/ConcurrentCallsAllCount", preferencesAtOnce},
	{"Mute/UntilItEnds", mutesListed},
	{"Mute/OnlyMembersAndWhatExists", mutesOfStrangers},
	{"Mute/NoMoreThanMaxMutesAtOnce", mutesBounded},
	{"Write/RecipientsWithTheirChoices", preferencesOfRecipients},
	{"ListNotifications/OnlyTheInbox", notificationsElsewhere},
}

func (c *company) preferences() *collab.NotificationPreferences {
	c.t.Helper()
	return must(c.store.NotificationPreferences(c.t.Context(), c.id, []collab.ID{c.actor}))(c.t)[c.actor]
}

func (c *company) prefer(patch collab.PreferencesPatch) bool {
	c.t.Helper()
	return c.preferAt(patch, c.now())
}

// preferAt applies a patch at a time, and reports whether the actor is a member.
func (c *company) preferAt(patch collab.PreferencesPatch, at collab.Time) bool {
	c.t.Helper()
	stored := must(c.store.SetNotificationPreferences(c.t.Context(), c.id, c.actor, patch, at))(c.t)
	if stored != nil {
		equal(c.t, "the answer", stored, c.preferences())
	}
	return stored != nil
}

func preferencesOfNobody(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	got := must(f.Other.NotificationPreferences(t.Context(), c.id, []collab.ID{ann, "usr_none"}))(t)
	equal(t, "preferences", got, map[collab.ID]*collab.NotificationPreferences{
		ann: collab.DefaultPreferences(ann, collab.ChannelChoices{}), "usr_none": collab.DefaultPreferences("usr_none", collab.ChannelChoices{}),
	})
}

func preferencesPatched(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	want := collab.DefaultPreferences(ann, collab.ChannelChoices{})
	for _, step := range []struct {
		patch collab.PreferencesPatch
		apply func()
	}{
		{collab.PreferencesPatch{}, func() {}},
		{collab.PreferencesPatch{TimeZone: new("Europe/Helsinki")}, func() { want.TimeZone, want.IsTimeZoneDefault = "Europe/Helsinki", false }},
		{collab.PreferencesPatch{SetsQuietHours: true, QuietHours: &collab.QuietHours{From: "22:00", To: "07:00"}},
			func() { want.QuietHours = &collab.QuietHours{From: "22:00", To: "07:00"} }},
		{collab.PreferencesPatch{Digest: new(collab.DigestDaily)}, func() { want.Digest = collab.DigestDaily }},
		{collab.PreferencesPatch{Channels: collab.ChannelChoices{collab.NotifyWatched: {}, collab.NotifyMention: {collab.ChannelPush}}}, func() {
			want.Chosen[collab.NotifyWatched] = []collab.NotificationChannel{}
			want.Chosen[collab.NotifyMention] = []collab.NotificationChannel{collab.ChannelPush}
		}},
		{collab.PreferencesPatch{Channels: collab.ChannelChoices{collab.NotifyWatched: nil, collab.NotifyComment: nil, collab.NotifyMention: {collab.ChannelEmail}}}, func() {
			delete(want.Chosen, collab.NotifyWatched)
			want.Chosen[collab.NotifyMention] = []collab.NotificationChannel{collab.ChannelEmail}
		}},
		{collab.PreferencesPatch{SetsQuietHours: true}, func() { want.QuietHours = nil }},
		{collab.PreferencesPatch{RefusedEmail: new("ann@example.com")}, func() { want.RefusedEmail = new("ann@example.com") }},
		{collab.PreferencesPatch{TimeZone: new("UTC")}, func() { want.TimeZone = "UTC" }},
		{collab.PreferencesPatch{Digest: new(collab.DigestHourly)}, func() { want.Digest, want.RefusedEmail = collab.DigestHourly, nil }},
	} {
		if !c.prefer(step.patch) {
			t.Fatal("ann is not a member")
		}
		step.apply()
		equal(t, "preferences", c.through(f.Other).preferences(), want)
	}
	equal(t, "bob's", c.as("bob").preferences(), collab.DefaultPreferences("bob", collab.ChannelChoices{}))
}

func preferencesOfStrangers(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	f.Remove(t, c.id, "bob")
	for _, id := range []collab.ID{"bob", "usr_none"} {
		if c.as(id).prefer(collab.PreferencesPatch{TimeZone: new("Asia/Tokyo"), Channels: collab.ChannelChoices{collab.NotifyWatched: {}}}) {
			t.Errorf("%s is a member", id)
		}
		equal(t, string(id), c.as(id).preferences(), collab.DefaultPreferences(id, collab.ChannelChoices{}))
	}
}

func preferencesAtOnce(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	kinds := collab.NotificationKinds
	together(t, len(kinds), func(i int) error {
		patch := collab.PreferencesPatch{Channels: collab.ChannelChoices{kinds[i]: {collab.ChannelEmail}, kinds[(i+1)%len(kinds)]: nil}}
		_, err := everySecond(f, i).SetNotificationPreferences(t.Context(), c.id, ann, patch, c.now())
		return err
	})
	for kind, channels := range c.preferences().Chosen {
		equal(t, string(kind), channels, []collab.NotificationChannel{collab.ChannelEmail})
	}
}

func (c *company) muted(now collab.Time, entityIDs ...collab.ID) map[collab.ID]*collab.Mute {
	c.t.Helper()
	return must(c.store.Mutes(c.t.Context(), c.id, c.actor, entityIDs, now))(c.t)
}

func (c *company) mute(entityID collab.ID, until *collab.Time) bool {
	c.t.Helper()
	stored, full, err := c.store.Mute(c.t.Context(), c.id, collab.Mute{UserID: c.actor, EntityID: entityID, Until: until}, c.now())
	if err != nil || stored && full {
		c.t.Fatalf("stored is %t, full is %t: %v", stored, full, err)
	}
	return stored
}

func mutesListed(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	one, two, three := c.create(customer("One")), c.create(customer("Two")), c.create(customer("Three"))
	now := c.now()
	until := collab.At(now.Add(time.Hour))
	for id, end := range map[collab.ID]*collab.Time{one: nil, two: &until} {
		if !c.mute(id, end) || !c.as("bob").mute(one, nil) {
			t.Fatal("not muted")
		}
	}
	oneMute, twoMute := &collab.Mute{UserID: ann, EntityID: one}, &collab.Mute{UserID: ann, EntityID: two, Until: &until}
	equal(t, "all", c.through(f.Other).muted(now), map[collab.ID]*collab.Mute{one: oneMute, two: twoMute})
	equal(t, "some", c.muted(now, two, three, "cus_none"), map[collab.ID]*collab.Mute{two: twoMute})
	equal(t, "at the end", c.muted(until), map[collab.ID]*collab.Mute{one: oneMute})
	c.mute(two, nil) // in the place of the earlier one
	equal(t, "for good", c.muted(until, two), map[collab.ID]*collab.Mute{two: {UserID: ann, EntityID: two}})
	c.mute(three, &until)
	four := c.create(customer("Four"))
	c.mute(four, nil)
	for range 2 {
		if err := f.Other.Unmute(t.Context(), c.id, ann, []collab.ID{two, four}, until); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, "after unmuting, without what is over", c.muted(now), map[collab.ID]*collab.Mute{one: oneMute})
	equal(t, "bob's", c.as("bob").muted(now), map[collab.ID]*collab.Mute{one: {UserID: "bob", EntityID: one}})
}

func mutesOfStrangers(t *testing.T, f StoreFixture) {
	c, other := found(t, f.Store), found(t, f.Store)
	c.join("bob")
	id, foreign := c.create(customer("Acme")), other.create(customer("Acme"))
	f.Remove(t, c.id, "bob")
	for what, muted := range map[string]bool{
		"somebody who was removed":        c.as("bob").mute(id, nil),
		"somebody who never was":          c.as("usr_none").mute(id, nil),
		"what does not exist":             c.mute("cus_none", nil),
		"what belongs to somebody else's": c.mute(foreign, nil),
	} {
		if muted {
			t.Errorf("muted: %s", what)
		}
	}
}

func preferencesOfRecipients(t *testing.T, f StoreFixture) {
	c, other := found(t, f.Store), found(t, f.Store)
	c.join("bob", "cem")
	id, elsewhere := c.create(customer("Acme")), c.create(customer("Other"))
	defaults := collab.ChannelChoices{collab.NotifyComment: {}, collab.NotifyWatched: {collab.ChannelEmail}}
	c.setDefaults(collab.DefaultsPatch{Channels: defaults})
	other.setDefaults(collab.DefaultsPatch{Channels: collab.ChannelChoices{collab.NotifyMention: {}}})
	other.prefer(collab.PreferencesPatch{Channels: collab.ChannelChoices{collab.NotifyMention: {}}})
	c.as("bob").prefer(collab.PreferencesPatch{Channels: collab.ChannelChoices{collab.NotifyComment: {collab.ChannelPush}, collab.NotifyMention: {}}})
	until := collab.At(c.now().Add(time.Hour))
	c.mute(id, nil)
	c.as("bob").mute(elsewhere, nil)
	c.as("cem").mute(id, &until)
	got := c.through(f.Other).state(collab.Intent{EntityID: id, Concerned: []collab.ID{"bob", "cem"}, UnreadSince: new(collab.At(founding))}).Recipients
	equal(t, "recipients", got, map[collab.ID]*collab.Recipient{
		ann: {UserID: ann, Name: string(ann), Role: collab.RoleAdmin, Defaults: defaults, Mute: &collab.Mute{UserID: ann}},
		"bob": {UserID: "bob", Name: "bob", Role: collab.RoleAdmin, Defaults: defaults,
			Chosen: collab.ChannelChoices{collab.NotifyComment: {collab.ChannelPush}, collab.NotifyMention: {}}},
		"cem": {UserID: "cem", Name: "cem", Role: collab.RoleAdmin, Defaults: defaults, Mute: &collab.Mute{UserID: "cem", Until: &until}},
	})
}

// A notification that reaches its person elsewhere is in the log, and nowhere in the inbox.
func notificationsElsewhere(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(customer("Acme"))
	tell := func(isElsewhere bool, more ...collab.ID) *collab.Change {
		t.Helper()
		return c.write(collab.Intent{EntityID: id}, func(st *collab.State) (*collab.Decision, error) {
			change := c.event(collab.ChangeView, st.Entity)
			for _, person := range append([]collab.ID{ann}, more...) {
				change.Notifications = append(change.Notifications, &collab.Notification{
					ID: collab.NewID("ntf", time.Now()), UserID: person, Kind: collab.NotifyComment, Title: "Ann commented", Count: 1,
					EntityType: &change.EntityType, EntityID: &change.EntityID, ActorID: &change.ActorID, ActorIDs: []collab.ID{ann},
					CreatedAt: change.OccurredAt, UpdatedAt: change.OccurredAt, IsElsewhere: isElsewhere,
				})
			}
			return &collab.Decision{Change: change}, nil
		})
	}
	shown, elsewhere := tell(false), tell(true)
	hidden := elsewhere.Notifications[0]
	there := c.through(f.Other)
	equal(t, "in the list", there.notifications(collab.NotificationQuery{}), []collab.ID{shown.Notifications[0].ID})
	equal(t, "unread", there.unread(), 1)
	equal(t, "by id", must(f.Other.Notifications(t.Context(), c.scope(), ann, []collab.ID{hidden.ID}))(t), map[collab.ID]*collab.Notification{hidden.ID: hidden})
	equal(t, "marked", there.markRead([]collab.ID{hidden.ID}, elsewhere.Cursor.Position), 1)
	read := must(f.Other.Changes(t.Context(), c.id, shown.Cursor.Position-1, 2))(t)
	equal(t, "in the log", read[1].Notifications, elsewhere.Notifications)
	for i, change := range []*collab.Change{read[0], read[1], elsewhere} {
		equal(t, "shown by the change", change.Shows(c.scope(), ann) != nil, i == 0)
	}
}

// However many calls there are at once, no more is muted than MaxMutes. A mute that is over makes room, and one that is there
// can be changed.
func mutesBounded(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	now := c.now()
	soon := collab.At(now.Add(time.Minute))
	const calls = 8
	ids := make([]collab.ID, collab.MaxMutes+calls)
	for i := range ids {
		ids[i] = c.create(customer("Acme"))
		if i < collab.MaxMutes-2 && !c.mute(ids[i], &soon) {
			t.Fatal("not muted")
		}
	}
	var group sync.WaitGroup
	var stored, full atomic.Int32
	for i, id := range ids[collab.MaxMutes-2:] {
		group.Go(func() {
			at := []collab.Store{f.Store, f.Other}[i%2]
			isStored, isFull, err := at.Mute(t.Context(), c.id, collab.Mute{UserID: ann, EntityID: id}, now)
			switch {
			case err != nil:
				t.Error(err)
			case isStored:
				stored.Add(1)
			case isFull:
				full.Add(1)
			}
		})
	}
	group.Wait()
	equal(t, "stored", stored.Load(), 2)
	equal(t, "refused", full.Load(), calls)
	equal(t, "muted", len(c.muted(now)), collab.MaxMutes)
	equal(t, "again", c.mute(ids[0], nil), true)
	isStored, isFull, err := c.store.Mute(t.Context(), c.id, collab.Mute{UserID: ann, EntityID: ids[len(ids)-1]}, soon)
	if !isStored || isFull || err != nil {
		t.Errorf("once most are over: stored is %t, full is %t: %v", isStored, isFull, err)
	}
}
