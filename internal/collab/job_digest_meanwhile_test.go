package collab_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/memory"
)

// Nothing of what was collected is sent while a person can't get it, also not later.
func TestDigestOfNobody(t *testing.T) {
	t.Parallel()
	for what, test := range map[string]struct {
		address    string
		end, begin func(p *post) error
	}{
		"no address": {
			"",
			func(*post) error { return nil },
			func(p *post) error { p.later(time.Second); p.joinAt("ben", "ben@example.com"); return nil },
		},
		"an address that the mail server does not know": {
			"ben@example.com",
			func(p *post) error { return p.RefuseEmail(p.ctx, "acme", "ben", "ben@example.com") },
			func(p *post) error { p.choose(collab.PreferencesPatch{Digest: new(collab.DigestHourly)}); return nil },
		},
		"no digest": {
			"ben@example.com",
			func(p *post) error { p.choose(collab.PreferencesPatch{Digest: new(collab.DigestNone)}); return nil },
			func(p *post) error { p.choose(collab.PreferencesPatch{Digest: new(collab.DigestHourly)}); return nil },
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			p := openPostFor(t, test.address)
			p.mention("Aalto")
			if err := test.end(p); err != nil {
				t.Fatal(err)
			}
			equal(t, "the digest", p.digest(), "")
			if p.claim() != nil {
				t.Error("it is still due after it was dropped")
			}
			if err := test.begin(p); err != nil {
				t.Fatal(err)
			}
			p.mention("Zoo")
			p.next()
			if got := p.digest(); strings.Contains(got, "Aalto") || !strings.Contains(got, "Zoo: look") {
				t.Errorf("the digest after that is %q", got)
			}
		})
	}
}

// An interrupted store lets something happen after it has read once what decides on a digest.
type interrupted struct {
	collab.Store
	then func()
}

func (s *interrupted) DigestCheck(ctx context.Context, job *collab.Job, now collab.Time) (*collab.DigestCheck, error) {
	check, err := s.Store.DigestCheck(ctx, job, now)
	if then := s.then; then != nil {
		s.then = nil
		then()
	}
	return check, err
}

// interrupt returns a service on the same store, in which something happens after the first read of a digest.
func (p *post) interrupt(then func()) *collab.Service {
	other := collab.NewService(&interrupted{p.store, then}, memory.NewBus(), nil, slog.New(slog.DiscardHandler), p.clock)
	other.OfferMail(collab.Mail{Hour: time.Hour})
	return other
}

// The removal of a person drops their digest. If they are added again, the next digest has what came since, also if an instance
// had claimed the dropped one, and reads it only then.
func TestDigestOfAPersonWhoWasAddedAgain(t *testing.T) {
	t.Parallel()
	for what, claimed := range map[string]bool{"nobody had claimed it": false, "an instance had claimed it": true} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			p := openPost(t)
			p.mention("Aalto")
			var job *collab.Job
			if claimed {
				job = p.claim()
			}
			if _, err := p.RemoveMember(p.ctx, p.ada, "ben"); err != nil {
				t.Fatal(err)
			}
			if p.claim() != nil {
				t.Error("it is due after the removal")
			}
			begin := func() { p.become(collab.RoleMember); p.mention("Zoo") }
			if claimed {
				p.content(p.interrupt(begin), job)
			} else {
				begin()
			}
			p.next()
			if got := p.digest(); strings.Contains(got, "Aalto") || !strings.Contains(got, "Zoo: look") {
				t.Errorf("the digest is %q", got)
			}
		})
	}
}

// A notification that comes after an instance has read that its person gets no digest is not dropped for that reason.
func TestDigestKeepsWhatCameMeanwhile(t *testing.T) {
	t.Parallel()
	for what, test := range map[string]struct {
		address  string
		end      func(p *post) error
		andBegin func(p *post)
	}{
		"a digest was chosen": {
			"ben@example.com",
			func(p *post) error { p.choose(collab.PreferencesPatch{Digest: new(collab.DigestNone)}); return nil },
			func(p *post) { p.choose(collab.PreferencesPatch{Digest: new(collab.DigestHourly)}) },
		},
		"the person has an address": {
			"",
			func(*post) error { return nil },
			func(p *post) { p.later(time.Second); p.joinAt("ben", "ben@example.com") },
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			p := openPostFor(t, test.address)
			p.mention("Aalto")
			if err := test.end(p); err != nil {
				t.Fatal(err)
			}
			p.keeps("Zoo", func() { test.andBegin(p); p.mention("Zoo") })
		})
	}
}

// A notification that comes while an instance has a digest wait for quiet hours is in the next digest if these were ended meanwhile.
func TestDigestAfterQuietHoursEndMeanwhile(t *testing.T) {
	t.Parallel()
	p := openPost(t)
	p.mention("Aalto")
	p.choose(collab.PreferencesPatch{SetsQuietHours: true, QuietHours: &collab.QuietHours{From: "09:30", To: "23:00"}})
	p.keeps("Zoo", func() { p.mention("Zoo"); p.choose(collab.PreferencesPatch{SetsQuietHours: true}) })
}

// keeps checks that ben's digest of the next hour has a customer whose mention comes while another instance reads the digest.
func (p *post) keeps(name string, meanwhile func()) {
	p.t.Helper()
	p.content(p.interrupt(meanwhile), p.claim())
	p.content(p.Service, p.claim()) // which plans it for the next hour
	p.next()
	if got := p.digest(); !strings.Contains(got, name+": look") {
		p.t.Errorf("the digest is %q", got)
	}
}

// A person who loses something while their digest is made is shown nothing by what they were before.
func TestDigestOfWhatThePersonIsNow(t *testing.T) {
	t.Parallel()
	for what, test := range map[string]struct {
		meanwhile func(p *post) error
		want      string
	}{
		"the role of an admin": {
			func(p *post) error { _, err := p.SetMemberRole(p.ctx, p.ada, "ben", collab.RoleMember); return err },
			"ada changed your role twice You became a member.\nada mentioned you Aalto: look",
		},
		"the membership": {func(p *post) error { _, err := p.RemoveMember(p.ctx, p.ada, "ben"); return err }, ""},
		"the wish":       {func(p *post) error { p.choose(collab.PreferencesPatch{Digest: new(collab.DigestNone)}); return nil }, ""},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			p := openPost(t)
			p.mention("Aalto")
			p.become(collab.RoleAdmin)
			secret := p.customer(p.ada, collab.Patch{"name": "Secret", "visibility": "RESTRICTED"})
			p.comment(p.ada, secret, "look", "ben")
			p.next()
			content := p.content(p.interrupt(func() {
				if err := test.meanwhile(p); err != nil {
					t.Error(err)
				}
			}), p.claim())
			var told []string
			if content != nil {
				for _, n := range content.Notifications {
					told = append(told, n.Title+" "+n.Body)
				}
			}
			equal(t, "the digest", strings.Join(told, "\n"), test.want)
		})
	}
}

// become changes ben's role.
func (p *post) become(role collab.Role) {
	p.t.Helper()
	if _, err := p.SetMemberRole(p.ctx, p.ada, "ben", role); err != nil {
		p.t.Error(err)
	}
}
