package live_test

import (
	"strings"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// Events that were sent before a customer was hidden show the customer to nobody who reads them afterwards: neither within
// other entities, nor in their documents, nor as text.
func TestSentEventsHideCustomers(t *testing.T) {
	t.Parallel()
	for name, document := range map[string]string{
		"entities": `subscription($after: Cursor) { it: entityChanged(types: [MEETING], after: $after) {
			cursor state { document } changes { field newText } ... on MeetingChange { meeting { customer { name } } } } }`,
		"meetings": `subscription($after: Cursor) { it: meetingChanged(after: $after) { cursor state { document } changes { field newText } meeting { customer { name } } } }`,
		"activity": `subscription($after: Cursor) { it: activity(after: $after) { cursor changes { field newText } entity { ... on Meeting { customer { name } } } } }`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := servertest.Start(t, servertest.Embedded(t))
			ada, ben := servertest.Join(t, at, "acme", "ada", collab.RoleAdmin), servertest.Join(t, at, "acme", "ben", collab.RoleMember)
			ben.Ask(`{ viewer { role } }`, nil)
			customer := ada.Create(servertest.Object{"name": "SECRET"})
			variables := servertest.Object{"after": customer["cursor"]}
			s := ben.Connect()
			s.Subscribe("1", document, variables)
			ada.Ask(`mutation($customer: ID!) { createMeeting(input: {title: "Meeting", customerId: $customer, startsAt: "2027-01-01T10:00:00Z", endsAt: "2027-01-01T11:00:00Z"}) {
				... on MeetingSaved { meeting { title } } } }`, servertest.Object{"customer": customer["id"]}).Is(`{"createMeeting": {"meeting": {"title": "Meeting"}}}`)
			if live := s.Next("1").String(); !strings.Contains(live, "SECRET") {
				t.Fatalf("got %s", live)
			}
			ada.Update(customer, 1, servertest.Object{"visibility": "RESTRICTED"})
			dee := servertest.Join(t, at, "acme", "dee", collab.RoleMember)
			for _, late := range []*servertest.Person{dee, ben} {
				s := late.Connect()
				s.Subscribe("2", document, variables)
				event := s.Next("2").String()
				for _, hidden := range []string{"SECRET", customer["id"].(string)} {
					if strings.Contains(event, hidden) {
						t.Errorf("the late event shows %s: %s", hidden, event)
					}
				}
			}
		})
	}
}

// A change shows no trace of a customer that its reader does not see, on the instance that wrote it either.
func TestHiddenCustomersLeaveNoChange(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ada, ben := servertest.Join(t, at, "acme", "ada", collab.RoleAdmin), servertest.Join(t, at, "acme", "ben", collab.RoleMember)
	ben.Ask(`{ viewer { role } }`, nil)
	secret := ada.Restricted("secret")
	s := ben.Connect()
	s.Subscribe("1", `subscription($after: Cursor) { it: dealChanged(after: $after) { changes { field } } }`, servertest.Object{"after": secret["cursor"]})
	ada.Ask(`mutation($customer: ID) { createDeal(input: {title: "Deal", customerId: $customer}) { __typename } }`, servertest.Object{"customer": secret["id"]})
	if event := s.Next("1").String(); strings.Contains(event, "customerId") {
		t.Errorf("got %s", event)
	}
}
