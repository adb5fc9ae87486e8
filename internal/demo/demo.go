// Package demo makes a small company to try the program with: Brightwater,
// which sells water filters and taps, with its people, its customers, and eight
// weeks of work.
//
// The company is made by the domain's own Service, under a clock that is set to
// the past. So its history, its conflicts and its notifications are as real as
// any. It is a plan of steps that depends on nothing but the time at which
// it ends.
package demo

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"tandem/internal/collab"
)

// OrganizationID is the organization that the demo company is kept under.
const OrganizationID collab.ID = "demo"

// history is how far the company's log reaches back from the end of the plan.
const history = 8 * 7 * 24 * time.Hour

// The people of the company.
const (
	ada   collab.ID = "ada"
	ben   collab.ID = "ben"
	chloe collab.ID = "chloe"
	jonas collab.ID = "jonas"
	grace collab.ID = "grace"
)

// People returns what a token says of each person of the company.
func People() []collab.Claims {
	person := func(id collab.ID, name string, role collab.Role) collab.Claims {
		return collab.Claims{
			UserID: id, OrganizationID: OrganizationID, Role: role, Name: name, Email: string(id) + "@example.com",
		}
	}
	return []collab.Claims{
		person(ada, "Ada Lindqvist", collab.RoleAdmin),
		person(ben, "Ben Okafor", collab.RoleMember),
		person(chloe, "Chloé Marchand", collab.RoleMember),
		person(jonas, "Jonas Müller", collab.RoleMember),
		person(grace, "Grace Whitfield", collab.RoleViewer),
	}
}

// Examples name what the playground's examples are about: a customer with calls,
// meetings, comments and a history, and one of its calls and meetings to come.
type Examples struct {
	CustomerID collab.ID
	CallID     collab.ID
	MeetingID  collab.ID
}

// Seed makes the demo company, as of now, and finds its examples. A company
// that is there already is left as it is.
//
// One that is there by half, because the program was ended meanwhile, is
// completed: the plan is run again as of the time of the first run, and each of
// its writes carries a clientMutationId, so what was written stays as it is.
// For the same reason several instances may seed one store at the same time.
func Seed(ctx context.Context, store collab.Store, log *slog.Logger, now time.Time) (Examples, error) {
	whole, err := seeded(ctx, store)
	if err != nil {
		return Examples{}, err
	}
	if !whole {
		if err := seed(ctx, store, log, now); err != nil {
			return Examples{}, fmt.Errorf("make the demo company: %w", err)
		}
	}
	return examples(ctx, store)
}

// seeded reports whether the plan was run to its end, or is none of the log's
// business: a log that begins with anybody else is not the plan's, and one whose
// beginning is kept no more is older than any run that is still to be completed.
func seeded(ctx context.Context, store collab.Store) (bool, error) {
	first, err := firstChange(ctx, store)
	if first == nil || err != nil {
		return false, err
	}
	if first.Cursor.Position > 1 || first.ActorID != ada {
		return true, nil
	}
	last, err := written(ctx, store, ada, keyLast)
	return last != nil, err
}

func seed(ctx context.Context, store collab.Store, log *slog.Logger, now time.Time) error {
	began := time.Now()
	w := newWriter(store, log)
	// The first join decides when the history begins, for this run and for any other.
	if err := w.admit(ctx, People()[0], now.Add(-history)); err != nil {
		return err
	}
	first, err := firstChange(ctx, store)
	if err != nil {
		return err
	}
	steps := newPlan(first.OccurredAt.Add(history)).steps
	for n, s := range steps {
		if err := w.run(ctx, n, s); err != nil {
			return err
		}
	}
	log.Info("made the demo company", "steps", len(steps), "took", time.Since(began).Round(time.Millisecond))
	return nil
}

// firstChange returns the oldest change of the log, or nil.
func firstChange(ctx context.Context, store collab.Store) (*collab.Change, error) {
	changes, err := store.Changes(ctx, OrganizationID, 0, 1)
	if len(changes) == 0 || err != nil {
		return nil, err
	}
	return changes[0], nil
}

// written returns the change of the plan's step with a key, or nil. It asks as
// the service does before it repeats a write, and then writes nothing.
func written(ctx context.Context, store collab.Store, by collab.ID, key string) (*collab.Change, error) {
	id := mutationID(key)
	var found *collab.Change
	_, err := store.Write(ctx, collab.Intent{OrgID: OrganizationID, ActorID: by, ClientMutationID: &id},
		func(st *collab.State) (*collab.Decision, error) {
			found = st.Earlier
			return &collab.Decision{}, nil
		})
	return found, err
}

// examples finds what the plan made for examples.
func examples(ctx context.Context, store collab.Store) (found Examples, err error) {
	if found.CustomerID, err = example(ctx, store, collab.TypeCustomer, keyCustomer); err != nil {
		return Examples{}, err
	}
	if found.CallID, err = example(ctx, store, collab.TypeCall, keyCall); err != nil {
		return Examples{}, err
	}
	if found.MeetingID, err = example(ctx, store, collab.TypeMeeting, keyMeeting); err != nil {
		return Examples{}, err
	}
	return found, nil
}

// example returns the entity that the step with a key created. Where people
// have deleted it, the newest entity of its type has to do.
func example(ctx context.Context, store collab.Store, t collab.EntityType, key string) (collab.ID, error) {
	scope := collab.Scope{OrgID: OrganizationID}
	change, err := written(ctx, store, ben, key)
	if err != nil {
		return "", err
	}
	if change != nil {
		living, err := store.Entities(ctx, scope, []collab.ID{change.EntityID})
		if err != nil || living[change.EntityID] != nil {
			return change.EntityID, err
		}
	}
	newest, err := store.ListEntities(ctx, scope, collab.EntityQuery{Type: t, Order: collab.OrderUpdatedDesc, Limit: 1})
	if len(newest) == 0 || err != nil {
		return "", err
	}
	return newest[0].Common().ID, nil
}
