package collabtest

import (
	"strings"
	"sync"
	"testing"
	"time"

	"tandem/internal/collab"
)

var pushTests = []storeTest{
	{"RegisterPush/KeepsOneForEachEndpoint", pushRegistered},
	{"RegisterPush/EndpointMovesToAnotherPerson", pushMoves},
	{"RegisterPush/EndpointMovesToAnotherOrganization", pushMovesAway},
	{"RegisterPush/ConcurrentCallsLeaveOneHolder", pushRaces},
	{"RegisterPush/OldestGo", pushBounded},
	{"RegisterPush/OnlyForMembers", pushOfMembers},
	{"RegisterPush/UntilTheirRemoval", pushOfRemoved},
	{"RegisterPush/PlansForTheEndsOfSnoozes", snoozeOfALaterBrowser},
	{"RegisterPush/NoMoreSnoozesThanHaveRoom", snoozeOfALaterBrowserBounded},
	{"RemovePush/OnlyOwn", pushRemoved},
	{"PushCheck/HasEverythingOfThePerson", pushChecked},
	{"PushCheck/MutedOnceAllRecordsAre", pushOfABatchMuted},
	{"PushCheck/MutedAsFarAsSeen", mutedAsFarAsSeen},
	{"PushCheck/AfterAnOlderOneOfTheRecord", pushesInOrder},
	{"PushCheck/ConflictsThatWereResolved", conflictsOver},
	{"PushCheck/NothingOfSomebodyElse", pushOfStrangers},
	{"PushCheck/OnlyWhatThePersonSees", pushSeen},
	{"DeploymentKey/FirstStays", deploymentKeys},
	{"Erase/RemovesBrowsers", pushErased},
}

// register registers an endpoint for the actor, and returns the subscription as it was given.
func (c *company) register(endpoint string) *collab.PushSubscription {
	c.t.Helper()
	s := &collab.PushSubscription{
		ID: collab.NewID("psh", c.now().Time), UserID: c.actor, Endpoint: endpoint, Host: "push.example", P256dh: "key", Auth: "secret", CreatedAt: c.now(),
	}
	if !must(c.store.RegisterPush(c.t.Context(), c.id, s))(c.t) {
		c.t.Fatalf("%s is not a member", c.actor)
	}
	return s
}

// subscription returns a subscription as it is kept, of any person; nil if there is none.
func (c *company) subscription(id collab.ID) (found *collab.PushSubscription) {
	c.t.Helper()
	find := func(record collab.PersonalRecord, _ bool) error {
		if s, is := record.(*collab.PushSubscription); is && s.ID == id {
			found = s
		}
		return nil
	}
	for _, person := range []collab.ID{ann, "bob", "nobody"} {
		must(c.store.Personal(c.t.Context(), collab.Scope{OrgID: c.id, UserID: person}, person, find))(c.t)
	}
	return found
}

// check returns what decides at a time on a push of a notification to a browser of the actor.
func (c *company) check(to *collab.PushSubscription, about *collab.Notification, at collab.Time) *collab.PushCheck {
	c.t.Helper()
	job := &collab.Job{OrgID: c.id, Kind: collab.JobPush, Target: to.ID, NotificationID: about.ID, UserID: c.actor}
	return must(c.store.PushCheck(c.t.Context(), job, at))(c.t)
}

// endpoint returns an endpoint of a test's own.
func endpoint(t *testing.T, name string) string {
	return "https://push.example/" + strings.ReplaceAll(t.Name(), "/", "-") + "/" + name
}

func pushRegistered(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	first, other := c.register(endpoint(t, "1")), c.register(endpoint(t, "2"))
	again := *first
	again.ID, again.P256dh, again.Auth = "psh_again", "newer key", "newer secret"
	must(f.Other.RegisterPush(t.Context(), c.id, &again))(t)
	got := c.subscription(first.ID)
	if got == nil || got.P256dh != "newer key" || got.Auth != "newer secret" || got.Host != first.Host || got.Endpoint != first.Endpoint || got.UserID != ann {
		t.Errorf("got %+v", got)
	}
	if c.subscription("psh_again") != nil || c.subscription(other.ID) == nil {
		t.Error("an endpoint has two subscriptions, or another one is gone")
	}
}

func pushMoves(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	anns := c.register(endpoint(t, "1"))
	bobs := c.as("bob").register(endpoint(t, "1"))
	if c.subscription(anns.ID) != nil || c.subscription(bobs.ID) == nil {
		t.Error("the endpoint is still ann's")
	}
}

func pushMovesAway(t *testing.T, f StoreFixture) {
	here, there := found(t, f.Store), found(t, f.Other)
	kept := here.register(endpoint(t, "2"))
	mine := here.register(endpoint(t, "1"))
	theirs := there.register(endpoint(t, "1"))
	if here.subscription(mine.ID) != nil || there.subscription(theirs.ID) == nil || here.subscription(kept.ID) == nil {
		t.Error("the endpoint is in both organizations, or another one moved too")
	}
	back := here.register(endpoint(t, "1"))
	if there.subscription(theirs.ID) != nil || here.subscription(back.ID) == nil {
		t.Error("the endpoint did not move back")
	}
}

func pushRaces(t *testing.T, f StoreFixture) {
	companies := []*company{found(t, f.Store), found(t, f.Other), found(t, f.Store)}
	ids := make([]collab.ID, len(companies))
	for range 5 {
		var all sync.WaitGroup
		for i, c := range companies {
			s := &collab.PushSubscription{
				ID: collab.NewID("psh", c.now().Time), UserID: ann, Endpoint: endpoint(t, "1"), Host: "push.example", P256dh: "key", Auth: "secret", CreatedAt: c.now(),
			}
			ids[i] = s.ID
			all.Go(func() {
				if _, err := c.store.RegisterPush(t.Context(), c.id, s); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		holders := 0
		for i, c := range companies {
			if c.subscription(ids[i]) != nil {
				holders++
			}
		}
		if holders > 1 {
			t.Fatalf("%d organizations have the endpoint", holders)
		}
	}
}

func pushBounded(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	var ids []collab.ID
	for i := range collab.MaxPushSubscriptions + 2 {
		ids = append(ids, c.register(endpoint(t, strings.Repeat("x", i))).ID)
	}
	for i, id := range ids {
		if kept := c.subscription(id) != nil; kept != (i >= 2) {
			t.Errorf("subscription %d is kept: %v", i, kept)
		}
	}
}

func pushOfMembers(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	f.Remove(t, c.id, "bob")
	for _, user := range []collab.ID{"bob", "nobody"} {
		s := &collab.PushSubscription{ID: collab.NewID("psh", c.now().Time), UserID: user, Endpoint: endpoint(t, string(user)), CreatedAt: c.now()}
		if must(f.Store.RegisterPush(t.Context(), c.id, s))(t) || c.subscription(s.ID) != nil {
			t.Errorf("%s registered", user)
		}
	}
}

// The browsers of a person who is removed are deleted, and those of others are not. Their endpoints can be registered again.
func pushOfRemoved(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	theirs, mine := c.as("bob").register(endpoint(t, "bob")), c.register(endpoint(t, "ann"))
	c.pushTo(c.create(customer("Acme")), nil, "bob")
	c.become(&collab.Membership{UserID: "bob", Role: collab.RoleMember, RemovedAt: new(c.now())})
	if strings.Contains(f.Dump(t, c.id), endpoint(t, "bob")) || c.subscription(theirs.ID) != nil || c.subscription(mine.ID) == nil {
		t.Error("bob's browser is still there, or ann's is not")
	}
	equal(t, "what waits", len(c.claim(collab.JobPush, c.after(time.Hour))), 0)
	c.become(&collab.Membership{UserID: "bob", Role: collab.RoleMember})
	if again := c.as("bob").register(endpoint(t, "bob")); c.subscription(again.ID) == nil {
		t.Error("bob can't register it again")
	}
}

func pushRemoved(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	kept := c.register(endpoint(t, "1"))
	remove := func(user collab.ID) bool {
		return must(f.Other.RemovePush(t.Context(), c.id, user, endpoint(t, "1")))(t)
	}
	if remove("bob") || c.subscription(kept.ID) == nil {
		t.Error("bob removed it")
	}
	if !remove(ann) || c.subscription(kept.ID) != nil || remove(ann) {
		t.Error("ann did not remove it, or twice")
	}
}

func deploymentKeys(t *testing.T, f StoreFixture) {
	name := t.Name()
	var all sync.WaitGroup
	keys := make([]string, 8)
	for i := range keys {
		store := f.Store
		if i%2 > 0 {
			store = f.Other
		}
		all.Go(func() {
			var err error
			if keys[i], err = store.DeploymentKey(t.Context(), name, strings.Repeat("k", i+1)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, key := range keys {
		if key == "" || key != keys[0] {
			t.Errorf("the keys are %q", keys)
		}
	}
}

func pushErased(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	c.as("bob").register(endpoint(t, "bob"))
	mine := c.register(endpoint(t, "ann"))
	c.erase("bob")
	if dump := f.Dump(t, c.id); strings.Contains(dump, endpoint(t, "bob")) || c.subscription(mine.ID) == nil {
		t.Error("bob's browser is still there, or ann's is not")
	}
}

func pushChecked(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	to, id := c.register(endpoint(t, "1")), c.create(customer("Acme"))
	told := c.tell(id, ann).Notifications[0]
	check := func(at collab.Time, isMuted bool, due *collab.Time) {
		t.Helper()
		row := must(f.Store.Notifications(t.Context(), c.scope(), ann, []collab.ID{told.ID}))(t)[told.ID]
		got := c.through(f.Other).check(to, told, at)
		equal(t, "check", got, &collab.PushCheck{Subscription: to, Waiting: collab.Waiting{Notification: row, IsMuted: isMuted}, Role: collab.RoleAdmin, Preferences: c.preferences(), DueAt: due})
		if got.Subscription.Host != to.Host || got.Subscription.P256dh != to.P256dh || got.Subscription.Auth != to.Auth {
			t.Errorf("the browser is %+v", got.Subscription)
		}
	}
	check(c.now(), false, nil)
	c.prefer(collab.PreferencesPatch{
		Channels:       collab.ChannelChoices{collab.NotifyMention: {collab.ChannelPush}, collab.NotifyComment: {}},
		SetsQuietHours: true, QuietHours: &collab.QuietHours{From: "22:00", To: "07:00"},
		TimeZone: new("Asia/Kathmandu"), Digest: new(collab.DigestDaily),
	})
	c.setDefaults(collab.DefaultsPatch{Channels: collab.ChannelChoices{collab.NotifyWatched: {collab.ChannelPush}}})
	until := c.after(time.Hour)
	c.mute(id, &until)
	c.markUnread([]collab.ID{told.ID}, &until)
	check(c.now(), true, &until)
	check(until, false, &until)
	c.mute(id, nil)
	c.markRead([]collab.ID{told.ID}, 0)
	check(until, true, nil)
}

func pushOfABatchMuted(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	to, records := c.register(endpoint(t, "1")), []collab.ID{c.create(customer("Acme")), c.create(customer("Aalto")), c.create(customer("Zoo"))}
	told := c.tellOf(records, ann).Notifications[0]
	job := c.claimDigest(ann, c.after(0))
	c.begin(job, "dig_1")
	for n, id := range records {
		equal(t, "muted before all are", []bool{c.check(to, told, c.now()).IsMuted, c.checkDigest(job, c.now()).Items[0].IsMuted}, []bool{false, false})
		until := c.after(time.Hour)
		c.mute(id, []*collab.Time{nil, &until, nil}[n])
	}
	equal(t, "muted", []bool{c.check(to, told, c.now()).IsMuted, c.checkDigest(job, c.now()).Items[0].IsMuted}, []bool{true, true})
	equal(t, "muted once a mute is over", c.check(to, told, c.after(time.Hour)).IsMuted, false)
}

func pushOfStrangers(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	bob, id := c.as("bob"), c.create(customer("Acme"))
	mine, bobs := c.register(endpoint(t, "1")), bob.register(endpoint(t, "2"))
	told := c.tell(id, ann, "bob").Notifications
	nothing := func(what string, got *collab.PushCheck) {
		t.Helper()
		equal(t, what, got, nil)
	}
	nothing("somebody else's browser", c.check(bobs, told[0], c.now()))
	nothing("somebody else's notification", c.check(mine, told[1], c.now()))
	nothing("a browser that is gone", c.check(&collab.PushSubscription{ID: "psh_none"}, told[0], c.now()))
	nothing("a notification that is gone", c.check(mine, &collab.Notification{ID: "ntf_none"}, c.now()))
	if bob.check(bobs, told[1], c.now()) == nil {
		t.Error("bob's own is not found")
	}
	f.Remove(t, c.id, "bob")
	nothing("of somebody who was removed", bob.check(bobs, told[1], c.now()))
}

func pushSeen(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	secret := customer("Secret")
	secret.Visibility = collab.VisibleRestricted
	id, bob := c.create(secret), c.as("bob")
	to, told := bob.register(endpoint(t, "1")), c.tell(id, "bob").Notifications[0]
	seen := func(who string, want bool) {
		t.Helper()
		if got := bob.through(f.Other).check(to, told, c.now()); got.IsHidden == want {
			t.Errorf("%s sees it: %t", who, !want)
		}
	}
	seen("an admin", true)
	c.become(&collab.Membership{UserID: "bob", Role: collab.RoleMember})
	seen("a member", false)
	c.grant(id, "bob", collab.AccessRead)
	seen("a member with a grant", true)
	c.grant(id, "bob", "")
	seen("a member without it", false)
}
