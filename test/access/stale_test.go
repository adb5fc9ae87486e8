package access_test

import (
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// An instance whose cached access of a person is out of date, because it was not notified of the change, does not
// begin a subscription with that access. Without Redis it receives no notification.
func TestSubscribeWithOutdatedAccess(t *testing.T) {
	t.Parallel()
	settings := servertest.Shared(t)
	delete(settings, "REDIS_URL")
	a := servertest.Start(t, settings)
	settings["METRICS_ADDR"] = servertest.FreeAddress(t)
	b := servertest.Start(t, settings)
	follows := func(subscriptions float64) {
		t.Helper()
		servertest.WantSeries(t, "http://"+settings["METRICS_ADDR"]+"/metrics", "tandem_broadcast_members", subscriptions)
	}
	ada, ben := servertest.Join(t, a, "acme", "ada", collab.RoleAdmin), servertest.Join(t, b, "acme", "ben", collab.RoleAdmin)
	hidden := ada.Create(servertest.Object{"name": "Hidden", "visibility": "RESTRICTED"})
	setRole := func(role string) {
		t.Helper()
		ada.Ask(`mutation($role: Role!) { setMemberRole(userId: "ben", role: $role) { role } }`, servertest.Object{"role": role})
	}
	believe := func() { ben.Ask(`{ viewer { role } }`, nil) }
	hiddenEdit, version := 0, 1
	edit := func() {
		t.Helper()
		hiddenEdit++
		ada.Update(hidden, version, servertest.Object{"phone": string(rune('a' + hiddenEdit))}).At("__typename").Is(`"CustomerSaved"`)
		version++
	}

	believe()
	setRole("VIEWER")
	all := ben.Connect()
	all.Subscribe("1", `subscription { customerChanged { entityId } }`, nil)
	one := ben.Connect()
	one.Subscribe("1", `subscription($id: ID) { customerChanged(id: $id) { entityId } }`, servertest.Object{"id": hidden["id"]})
	follows(2)
	edit()
	open := ada.Create(servertest.Object{"name": "Open"})
	all.Next("1").Is(`{"customerChanged": {"entityId": "$open"}}`, servertest.Object{"open": open["id"]}) // the first event of a demoted person

	one.Subscribe("2", `{ viewer { role } }`, nil)
	one.Next("2").Is(`{"viewer": {"role": "VIEWER"}}`) // without an event before it

	believe()
	setRole("ADMIN")
	again := ben.Connect()
	again.Subscribe("1", `subscription { customerChanged { entityId } }`, nil)
	follows(3)
	edit()
	again.Next("1").Is(`{"customerChanged": {"entityId": "$hidden"}}`, servertest.Object{"hidden": hidden["id"]}) // the first event of a promoted person
}

// The creator of a first restricted entity subscribes to it on another instance, after the cursor of the answer.
// That instance may not have learned of the entity yet.
func TestFollowFirstRestrictedOnOtherInstance(t *testing.T) {
	t.Parallel()
	settings := servertest.Shared(t)
	delete(settings, "REDIS_URL")
	a, b := servertest.Start(t, settings), servertest.Start(t, settings)
	ada := servertest.Join(t, a, "acme", "ada", collab.RoleMember)
	elsewhere := ada.On(b)
	watching := elsewhere.Connect()
	watching.Subscribe("1", servertest.CustomerChanged, nil) // so that the instance follows the organization already
	elsewhere.Ask(`{ viewer { role } }`, nil)
	created := ada.Ask(`mutation { createCustomer(input: {name: "Secret", visibility: RESTRICTED}) { ... on CustomerSaved { cursor customer { id version } } } }`, nil).
		Is(`{"createCustomer": {"cursor": "<cursor:after>", "customer": {"id": "<id:id>", "version": 1}}}`)
	s := elsewhere.Connect()
	s.Subscribe("1", servertest.CustomerChanged, created)
	ada.Update(created, 1, servertest.Object{"name": "Secret 2"})
	s.Next("1").At("customerChanged.version").Is(`2`)
}
