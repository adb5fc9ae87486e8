package push_test

import (
	"net/http"
	"testing"
	"time"

	"tandem/internal/eventually"
	"tandem/internal/server"
	"tandem/internal/servertest"
	"tandem/internal/webpushtest"
)

// A message that was queued and failed while the clock was years ahead is sent once the clock is right again. A message that waits for the end of quiet hours still does.
func TestClockThatWasAhead(t *testing.T) {
	t.Parallel()
	const zone = "Asia/Kathmandu"
	clock := servertest.NewClock(t, zone, "23:00")
	s, instance := startWith(t, nil, server.Options{Now: clock.Now, RecallEvery: 100 * time.Millisecond})
	cleo := servertest.Join(t, instance, s.org, "cleo", "MEMBER")
	bens, cleos := s.browser(s.ben), s.browser(cleo)
	cleo.Ask(setPreferences, servertest.Object{"in": servertest.Object{"timeZone": zone, "quietHours": servertest.Object{"from": "22:00", "to": "07:00"}}})

	const years = 3 * 365 * 24 * time.Hour
	clock.Forward(years)
	s.service.Answer(webpushtest.Always(http.StatusServiceUnavailable))
	s.ada.Mention(s.acme, "ben")
	s.ada.Mention(s.acme, "cleo")
	eventually.True(t, "the first attempt fails", func() bool { return bens.Attempts() > 0 })
	clock.Forward(-years)
	s.service.Answer(webpushtest.Always(http.StatusCreated))
	bens.WaitFor(1)
	s.ada.Mention(s.ada.Create(servertest.Object{"name": "Zoo"}), "ben")
	bens.WaitFor(2)
	servertest.Want(t, "pushes in quiet hours", cleos.Attempts(), 0)
	clock.Set(zone, "07:00")
	cleos.WaitFor(1)
}
