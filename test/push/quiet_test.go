package push_test

import (
	"testing"

	"tandem/internal/collab"
	"tandem/internal/server"
	"tandem/internal/servertest"
)

const setPreferences = `mutation($in: NotificationPreferencesInput!) { setNotificationPreferences(input: $in) { __typename } }`

// Quiet hours hold pushes back until they end, or until the person ends them. Other people's are sent meanwhile.
func TestQuietHours(t *testing.T) {
	t.Parallel()
	const zone = "Asia/Kathmandu"
	clock := servertest.NewClock(t, zone, "23:00")
	s, instance := startWith(t, nil, server.Options{Now: clock.Now})
	cleo := servertest.Join(t, instance, s.org, "cleo", collab.RoleMember)
	bens, cleos := s.browser(s.ben), s.browser(cleo)
	prefer := func(input servertest.Object) {
		t.Helper()
		s.ben.Ask(setPreferences, servertest.Object{"in": input})
	}
	mention := func(user string) { s.ada.Mention(s.ada.Create(servertest.Object{"name": "Zoo"}), user) }
	told := 0
	nothing := func(but int) {
		t.Helper()
		mention("cleo")
		told++
		cleos.WaitFor(told)
		servertest.Want(t, "pushes to ben", bens.Attempts(), but)
	}
	prefer(servertest.Object{"timeZone": zone, "quietHours": servertest.Object{"from": "22:00", "to": "07:00"}})
	mention("ben")
	nothing(0)
	clock.Set(zone, "06:30")
	nothing(0)
	clock.Set(zone, "07:00")
	bens.WaitFor(1)
	clock.Set(zone, "23:00")
	mention("ben")
	nothing(1)
	prefer(servertest.Object{"quietHours": nil})
	bens.WaitFor(2)
}
