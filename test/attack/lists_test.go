package attack_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"

	"tandem/internal/collab"
)

// lists are attacks by batches, by texts that are hard to merge, and by filters.
var lists = []attack{
	{"batches of customers with long notes", batches},
	{"batches by aliases", aliasedBatches},
	{"conflicts of full texts that have nothing in common", foreignTexts},
	{"subscriptions with a filter each", filteredSubscriptions},
	{"what everybody has, again and again", initialStorm},
	{"a hundred rooms at once, again and again", manyRooms},
}

const createBatch = `mutation($inputs: [CreateCustomerInput!]!) { createCustomers(inputs: $inputs) { __typename } }`

func batches(ctx context.Context, e *scene) {
	inputs := make([]object, 100)
	for i := range inputs {
		inputs[i] = object{"name": fmt.Sprint("Batch ", i), "notes": text(9_000)}
	}
	flood(ctx, 4, func(ctx context.Context, _ int) error {
		_, err := e.member().ask(ctx, createBatch, object{"inputs": inputs})
		return err
	})
}

func aliasedBatches(ctx context.Context, e *scene) {
	inputs := make([]object, 100)
	for i := range inputs {
		inputs[i] = object{"name": fmt.Sprint("Batch ", i)}
	}
	var fields strings.Builder
	for i := range 50 {
		fmt.Fprintf(&fields, "b%d: createCustomers(inputs: $inputs) { __typename } ", i)
	}
	flood(ctx, 4, func(ctx context.Context, _ int) error {
		_, err := e.member().ask(ctx, `mutation($inputs: [CreateCustomerInput!]!) { `+fields.String()+`}`, object{"inputs": inputs})
		return err
	})
}

// foreignTexts makes the server merge texts that differ in every word, and reads the parts of the conflicts.
func foreignTexts(ctx context.Context, e *scene) {
	letters := func() string {
		var s strings.Builder
		for s.Len() < notesLength {
			s.WriteByte("ab \n"[rand.IntN(4)])
		}
		return "x" + s.String() + "x"
	}
	const update = `mutation($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
		... on CustomerConflict { conflictedFields { parts { __typename ... on ClashingText { base local remote } } } } } }`
	other := join(e.Address, "evil", "oscar", collab.RoleMember)
	flood(ctx, 4, func(ctx context.Context, i int) error {
		by := e.member()
		if i%2 == 0 {
			by = other
		}
		_, err := by.ask(ctx, update, object{"input": object{"id": e.Customers[3], "baseVersion": 1, "patch": object{"notes": letters()}}})
		return err
	})
	flood(ctx, 4, func(ctx context.Context, _ int) error {
		_, err := e.viewer().ask(ctx, `{ conflicts(first: 100) { nodes { ... on CustomerConflict { conflictedFields { parts { __typename } } } } } }`, nil)
		return err
	})
}

func filteredSubscriptions(ctx context.Context, e *scene) {
	manySubscriptions(ctx, e, 2000, func(i int) string {
		return fmt.Sprintf(`subscription { customerChanged(filter: {search: "acme gmbh", tags: ["tag %d"], ids: ["%s"]}) { transition customer { notes } } }`, i, e.Customers[i%100])
	})
	editing(ctx, e)
}

func initialStorm(ctx context.Context, e *scene) {
	ids := `"` + strings.Join(e.Customers, `", "`) + `"`
	onSockets(ctx, e.viewer(), 10, func(s *socket, _ int) (err error) {
		go s.drain()
		for n := 0; err == nil; n++ {
			err = s.subscribe(n, `subscription { customerChanged(initial: true, filter: {ids: [`+ids+`]}) { customer { notes } } }`, "{}")
			if n >= 20 && err == nil {
				err = s.say(fmt.Sprintf(`{"id":"%d","type":"complete"}`, n-20))
			}
		}
		return err
	})
}

func manyRooms(ctx context.Context, e *scene) {
	rooms := `"` + strings.Join(e.Customers, `", "`) + `"`
	onSockets(ctx, e.viewer(), 10, func(s *socket, _ int) (err error) {
		go s.drain()
		for n := 0; err == nil; n++ {
			err = s.subscribe(n, `subscription { presences(rooms: [`+rooms+`]) { snapshot { id } } }`, "{}")
			if n >= 5 && err == nil {
				err = s.say(fmt.Sprintf(`{"id":"%d","type":"complete"}`, n-5))
			}
		}
		return err
	})
}
