package api_test

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

const createCustomers = `mutation($inputs: [CreateCustomerInput!]!) { createCustomers(inputs: $inputs) {
	__typename ... on CustomerSaved { clientMutationId customer { id name version } } ... on InvalidInput { fields { field } } } }`

const updateCustomers = `mutation($inputs: [UpdateCustomerInput!]!) { updateCustomers(inputs: $inputs) {
	__typename ... on CustomerSaved { merged customer { name phone version } } ... on CustomerConflict { conflictedFields { field local remote } } ... on EntityGone { entityId } } }`

const activityBatches = `query($first: Boolean, $after: Cursor) { activity(filter: {firstOfBatch: $first}, after: $after) {
	nodes { type batch { id index size } entity { displayName } } } }`

func names(n int) (inputs []servertest.Object) {
	for i := range n {
		inputs = append(inputs, servertest.Object{"name": fmt.Sprint("Customer ", i), "clientMutationId": fmt.Sprint("import-", i)})
	}
	return inputs
}

// Each input of a batch is answered by itself, in order, and one that fails leaves the others as they are.
func TestBatchAnswersEachInput(t *testing.T) {
	t.Parallel()
	servertest.OnOneAndTwo(t, func(t *testing.T, one, two *servertest.Instance, _ string) {
		org := rand.Text()
		ada, ben := servertest.Join(t, one, org, "ada", collab.RoleMember), servertest.Join(t, two, org, "ben", collab.RoleMember)
		made := ada.Ask(createCustomers, servertest.Object{"inputs": []servertest.Object{
			{"name": "A", "clientMutationId": "a"}, {"name": ""}, {"name": "B", "clientMutationId": "b"}, {"name": "C", "ownerId": "nobody"}}})
		ids := made.Is(`{"createCustomers": [
			{"__typename": "CustomerSaved", "clientMutationId": "a", "customer": {"id": "<id:a>", "name": "A", "version": 1}},
			{"__typename": "InvalidInput", "fields": [{"field": "name"}]},
			{"__typename": "CustomerSaved", "clientMutationId": "b", "customer": {"id": "<id:b>", "name": "B", "version": 1}},
			{"__typename": "InvalidInput", "fields": [{"field": "ownerId"}]}]}`)
		a, b := servertest.Object{"id": ids["a"]}, servertest.Object{"id": ids["b"]}
		ben.Update(a, 1, servertest.Object{"name": "A of Ben"})
		ada.Ask(updateCustomers, servertest.Object{"inputs": []servertest.Object{
			{"id": a["id"], "baseVersion": 1, "patch": servertest.Object{"name": "A of Ada"}},
			{"id": "cus_never", "baseVersion": 1, "patch": servertest.Object{"name": "x"}},
			{"id": b["id"], "baseVersion": 1, "patch": servertest.Object{"name": "B again"}},
			{"id": a["id"], "baseVersion": 1, "patch": servertest.Object{"phone": "1"}},
			{"id": b["id"], "baseVersion": 1, "patch": servertest.Object{"phone": "2"}}}}).
			Is(`{"updateCustomers": [
				{"__typename": "CustomerConflict", "conflictedFields": [{"field": "name", "local": "A of Ada", "remote": "A of Ben"}]},
				{"__typename": "EntityGone", "entityId": "cus_never"},
				{"__typename": "CustomerSaved", "merged": false, "customer": {"name": "B again", "phone": null, "version": 2}},
				{"__typename": "CustomerSaved", "merged": true, "customer": {"name": "A of Ben", "phone": "1", "version": 3}},
				{"__typename": "CustomerSaved", "merged": true, "customer": {"name": "B again", "phone": "2", "version": 3}}]}`)
	})
}

func TestBatchBounds(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ada, vic := servertest.Join(t, at, "acme", "ada", collab.RoleMember), servertest.Join(t, at, "acme", "vic", collab.RoleViewer)
	for _, n := range []int{0, 101} {
		servertest.Want(t, strconv.Itoa(n), ada.Send(createCustomers, servertest.Object{"inputs": append([]servertest.Object{}, names(n)...)}).Code(), "BAD_USER_INPUT")
		updates := make([]servertest.Object, n)
		for i := range updates {
			updates[i] = servertest.Object{"id": "cus_never", "baseVersion": 1, "patch": servertest.Object{"name": "x"}}
		}
		servertest.Want(t, strconv.Itoa(n), ada.Send(updateCustomers, servertest.Object{"inputs": updates}).Code(), "BAD_USER_INPUT")
	}
	ada.Ask(`{ customers { totalCount } }`, nil).Is(`{"customers": {"totalCount": 0}}`)
	servertest.Want(t, "answers", len(ada.Ask(createCustomers, servertest.Object{"inputs": names(100)}).List("createCustomers")), 100)
	vic.Ask(createCustomers, servertest.Object{"inputs": names(2)}).
		Is(`{"createCustomers": [{"__typename": "AccessDenied"}, {"__typename": "AccessDenied"}]}`)
	ada.Ask(`{ customers { totalCount } }`, nil).Is(`{"customers": {"totalCount": 100}}`)
}

// A batch that is sent again, also at the same moment and to another instance, is applied once, input by input.
func TestBatchIsSafeToRetry(t *testing.T) {
	t.Parallel()
	servertest.OnOneAndTwo(t, func(t *testing.T, one, two *servertest.Instance, _ string) {
		org := rand.Text()
		ada := servertest.Join(t, one, org, "ada", collab.RoleMember)
		ada.Ask(createCustomers, servertest.Object{"inputs": names(100)[:30]}) // a client that died after a part
		answers := make([]servertest.Answer, 6)
		var sending sync.WaitGroup
		for i := range answers {
			sending.Go(func() {
				answers[i] = ada.On([]*servertest.Instance{one, two}[i%2]).Ask(createCustomers, servertest.Object{"inputs": names(100)})
			})
		}
		sending.Wait()
		for _, answer := range answers[1:] {
			answer.Is(answers[0].String())
		}
		ada.Ask(`{ customers { totalCount } }`, nil).Is(`{"customers": {"totalCount": 100}}`)
		ada.Ask(createCustomers, servertest.Object{"inputs": names(1)}).Is(
			`{"createCustomers": [{"__typename": "CustomerSaved", "clientMutationId": "import-0", "customer": {"id": "<id>", "name": "Customer 0", "version": 1}}]}`)
	})
}

// In one batch, a clientMutationId that comes twice is a repetition if the inputs are equal, and InvalidInput otherwise.
func TestBatchWithRepeatedKey(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	input := func(name string) servertest.Object {
		return servertest.Object{"name": name, "clientMutationId": "same"}
	}
	answer := ada.Ask(createCustomers, servertest.Object{"inputs": []servertest.Object{input("A"), input("A"), input("B"), {"name": "C"}}})
	answer.Is(`{"createCustomers": [
		{"__typename": "CustomerSaved", "clientMutationId": "same", "customer": {"id": "<id:a>", "name": "A", "version": 1}},
		{"__typename": "CustomerSaved", "clientMutationId": "same", "customer": {"id": "<id>", "name": "A", "version": 1}},
		{"__typename": "InvalidInput", "fields": [{"field": "clientMutationId"}]},
		{"__typename": "CustomerSaved", "clientMutationId": null, "customer": {"id": "<id>", "name": "C", "version": 1}}]}`)
	first := answer.List("createCustomers")
	servertest.Want(t, "id", first[1].Text("customer.id"), first[0].Text("customer.id"))
	ada.Ask(`{ customers { totalCount } }`, nil).Is(`{"customers": {"totalCount": 2}}`)
}

// Activity names the batch of an event, and can show its first event only; a reader who sees a part of a batch sees the
// first event of that part.
func TestBatchInActivity(t *testing.T) {
	t.Parallel()
	servertest.OnOneAndTwo(t, func(t *testing.T, one, _ *servertest.Instance, _ string) {
		org := rand.Text()
		ada, ben := servertest.Join(t, one, org, "ada", collab.RoleMember), servertest.Join(t, one, org, "ben", collab.RoleMember)
		after := ben.Ask(`{ customers(first: 0) { asOf } }`, nil).Get("customers.asOf")
		live := ben.Connect()
		live.Subscribe("1", `subscription($after: Cursor) { activity(filter: {firstOfBatch: true}, after: $after) { entity { displayName } } }`, servertest.Object{"after": after})
		inputs := names(3)
		inputs[0]["visibility"] = "RESTRICTED"
		ada.Ask(createCustomers, servertest.Object{"inputs": append(inputs, servertest.Object{"name": ""})})
		ada.Create(servertest.Object{"name": "Single"})
		ids := ada.Ask(activityBatches, nil).Is(`{"activity": {"nodes": [
			{"type": "CREATE", "batch": null, "entity": {"displayName": "Single"}},
			{"type": "CREATE", "batch": {"id": "<id:batch>", "index": 2, "size": 4}, "entity": {"displayName": "Customer 2"}},
			{"type": "CREATE", "batch": {"id": "<id>", "index": 1, "size": 4}, "entity": {"displayName": "Customer 1"}},
			{"type": "CREATE", "batch": {"id": "<id>", "index": 0, "size": 4}, "entity": {"displayName": "Customer 0"}}]}}`)
		ada.Ask(activityBatches, servertest.Object{"first": true}).Is(`{"activity": {"nodes": [
			{"type": "CREATE", "batch": null, "entity": {"displayName": "Single"}},
			{"type": "CREATE", "batch": {"id": "$batch", "index": 1, "size": 4}, "entity": {"displayName": "Customer 1"}},
			{"type": "CREATE", "batch": {"id": "$batch", "index": 0, "size": 4}, "entity": {"displayName": "Customer 0"}}]}}`, ids)
		ben.Ask(activityBatches, servertest.Object{"first": true}).Is(`{"activity": {"nodes": [
			{"type": "CREATE", "batch": null, "entity": {"displayName": "Single"}},
			{"type": "CREATE", "batch": {"id": "$batch", "index": 1, "size": 4}, "entity": {"displayName": "Customer 1"}}]}}`, ids)
		for _, want := range []string{"Customer 1", "Single"} {
			live.Next("1").Is(`{"activity": {"entity": {"displayName": "$name"}}}`, servertest.Object{"name": want})
		}
		// Where a feed is about one record, it shows every event.
		ada.Ask(`query($id: ID!) { customer(id: $id) { activity(filter: {firstOfBatch: true}) { nodes { batch { index } } } } }`,
			servertest.Object{"id": ada.Ask(createCustomers, servertest.Object{"inputs": inputs}).List("createCustomers")[2].Get("customer.id")}).
			Is(`{"customer": {"activity": {"nodes": [{"batch": {"index": 2}}]}}}`)
	})
}

// A batch notifies a person once for each reason, however many of its inputs would.
func TestBatchNotifiesOnce(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ada, ben := servertest.Join(t, at, "acme", "ada", collab.RoleMember), servertest.Join(t, at, "acme", "ben", collab.RoleMember)
	ben.Ask(`{ viewer { role } }`, nil)
	inputs := names(60)
	for _, input := range inputs {
		input["ownerId"] = "ben"
	}
	ada.Ask(createCustomers, servertest.Object{"inputs": inputs})
	ben.Ask(`{ notifications { unreadCount nodes { kind body } } }`, nil).
		Is(`{"notifications": {"unreadCount": 1, "nodes": [{"kind": "ASSIGNMENT", "body": "Customer 50 and 59 others"}]}}`)
}

// With the limits of a server that sets none, an import goes on at the rate that the documents promise, and is told when
// to come back. The inputs of all batches of an operation count.
func TestBatchesAreLimitedByTheirInputs(t *testing.T) {
	t.Parallel()
	settings := servertest.Embedded(t)
	settings["RATE_LIMIT_PER_SECOND"] = "1" // 50 inputs a second, and 100 at once
	ada := servertest.Join(t, servertest.Start(t, settings), "acme", "ada", collab.RoleMember)
	var batches strings.Builder
	for i := range 20 { // refused inputs count as well, and this many take 38 s to come back
		fmt.Fprintf(&batches, "b%d: createCustomers(inputs: $inputs) { __typename } ", i)
	}
	// On a slow machine the operation may end with TIMEOUT, after 30 s. Its inputs count all the same.
	ada.Send(`mutation($inputs: [CreateCustomerInput!]!) { `+batches.String()+`}`, servertest.Object{"inputs": slices.Repeat([]servertest.Object{{"name": ""}}, 100)})
	servertest.Want(t, "code", ada.Send(createCustomers, servertest.Object{"inputs": names(50)}).Code(), "RATE_LIMITED")
}
