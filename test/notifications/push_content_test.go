package notifications_test

import (
	"crypto/rand"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

const setPushContent = `mutation($shown: Boolean) { setNotificationDefaults(channels: [], pushContent: $shown) {
	... on NotificationPreferencesSaved { preferences { pushContent { isShown isChosen } } } } }`

// An admin chooses for the organization whether pushes have content, and every member reads it.
func TestPushContentOfAnOrganization(t *testing.T) {
	t.Parallel()
	servertest.OnOneAndTwo(t, func(t *testing.T, one, two *servertest.Instance, _ string) {
		org := rand.Text()
		ada, ben := servertest.Join(t, one, org, "ada", collab.RoleAdmin), servertest.Join(t, two, org, "ben", collab.RoleViewer)
		other := servertest.Join(t, two, rand.Text(), "eve", collab.RoleAdmin)
		reads := func(p *servertest.Person, want string) {
			t.Helper()
			p.Ask(`{ notificationPreferences { pushContent { isShown isChosen } } }`, nil).At("notificationPreferences.pushContent").Is(want)
		}
		sets := func(request string, variables servertest.Object, want string) {
			t.Helper()
			ada.Ask(request, variables)
			reads(ben, want)
		}
		reads(ben, `{"isShown": false, "isChosen": false}`)
		servertest.Want(t, "by a viewer", ben.Code(setPushContent, servertest.Object{"shown": true}), "FORBIDDEN")
		ada.Ask(setPushContent, servertest.Object{"shown": true}).
			Is(`{"setNotificationDefaults": {"preferences": {"pushContent": {"isShown": true, "isChosen": true}}}}`)
		reads(ben, `{"isShown": true, "isChosen": true}`)
		reads(other, `{"isShown": false, "isChosen": false}`)

		sets(setPushContent, servertest.Object{}, `{"isShown": true, "isChosen": true}`) // a variable without a value is left out
		sets(setDefaults, servertest.Object{"in": []any{servertest.Object{"kind": "MENTION", "channels": []any{"PUSH"}}}}, `{"isShown": true, "isChosen": true}`)
		sets(setPushContent, servertest.Object{"shown": true}, `{"isShown": true, "isChosen": true}`) // which changes nothing
		sets(setPushContent, servertest.Object{"shown": nil}, `{"isShown": false, "isChosen": false}`)
		sets(`mutation { setNotificationDefaults(channels: [], pushContent: false) { __typename } }`, nil, `{"isShown": false, "isChosen": true}`)
		sets(`mutation { setNotificationDefaults(channels: [], pushContent: null) { __typename } }`, nil, `{"isShown": false, "isChosen": false}`)

		entries := ada.Audit(servertest.Object{"action": "NOTIFICATION_DEFAULTS_CHANGED"})
		servertest.Want(t, "audited changes", len(entries), 5)
		entries[0].At("details").Is(`{"old": {}, "new": {}, "pushContent": {"old": null, "new": true}}`)
		entries[1].At("details").Is(`{"old": {}, "new": {"MENTION": ["PUSH"]}}`)
		entries[2].At("details").Is(`{"old": {"MENTION": ["PUSH"]}, "new": {"MENTION": ["PUSH"]}, "pushContent": {"old": true, "new": null}}`)
	})
}
