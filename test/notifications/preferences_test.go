package notifications_test

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

const preferences = `{ notificationPreferences { ...preferences } } ` + preferencesFragment

const preferencesFragment = `fragment preferences on NotificationPreferences {
	channels { kind channels isDefault } quietHours { from to } timeZone isTimeZoneDefault digest muted { id displayName } mutes { entity { displayName } until } }`

const setPreferences = `mutation($in: NotificationPreferencesInput!) { setNotificationPreferences(input: $in) {
	__typename ... on NotificationPreferencesSaved { preferences { ...preferences } } ... on InvalidInput { message } } } ` + preferencesFragment

const setDefaults = `mutation($in: [ChannelPreferenceInput!]!) { setNotificationDefaults(channels: $in) {
	__typename ... on NotificationPreferencesSaved { preferences { ...preferences } } ... on InvalidInput { message } } } ` + preferencesFragment

const mute = `mutation($id: ID!, $until: DateTime) { mute(entityId: $id, until: $until) }`
const unmute = `mutation($id: ID!) { unmute(entityId: $id) }`

// prefer sends an input, and returns the answer.
func prefer(p *servertest.Person, input servertest.Object) servertest.Answer {
	p.T.Helper()
	return p.Ask(setPreferences, servertest.Object{"in": input}).At("setNotificationPreferences")
}

// channelsOf returns the channels of each kind, with a star where the person chose them.
func channelsOf(preferences servertest.Answer) map[string]string {
	return byKind(preferences.List("channels"), func(c servertest.Answer) bool { return !c.Get("isDefault").(bool) })
}

// defaultsFor returns the channels of each kind by default as a person reads them, with a star where an admin chose them.
func defaultsFor(p *servertest.Person) map[string]string {
	p.T.Helper()
	defaults := p.Ask(`{ notificationDefaults { kind channels isChosen } }`, nil).List("notificationDefaults")
	return byKind(defaults, func(c servertest.Answer) bool { return c.Get("isChosen").(bool) })
}

func byKind(list []servertest.Answer, chosen func(servertest.Answer) bool) map[string]string {
	all := map[string]string{}
	for _, c := range list {
		var names []string
		for _, name := range c.List("channels") {
			names = append(names, strings.Trim(name.String(), `"`))
		}
		all[c.Text("kind")] = strings.Join(names, " ")
		if chosen(c) {
			all[c.Text("kind")] += "*"
		}
	}
	return all
}

// builtIn are the channels of people who chose nothing, in an organization that chose nothing.
func builtIn() map[string]string {
	return map[string]string{
		"MENTION": "IN_APP PUSH", "ASSIGNMENT": "IN_APP PUSH", "CONFLICT": "IN_APP PUSH", "CONFLICT_RESOLVED": "IN_APP PUSH",
		"ACCESS_CHANGED": "IN_APP PUSH", "COMMENT": "IN_APP", "ENTITY_DELETED": "IN_APP", "WATCHED": "IN_APP",
	}
}

func TestPreferences(t *testing.T) {
	t.Parallel()
	servertest.OnOneAndTwo(t, func(t *testing.T, one, two *servertest.Instance, _ string) {
		org := rand.Text()
		ada, ben := servertest.Join(t, one, org, "ada", collab.RoleAdmin), servertest.Join(t, one, org, "ben", collab.RoleViewer)
		first := ben.Ask(preferences, nil).At("notificationPreferences")
		servertest.Want(t, "at first", channelsOf(first), builtIn())
		servertest.Want(t, "defaults at first", defaultsFor(ben), builtIn())
		for name, value := range map[string]string{"quietHours": `null`, "timeZone": `"UTC"`, "isTimeZoneDefault": `true`, "digest": `"NONE"`, "muted": `[]`} {
			first.At(name).Is(value)
		}

		want := builtIn()
		saved := prefer(ben, servertest.Object{
			"channels": []any{
				servertest.Object{"kind": "WATCHED", "channels": []any{}},
				servertest.Object{"kind": "MENTION", "channels": []any{"EMAIL", "PUSH", "EMAIL"}},
			},
			"quietHours": servertest.Object{"from": "22:00", "to": "07:00"}, "timeZone": "Europe/Helsinki", "digest": "DAILY",
		})
		want["WATCHED"], want["MENTION"] = "*", "PUSH EMAIL*"
		servertest.Want(t, "chosen", channelsOf(saved.At("preferences")), want)
		prefer(ben, servertest.Object{"timeZone": nil, "digest": nil, "channels": nil}).At("__typename").Is(`"NotificationPreferencesSaved"`)
		ben.On(two).Ask(preferences, nil).At("notificationPreferences").Is(`"$saved"`, servertest.Object{"saved": saved.Get("preferences")})
		prefer(ben, servertest.Object{"quietHours": nil}).At("preferences.quietHours").Is(`null`)
		prefer(ben, servertest.Object{"timeZone": "UTC"}).At("preferences.isTimeZoneDefault").Is(`false`)
		prefer(ben, servertest.Object{}).At("preferences.digest").Is(`"DAILY"`)
		servertest.Want(t, "of somebody else", channelsOf(ada.Ask(preferences, nil).At("notificationPreferences")), builtIn())

		// The organization's defaults are for everybody who did not choose.
		defaults := servertest.Object{"in": []any{
			servertest.Object{"kind": "COMMENT", "channels": []any{"IN_APP", "EMAIL"}}, servertest.Object{"kind": "MENTION", "channels": []any{}},
		}}
		servertest.Want(t, "by a viewer", ben.Code(setDefaults, defaults), "FORBIDDEN")
		ada.Ask(setDefaults, defaults).At("setNotificationDefaults.preferences.channels.0").Is(`{"kind": "MENTION", "channels": [], "isDefault": true}`)
		ada.Ask(setDefaults, defaults) // changes nothing
		inForce := builtIn()
		inForce["COMMENT"], inForce["MENTION"] = "IN_APP EMAIL*", "*"
		for _, p := range []*servertest.Person{ada, ben.On(two)} {
			servertest.Want(t, "defaults in force", defaultsFor(p), inForce)
		}
		want["COMMENT"] = "IN_APP EMAIL"
		servertest.Want(t, "with defaults", channelsOf(ben.On(two).Ask(preferences, nil).At("notificationPreferences")), want)
		withdrawn := prefer(ben, servertest.Object{"channels": []any{servertest.Object{"kind": "MENTION", "channels": nil}, servertest.Object{"kind": "WATCHED"}}})
		want["MENTION"], want["WATCHED"] = "", "IN_APP"
		servertest.Want(t, "withdrawn", channelsOf(withdrawn.At("preferences")), want)
		ada.Ask(setDefaults, servertest.Object{"in": []any{servertest.Object{"kind": "MENTION"}}})
		want["MENTION"] = "IN_APP PUSH"
		servertest.Want(t, "without that default", channelsOf(ben.Ask(preferences, nil).At("notificationPreferences")), want)

		entries := ada.Audit(servertest.Object{"action": "NOTIFICATION_DEFAULTS_CHANGED"})
		servertest.Want(t, "audited changes of defaults", len(entries), 2)
		entries[0].At("details").Is(`{"old": {}, "new": {"COMMENT": ["IN_APP", "EMAIL"], "MENTION": []}}`)
		entries[1].At("details.new").Is(`{"COMMENT": ["IN_APP", "EMAIL"]}`)
	})
}

// Input that is wrong is refused with everything that is wrong, and changes nothing.
func TestPreferencesThatAreRefused(t *testing.T) {
	t.Parallel()
	ben := servertest.Join(t, servertest.Start(t, nil), rand.Text(), "ben", collab.RoleMember)
	before := ben.Ask(preferences, nil)
	for _, test := range []struct {
		input servertest.Object
		want  string
	}{
		{servertest.Object{"quietHours": servertest.Object{"from": "22:00", "to": "22:00"}},
			"quietHours.to must differ from quietHours.from; send null for no quiet hours."},
		{servertest.Object{"quietHours": servertest.Object{"from": "9:00", "to": "25:00"}, "digest": "DAILY"},
			"quietHours.from must be a time of day from 00:00 to 23:59, like 22:00; quietHours.to must be a time of day from 00:00 to 23:59, like 22:00."},
		{servertest.Object{"timeZone": "Helsinki", "digest": "DAILY"}, "timeZone must be the IANA name of a time zone, like Europe/Helsinki or UTC."},
		{servertest.Object{"timeZone": "Local"}, "timeZone must be the IANA name of a time zone, like Europe/Helsinki or UTC."},
		{servertest.Object{"timeZone": "UTC", "channels": []any{servertest.Object{"kind": "MENTION"}, servertest.Object{"kind": "MENTION", "channels": []any{"PUSH"}}}},
			"channels must have each kind once; MENTION is there twice."},
	} {
		prefer(ben, test.input).Is(`{"__typename": "InvalidInput", "message": "$want"}`, servertest.Object{"want": test.want})
	}
	ben.Ask(preferences, nil).Is(`{"notificationPreferences": "$before"}`, servertest.Object{"before": before.Get("notificationPreferences")})
}

func TestMute(t *testing.T) {
	t.Parallel()
	servertest.OnOneAndTwo(t, func(t *testing.T, one, two *servertest.Instance, _ string) {
		org := rand.Text()
		ada, ben := servertest.Join(t, one, org, "ada", collab.RoleAdmin), servertest.Join(t, one, org, "ben", collab.RoleMember)
		zoo, acme, gone := ada.Create(servertest.Object{"name": "Zoo"}), ada.Create(servertest.Object{"name": "acme"}), ada.Create(servertest.Object{"name": "Gone"})
		secret := ada.Restricted("Secret")
		muted := func(p *servertest.Person, on servertest.Object, until any) bool {
			t.Helper()
			return p.Ask(mute, servertest.Object{"id": on["id"], "until": until}).Get("mute").(bool)
		}
		unmuted := func(on servertest.Object) bool {
			t.Helper()
			return ben.Ask(unmute, servertest.Object{"id": on["id"]}).Get("unmute").(bool)
		}
		names := func(p *servertest.Person) []any {
			t.Helper()
			all := []any{}
			for _, e := range p.Ask(preferences, nil).List("notificationPreferences.muted") {
				all = append(all, e.Get("displayName"))
			}
			return all
		}
		ben.Ask(`{ viewer { role } }`, nil)
		ada.Grant(secret, "ben", "READ")
		for what, on := range map[string]servertest.Object{"zoo": zoo, "acme": acme, "gone": gone, "secret": secret} {
			servertest.Want(t, what, muted(ben, on, nil), true)
		}
		servertest.Want(t, "what does not exist", muted(ben, servertest.Object{"id": "cus_none"}, nil), false)
		servertest.Want(t, "until a time that is over", ben.Code(mute, servertest.Object{"id": zoo["id"], "until": "2020-01-01T00:00:00Z"}), "BAD_USER_INPUT")
		later := time.Now().Add(time.Hour).UTC().Format("2006-01-02T15:04:05.000Z")
		servertest.Want(t, "until later", muted(ben, zoo, later), true)
		servertest.Want(t, "all", names(ben.On(two)), []any{"acme", "Gone", "Secret", "Zoo"})
		mutes := ben.Ask(preferences, nil).List("notificationPreferences.mutes")
		mutes[0].Is(`{"entity": {"displayName": "acme"}, "until": null}`)
		mutes[3].Is(`{"entity": {"displayName": "Zoo"}, "until": "$later"}`, servertest.Object{"later": later})

		ada.Ask(`mutation($id: ID!) { deleteEntity(input: {id: $id, baseVersion: 1}) { __typename } }`, servertest.Object{"id": gone["id"]})
		ada.Revoke(secret, "ben")
		servertest.Want(t, "without what ben can't see", names(ben), []any{"acme", "Zoo"})
		servertest.Want(t, "hidden from ben", muted(ben, secret, nil), false)
		servertest.Want(t, "hidden from ben", unmuted(secret), false)
		for range 2 {
			servertest.Want(t, "unmuted", unmuted(acme), true)
		}
		servertest.Want(t, "what does not exist", unmuted(servertest.Object{"id": "cus_none"}), false)
		servertest.Want(t, "after unmuting", names(ben.On(two)), []any{"Zoo"})
		servertest.Want(t, "ada's", names(ada), []any{})

		// Once ben is erased, nothing of it is left.
		exported := `mutation { exportPersonalData(userId: "ben") }`
		prefer(ben, servertest.Object{"timeZone": "Asia/Tokyo", "channels": []any{servertest.Object{"kind": "WATCHED", "channels": []any{"EMAIL"}}}})
		shown := ada.Ask(exported, nil).At("exportPersonalData.notificationPreferences")
		shown.At("channels").Is(`{"WATCHED": ["EMAIL"]}`)
		shown.At("timeZone").Is(`"Asia/Tokyo"`)
		servertest.Want(t, "exported mutes", len(shown.List("muted")), 2) // the hidden one was ended, too
		ada.Ask(`mutation { erasePersonalData(userId: "ben") }`, nil)
		ada.Ask(exported, nil).At("exportPersonalData.notificationPreferences").
			Is(`{"channels": {}, "quietHours": null, "timeZone": "UTC", "digest": "NONE", "refusedEmail": null, "muted": []}`)
	})
}
