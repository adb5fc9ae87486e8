package mail_test

import (
	"crypto/rand"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/eventually"
	"tandem/internal/server"
	"tandem/internal/servertest"
	"tandem/internal/smtptest"
)

// zone is a time zone that differs from UTC, and whose clocks are never changed.
const zone = "Asia/Kathmandu"

// A timed stage is an instance with a clock that the test sets, and people whose mentions are sent by e-mail.
type timed struct {
	t        *testing.T
	clock    *servertest.Clock
	mail     *smtptest.Server
	instance *servertest.Instance
	metrics  string
	org      string
	ada, ben *servertest.Person
}

// startAt starts an instance at a time of day, where ben has some preferences.
func startAt(t *testing.T, wall string, preferences servertest.Object) *timed {
	t.Helper()
	s := &timed{t: t, clock: servertest.NewClock(t, zone, wall), mail: smtptest.Start(t), org: rand.Text(), metrics: servertest.FreeAddress(t)}
	s.instance = servertest.StartWith(t, mailing(s.mail, map[string]string{"METRICS_ADDR": s.metrics}), server.Options{Now: s.clock.Now})
	s.ada, s.ben = join(t, s.instance, s.org, "ada"), join(t, s.instance, s.org, "ben")
	collect(s.ben)
	set(s.ben, preferences)
	return s
}

func (s *timed) mention(user string) {
	s.t.Helper()
	s.ada.Mention(s.ada.Create(servertest.Object{"name": "Aalto Oy"}), user)
}

// nothing checks that ben is sent no more than some digests by now.
func (s *timed) nothing(but int) {
	s.t.Helper()
	eventually.True(s.t, "no digest is due", func() bool {
		stats, err := s.instance.Server.Store.JobStats(s.t.Context(), collab.At(s.clock.Now()))
		return err == nil && stats[collab.JobDigest].Oldest.IsZero()
	})
	servertest.Want(s.t, "attempts", s.mail.Attempts("ben@example.com"), but)
}

// sent waits for a number of digests of ben, and until none is under way.
func (s *timed) sent(digests int) {
	s.t.Helper()
	s.mail.WaitFor("ben@example.com", digests)
	servertest.WantSeries(s.t, "http://"+s.metrics+"/metrics", `tandem_queue_jobs{kind="DIGEST"}`, 0)
}

// A daily digest arrives at 08:00 by the person's clock, and not before.
func TestDailyDigest(t *testing.T) {
	t.Parallel()
	s := startAt(t, "06:00", servertest.Object{"digest": "DAILY", "timeZone": zone})
	s.mention("ben")
	s.nothing(0)
	s.clock.Set(zone, "07:30")
	s.nothing(0)
	s.clock.Set(zone, "08:00")
	s.sent(1)
	s.mention("ben")
	s.mention("ben")
	s.nothing(1)
	s.clock.Set(zone, "07:30")
	s.nothing(1)
	s.clock.Set(zone, "08:00")
	s.sent(2)
	servertest.Want(t, "subject", s.mail.Messages("ben@example.com")[1].Subject, "Brightwater CRM: 2 notifications")
}

// Quiet hours hold a digest back until they end, or until the person ends them.
func TestQuietHours(t *testing.T) {
	t.Parallel()
	s := startAt(t, "23:00", servertest.Object{
		"digest": "HOURLY", "timeZone": zone, "quietHours": servertest.Object{"from": "22:00", "to": "07:00"},
	})
	s.mention("ben")
	s.nothing(0)
	s.clock.Set(zone, "06:30")
	s.nothing(0)
	s.clock.Set(zone, "07:00")
	s.sent(1)
	s.mention("ben")
	s.sent(2)
	s.clock.Set(zone, "23:00")
	s.mention("ben")
	s.nothing(2)
	set(s.ben, servertest.Object{"quietHours": nil})
	s.sent(3)
}
