package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"tandem/internal/auth"
	"tandem/internal/collab"
)

// A seed is the data of a run on the server: an organization of its own, people,
// and customers to follow.
type seed struct {
	tokens    []string
	customers []string
	// quiet are more customers for each topic, which nobody edits.
	quiet  [][]string
	cursor string // of the newest of them: what comes after are edits only
}

// plant creates the seed.
func plant(ctx context.Context, a *api, secret string, users, topics, also int) (*seed, error) {
	s := &seed{customers: make([]string, topics), quiet: make([][]string, topics)}
	org := "loadtest-" + uuid.NewString()
	verifier := auth.NewVerifier([]string{secret}, "", "", time.Now)
	for i := range users {
		token, err := verifier.Sign(collab.Claims{
			UserID: collab.ID(fmt.Sprint("user-", i)), OrganizationID: collab.ID(org), Role: collab.RoleAdmin, Name: "Grace Hopper",
		}, time.Now().Add(time.Hour))
		if err != nil {
			return nil, err
		}
		s.tokens = append(s.tokens, token)
	}
	// The first one makes the organization.
	if err := a.enter(ctx, s.tokens[0]); err != nil {
		return nil, err
	}
	people, ctx2 := errgroup.WithContext(ctx)
	people.SetLimit(8)
	for _, token := range s.tokens[1:] {
		people.Go(func() error { return a.enter(ctx2, token) })
	}
	if err := people.Wait(); err != nil {
		return nil, err
	}
	return s, s.populate(ctx, a, also)
}

// batch is how many customers a request creates.
const batch = 50

// populate creates the customers.
func (s *seed) populate(ctx context.Context, a *api, also int) error {
	var ids []string
	for missing := len(s.customers) * (also + 1); missing > 0; missing -= batch {
		var inputs []map[string]any
		for range min(batch, missing) {
			inputs = append(inputs, customer())
		}
		made, err := a.create(ctx, s.tokens[0], inputs)
		if err != nil {
			return err
		}
		for _, m := range made {
			ids = append(ids, m.Customer.ID)
		}
		s.cursor = made[len(made)-1].Cursor
	}
	for i := range s.customers {
		at := i * (also + 1)
		s.customers[i], s.quiet[i] = ids[at], ids[at+1:at+1+also]
	}
	return nil
}

// customer is a customer with events of an ordinary size.
func customer() map[string]any {
	return map[string]any{
		"clientMutationId": uuid.NewString(),
		"name":             "Ada Lovelace", "email": "ada.lovelace@example.com", "phone": "+44 20 7946 0958", "company": "Analytical Engines",
		"status": "ACTIVE", "ownerId": "user-0", "tags": []string{"vip", "emea", "renewal"},
		"notes": strings.TrimSpace(strings.Repeat("Prefers calls in the morning. ", 4)),
	}
}
