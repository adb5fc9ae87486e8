package collab_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tandem/internal/collab"
)

// A post is an office that sends mail, at 09:00. Ben gets his mentions and assignments by an hourly digest.
type post struct {
	*office
	ada, ben *collab.Viewer
}

func openPost(t *testing.T) *post {
	t.Helper()
	return openPostFor(t, "ben@example.com")
}

// openPostFor opens a post where ben has an address, or none for "".
func openPostFor(t *testing.T, address string) *post {
	t.Helper()
	p := &post{office: open(t)}
	p.OfferMail(collab.Mail{Hour: time.Hour})
	p.ada, p.ben = p.join("ada", collab.RoleAdmin), p.joinAt("ben", address)
	p.choose(collab.PreferencesPatch{Digest: new(collab.DigestHourly)})
	for _, kind := range []collab.NotificationKind{collab.NotifyMention, collab.NotifyAssignment, collab.NotifyAccessChanged} {
		p.prefer(p.ben, kind, []collab.NotificationChannel{collab.ChannelInApp, collab.ChannelEmail})
	}
	return p
}

// joinAt returns a member by a token with an address, issued now.
func (p *post) joinAt(name, address string) *collab.Viewer {
	p.t.Helper()
	v, err := p.Admit(p.ctx, collab.Claims{
		UserID: collab.ID(name), OrganizationID: "acme", Role: collab.RoleMember, Name: name, Email: address, IssuedAt: collab.At(p.clock()),
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return v
}

// choose changes ben's preferences.
func (p *post) choose(patch collab.PreferencesPatch) {
	p.t.Helper()
	if _, err := p.SetNotificationPreferences(p.ctx, p.ben, collab.PreferencesInput{PreferencesPatch: patch}); err != nil {
		p.t.Fatal(err)
	}
}

// mention makes a customer, and mentions ben in a comment on it.
func (p *post) mention(name string) *collab.Customer {
	p.t.Helper()
	c := p.customer(p.ada, collab.Patch{"name": name})
	p.comment(p.ada, c, "look", "ben")
	return c
}

// claim claims ben's digest for a minute; nil if none is due.
func (p *post) claim() *collab.Job {
	p.t.Helper()
	now := collab.At(p.clock())
	jobs, _, err := p.store.ClaimJobs(p.ctx, "acme", collab.JobClaim{
		Kind: collab.JobDigest, Now: now, Until: collab.At(now.Add(time.Minute)), Holder: collab.NewID("clm", now.Time), Limit: 10,
	})
	if err != nil {
		p.t.Fatal(err)
	}
	for _, job := range jobs {
		if job.Target == "ben" {
			return job
		}
	}
	return nil
}

// content returns what a job sends now, and plans or ends the job as an instance does.
func (p *post) content(by *collab.Service, job *collab.Job) *collab.DigestContent {
	p.t.Helper()
	content, err := by.DigestContent(p.ctx, job)
	switch {
	case err != nil:
	case content == nil:
		err = p.store.FinishJob(p.ctx, job, collab.At(p.clock()))
	case content.Until != nil:
		job.Planned = true
		err = p.store.PostponeJob(p.ctx, job, *content.Until)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return content
}

// digest claims ben's digest, which is due, and returns what it tells, the newest first; "" if there is nothing to send.
func (p *post) digest() string {
	p.t.Helper()
	job := p.claim()
	if job == nil {
		p.t.Fatal("no digest is due")
	}
	content := p.content(p.Service, job)
	if content == nil {
		return ""
	}
	if content.Until != nil {
		p.t.Fatalf("the digest waits until %s", content.Until)
	}
	var told []string
	for _, n := range content.Notifications {
		told = append(told, n.Title+" "+n.Body)
	}
	return strings.Join(told, "\n")
}

// next waits until the next full hour.
func (p *post) next() { p.later(p.clock().Truncate(time.Hour).Add(time.Hour).Sub(p.clock())) }

func TestDigestWaitsForItsHour(t *testing.T) {
	t.Parallel()
	p := openPost(t)
	p.choose(collab.PreferencesPatch{TimeZone: new("Europe/Helsinki")})
	p.mention("Aalto")
	p.later(time.Minute)
	p.mention("Zoo")
	content := p.content(p.Service, p.claim())
	equal(t, "until", *content.Until, collab.At(time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)))
	p.later(58 * time.Minute)
	if p.claim() != nil {
		t.Error("it is due before its time")
	}
	p.next()
	job := p.claim()
	first, again := p.content(p.Service, job), p.content(p.Service, job)
	equal(t, "the digest again", again.ID, first.ID)
	equal(t, "address", first.Address, "ben@example.com")
	equal(t, "zone", first.Zone.String(), "Europe/Helsinki")
	equal(t, "count", first.Count, 2)
	equal(t, "the newest", first.Notifications[0].Body, "Zoo: look")
}

func TestDigestLeavesOut(t *testing.T) {
	t.Parallel()
	in := func(p *post, d time.Duration) *collab.Time { return new(collab.At(p.clock().Add(d))) }
	for what, leave := range map[string]func(p *post, c *collab.Customer, n *collab.Notification) error{
		"what was read": func(p *post, _ *collab.Customer, n *collab.Notification) error {
			_, err := p.MarkNotificationsRead(p.ctx, p.ben, []collab.ID{n.ID}, nil, nil)
			return err
		},
		"what is snoozed": func(p *post, _ *collab.Customer, n *collab.Notification) error {
			_, err := p.SnoozeNotifications(p.ctx, p.ben, []collab.ID{n.ID}, *in(p, 2*time.Hour), nil)
			return err
		},
		"what is muted": func(p *post, c *collab.Customer, _ *collab.Notification) error {
			_, err := p.Mute(p.ctx, p.ben, c.ID, in(p, 2*time.Hour))
			return err
		},
		"what is not wanted": func(p *post, _ *collab.Customer, _ *collab.Notification) error {
			p.prefer(p.ben, collab.NotifyMention, []collab.NotificationChannel{collab.ChannelInApp})
			return nil
		},
		"what may not be seen": func(p *post, c *collab.Customer, _ *collab.Notification) error {
			p.mustUpdate(p.ada, c, 1, collab.Patch{"visibility": "RESTRICTED"})
			return nil
		},
	} {
		for _, alone := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s alone=%t", what, alone), func(t *testing.T) {
				t.Parallel()
				p := openPost(t)
				c, want := p.mention("Aalto"), ""
				if err := leave(p, c, p.notifications(p.ben)[0]); err != nil {
					t.Fatal(err)
				}
				if !alone {
					p.mustUpdate(p.ada, p.customer(p.ada, collab.Patch{"name": "Zoo"}), 1, collab.Patch{"ownerId": "ben"})
					want = "ada made you the owner of a customer Zoo"
				}
				p.next()
				equal(t, "the digest", p.digest(), want)
				if alone && p.claim() != nil {
					t.Error("it is still due after there was nothing to send")
				}
			})
		}
	}
}

// A digest that could not be sent at its time is tried again at any time but in quiet hours.
func TestDigestTriedAgain(t *testing.T) {
	t.Parallel()
	p := openPost(t)
	p.choose(collab.PreferencesPatch{SetsQuietHours: true, QuietHours: &collab.QuietHours{From: "10:30", To: "12:00"}})
	p.mention("Aalto")
	p.next()
	first := p.content(p.Service, p.claim())
	p.later(29 * time.Minute)
	equal(t, "the digest before the quiet hours", p.content(p.Service, p.claim()).ID, first.ID)
	p.later(time.Minute)
	content := p.content(p.Service, p.claim())
	equal(t, "until", *content.Until, collab.At(time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)))
	p.later(90 * time.Minute)
	equal(t, "the digest after the quiet hours", p.content(p.Service, p.claim()).ID, first.ID)
}

func TestLongDigest(t *testing.T) {
	t.Parallel()
	p := openPost(t)
	for i := range collab.MostInDigest + 2 {
		p.mention(fmt.Sprint("Customer ", i))
	}
	p.next()
	content := p.content(p.Service, p.claim())
	equal(t, "listed", len(content.Notifications), collab.MostInDigest)
	equal(t, "count", content.Count, collab.MostInDigest+2)
	equal(t, "the last", content.Notifications[collab.MostInDigest-1].Body, "Customer 2: look")
}
