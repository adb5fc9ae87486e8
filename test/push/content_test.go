package push_test

import (
	"net/http"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/eventually"
	"tandem/internal/servertest"
	"tandem/internal/webpushtest"
)

// The choice of an organization holds for messages that wait, and instead of the setting of the server.
func TestOrganizationChoosesContent(t *testing.T) {
	t.Parallel()
	const discreet, shown = "Somebody mentioned you", "Ada mentioned you"
	for name, tc := range map[string]struct {
		settings      map[string]string
		choice        bool
		chosen, after string // the titles by choice, and without one
	}{
		"shown":  {nil, true, shown, discreet},
		"hidden": {map[string]string{"PUSH_CONTENT": "1"}, false, discreet, shown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, instance := start(t, tc.settings)
			eve := servertest.Join(t, instance, s.org, "eve", collab.RoleAdmin)
			choose := func(choice any) {
				eve.Ask(`mutation($c: Boolean) { setNotificationDefaults(channels: [], pushContent: $c) { __typename } }`, servertest.Object{"c": choice})
			}
			phone := s.browser(s.ben)
			s.service.Answer(webpushtest.Always(http.StatusServiceUnavailable), "Retry-After", "1")
			s.ada.Mention(s.acme, "ben")
			eventually.True(t, "an attempt is made", func() bool { return phone.Attempts() > 0 })
			choose(tc.choice)
			s.service.Answer(nil)
			servertest.Want(t, "by choice", phone.WaitFor(1)[0].Notification.Title, tc.chosen)
			choose(nil)
			s.ada.Mention(s.ada.Create(servertest.Object{"name": "Zoo"}), "ben")
			servertest.Want(t, "without a choice", phone.WaitFor(2)[1].Notification.Title, tc.after)
		})
	}
}
