package main

import (
	"testing"

	"tandem/internal/collab"
)

// An instance that believes what it read of somebody a moment ago, and has not heard that it
// changed, does not begin a subscription by it. Without Redis it hears nothing by itself.
func TestSubscriptionsBeginWithTheAccessOfTheirPlaceInTheLog(t *testing.T) {
	t.Parallel()
	settings := shared(t)
	delete(settings, "REDIS_URL")
	a := start(t, settings)
	settings["METRICS_ADDR"] = freeAddress(t)
	b := start(t, settings)
	follows := func(subscriptions float64) {
		t.Helper()
		wantSeries(t, "http://"+settings["METRICS_ADDR"]+"/metrics", "tandem_broadcast_members", subscriptions)
	}
	ada, ben := join(t, a, "acme", "ada", collab.RoleAdmin), join(t, b, "acme", "ben", collab.RoleAdmin)
	hidden := ada.create(object{"name": "Hidden", "visibility": "RESTRICTED"})
	setRole := func(role string) {
		t.Helper()
		ada.ask(`mutation($role: Role!) { setMemberRole(userId: "ben", role: $role) { role } }`, object{"role": role})
	}
	believe := func() { ben.ask(`{ viewer { role } }`, nil) }
	hiddenEdit, version := 0, 1
	edit := func() object {
		t.Helper()
		hiddenEdit++
		saved := ada.update(hidden, version, object{"phone": string(rune('a' + hiddenEdit))})
		version++
		return saved
	}

	believe()
	setRole("VIEWER")
	all := ben.connect()
	all.subscribe("1", `subscription { customerChanged { entityId } }`, nil)
	one := ben.connect()
	one.subscribe("1", `subscription($id: ID) { customerChanged(id: $id) { entityId } }`, object{"id": hidden["id"]})
	follows(2)
	edit()
	open := ada.create(object{"name": "Open"})
	want(t, "the first event of a demoted person", all.next("1")["customerChanged"].(object)["entityId"], open["id"])

	one.subscribe("2", `{ viewer { role } }`, nil)
	want(t, "what a demoted person is told who asks for it", one.read()["id"], "2")

	believe()
	setRole("ADMIN")
	again := ben.connect()
	again.subscribe("1", `subscription { customerChanged { entityId } }`, nil)
	follows(3)
	edit()
	want(t, "the first event of a promoted person", again.next("1")["customerChanged"].(object)["entityId"], hidden["id"])
}

// The creator of a first restricted entity follows it at another instance, after the
// cursor of the answer, which that instance may not have heard of yet.
func TestFirstRestrictedCustomerIsFollowedElsewhere(t *testing.T) {
	t.Parallel()
	settings := shared(t)
	delete(settings, "REDIS_URL")
	a, b := start(t, settings), start(t, settings)
	ada := join(t, a, "acme", "ada", collab.RoleMember)
	elsewhere := ada.on(b)
	watching := elsewhere.connect()
	watching.subscribe("1", customerChanged, nil) // so that the instance follows the organization already
	elsewhere.ask(`{ viewer { role } }`, nil)
	saved := ada.ask(`mutation { createCustomer(input: {name: "Secret", visibility: RESTRICTED}) { ... on CustomerSaved { cursor customer { id version } } } }`,
		nil)["createCustomer"].(object)
	customer := saved["customer"].(object)
	s := elsewhere.connect()
	s.subscribe("1", customerChanged, object{"id": customer["id"], "after": saved["cursor"]})
	ada.update(customer, 1, object{"name": "Secret 2"})
	want(t, "version", s.next("1")["customerChanged"].(object)["version"], 2)
}
