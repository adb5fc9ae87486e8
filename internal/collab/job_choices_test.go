package collab_test

import (
	"testing"
	"time"

	"tandem/internal/collab"
)

// A quietOffice is an office at 09:00, where ben has a browser, and quiet hours until 17:00.
type quietOffice struct {
	*office
	ada, ben *collab.Viewer
}

func openQuiet(t *testing.T) *quietOffice {
	t.Helper()
	b := &quietOffice{office: open(t)}
	b.OfferPush(collab.Push{Check: func(string, string, string) (string, error) { return "push.example", nil }})
	b.ada, b.ben = b.join("ada", collab.RoleAdmin), b.join("ben", collab.RoleMember)
	if err := b.RegisterPush(b.ctx, b.ben, "https://push.example/1", "key", "auth"); err != nil {
		t.Fatal(err)
	}
	b.choose(collab.PreferencesPatch{SetsQuietHours: true, QuietHours: &collab.QuietHours{From: "08:00", To: "17:00"}})
	return b
}

// choose changes ben's preferences.
func (b *quietOffice) choose(patch collab.PreferencesPatch) {
	b.t.Helper()
	if _, err := b.SetNotificationPreferences(b.ctx, b.ben, collab.PreferencesInput{PreferencesPatch: patch}); err != nil {
		b.t.Fatal(err)
	}
}

// claimPushes claims the pushes that are due, for a minute.
func (o *office) claimPushes() []*collab.Job {
	o.t.Helper()
	now := collab.At(o.clock())
	jobs, _, err := o.store.ClaimJobs(o.ctx, "acme", collab.JobClaim{
		Kind: collab.JobPush, Now: now, Until: collab.At(now.Add(time.Minute)), Holder: collab.NewID("clm", now.Time), Limit: 10,
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return jobs
}

// send sends the pushes that are due, or plans them, as an instance does. Something may happen between the check of a push
// and its end. It returns how many were sent.
func (b *quietOffice) send(meanwhile func()) (sent int) {
	b.t.Helper()
	for _, job := range b.claimPushes() {
		content, err := b.PushContent(b.ctx, job)
		if err != nil {
			b.t.Fatal(err)
		}
		meanwhile()
		if content != nil && content.Until != nil {
			job.Planned = true
			err = b.store.PostponeJob(b.ctx, job, *content.Until)
		} else {
			err = b.store.FinishJob(b.ctx, job, collab.At(b.clock()))
		}
		if err != nil {
			b.t.Fatal(err)
		}
		if content != nil && content.Until == nil {
			sent++
		}
	}
	return sent
}

// New preferences hold for a push that waits for the end of quiet hours, also if an instance is just planning it.
func TestChoicesHoldForPushesThatWait(t *testing.T) {
	t.Parallel()
	for what, test := range map[string]struct {
		choose            func(b *quietOffice, about *collab.Customer)
		now, atTen, after int // how many are sent at once, at 10:00 and at 17:00
	}{
		"nothing": {func(*quietOffice, *collab.Customer) {}, 0, 0, 1},
		"no quiet hours": {func(b *quietOffice, _ *collab.Customer) {
			b.choose(collab.PreferencesPatch{SetsQuietHours: true})
		}, 1, 0, 0},
		"shorter quiet hours": {func(b *quietOffice, _ *collab.Customer) {
			b.choose(collab.PreferencesPatch{SetsQuietHours: true, QuietHours: &collab.QuietHours{From: "08:00", To: "10:00"}})
		}, 0, 1, 0},
		"longer quiet hours": {func(b *quietOffice, _ *collab.Customer) {
			b.choose(collab.PreferencesPatch{SetsQuietHours: true, QuietHours: &collab.QuietHours{From: "08:00", To: "18:00"}})
		}, 0, 0, 0},
		"a zone where it is 19:00": {func(b *quietOffice, _ *collab.Customer) {
			b.choose(collab.PreferencesPatch{TimeZone: new("Australia/Brisbane")})
		}, 1, 0, 0},
		"no push": {func(b *quietOffice, _ *collab.Customer) {
			b.prefer(b.ben, collab.NotifyMention, []collab.NotificationChannel{collab.ChannelInApp})
		}, 0, 0, 0},
		"no push, and push again": {func(b *quietOffice, _ *collab.Customer) {
			b.prefer(b.ben, collab.NotifyMention, []collab.NotificationChannel{collab.ChannelInApp})
			b.send(func() {})
			b.choose(collab.PreferencesPatch{TimeZone: new("UTC")})
			b.send(func() {})
			b.prefer(b.ben, collab.NotifyMention, []collab.NotificationChannel{collab.ChannelInApp, collab.ChannelPush})
		}, 0, 0, 1},
		"a mute that ends": {func(b *quietOffice, about *collab.Customer) {
			b.mute(b.ben, about, new(collab.At(b.clock().Add(time.Hour))))
			b.choose(collab.PreferencesPatch{TimeZone: new("UTC")})
			b.send(func() {})
		}, 0, 0, 1},
		"no access, and access again": {func(b *quietOffice, about *collab.Customer) {
			b.mustUpdate(b.ada, about, 1, collab.Patch{"visibility": string(collab.VisibleRestricted)})
			b.choose(collab.PreferencesPatch{TimeZone: new("UTC")})
			b.send(func() {})
			b.mustUpdate(b.ada, about, 2, collab.Patch{"visibility": string(collab.VisibleToOrganization)})
		}, 0, 0, 1},
		"no access": {func(b *quietOffice, about *collab.Customer) {
			b.mustUpdate(b.ada, about, 1, collab.Patch{"visibility": string(collab.VisibleRestricted)})
		}, 0, 0, 0},
		"a mute": {func(b *quietOffice, about *collab.Customer) { b.mute(b.ben, about, nil) }, 0, 0, 0},
	} {
		for when, isClaimed := range map[string]bool{"at rest": false, "while it is claimed": true} {
			t.Run(what+" "+when, func(t *testing.T) {
				t.Parallel()
				b := openQuiet(t)
				about := b.customer(b.ada, collab.Patch{"name": "Aalto"})
				b.comment(b.ada, about, "look", "ben")
				choose, meanwhile := func() { test.choose(b, about) }, func() {}
				if isClaimed {
					choose, meanwhile = meanwhile, choose
				}
				equal(t, "sent in quiet hours", b.send(meanwhile), 0)
				choose()
				equal(t, "sent at once", b.send(func() {}), test.now)
				b.later(time.Hour)
				equal(t, "sent at 10:00", b.send(func() {}), test.atTen)
				b.later(7 * time.Hour)
				equal(t, "sent at 17:00", b.send(func() {}), test.after)
			})
		}
	}
}

// Another frequency holds for what is collected already: it is sent at its time, or never.
func TestDigestFollowsItsFrequency(t *testing.T) {
	t.Parallel()
	p := openPost(t)
	p.mention("Aalto")
	wait := func(what string, digest collab.DigestFrequency, until time.Time) {
		t.Helper()
		p.choose(collab.PreferencesPatch{Digest: &digest})
		equal(t, what, *p.content(p.Service, p.claim()).Until, collab.At(until))
	}
	wait("daily", collab.DigestDaily, time.Date(2026, 5, 5, 8, 0, 0, 0, time.UTC))
	wait("hourly again", collab.DigestHourly, time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC))
	wait("daily again", collab.DigestDaily, time.Date(2026, 5, 5, 8, 0, 0, 0, time.UTC))
	p.choose(collab.PreferencesPatch{Digest: new(collab.DigestNone)})
	equal(t, "none", p.digest(), "")
	p.choose(collab.PreferencesPatch{Digest: new(collab.DigestHourly)})
	p.later(24 * time.Hour)
	if p.claim() != nil {
		t.Error("what was collected before there was no digest is still due")
	}
}
