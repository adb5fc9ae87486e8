package notifications_test

import (
	"crypto/rand"
	"fmt"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

const createCustomers = `mutation($inputs: [CreateCustomerInput!]!) { createCustomers(inputs: $inputs) { ... on CustomerSaved { customer { id } } } }`

// A batch that makes somebody the owner of many customers is one line of their inbox, which says how many, on all instances.
func TestBatchIsOneLine(t *testing.T) {
	t.Parallel()
	servertest.OnOneAndTwo(t, func(t *testing.T, one, two *servertest.Instance, _ string) {
		org := rand.Text()
		ada, ben := servertest.Join(t, one, org, "ada", collab.RoleAdmin), servertest.Join(t, two, org, "ben", collab.RoleMember)
		ben.Ask(`{ viewer { role } }`, nil)
		both := tabs(ben, one, two, "0")
		received := ben.Connect()
		received.Subscribe("notified", `subscription { notificationReceived { id count commentCount recordCount title body entity { id } } }`, nil)
		var inputs []any
		for i := range 20 {
			inputs = append(inputs, servertest.Object{"clientMutationId": rand.Text(), "name": fmt.Sprint("Customer ", i+1), "ownerId": "ben"})
		}
		made := ada.Ask(createCustomers, servertest.Object{"inputs": inputs})
		first := servertest.Object{"id": made.Get("createCustomers.0.customer.id")}
		for _, tab := range both {
			tab.Next("inbox").At("inboxChanged").Is(`{"unreadCount": 1, "truncated": false, "removed": [], "changed": [{"id": "<text>", "kind": "ASSIGNMENT", "count": 20,
				"title": "Ada made you the owner of 20 customers", "readAt": null, "updatedAt": "<time>", "snoozedUntil": null, "cameAt": "<time>", "entity": {"id": "$id"}}]}`, first)
		}
		received.Next("notified").Is(`{"notificationReceived": {"id": "<text>", "count": 20, "commentCount": 0, "recordCount": 20, "title": "Ada made you the owner of 20 customers",
			"body": "Customer 1 and 19 others", "entity": {"id": "$id"}}}`, first)
	})
}
