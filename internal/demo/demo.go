// Package demo makes a small company to try the program with: Brightwater,
// which sells water filters and taps, with its people, its customers, and eight
// weeks of work.
//
// The domain's own Service makes the company, with a clock that is set to the past. So its history,
// its conflicts and its notifications are real ones. The company is a plan of steps that depends
// only on the time at which it ends.
package demo

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"tandem/internal/collab"
)

// OrganizationID is the organization of the demo company.
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

// People returns the claims of each person of the company.
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

// Examples are the ids that the playground's examples use: a customer with calls, meetings, deals,
// comments and a history, one of its upcoming calls and meetings, and a deal with it.
type Examples struct {
	CustomerID collab.ID
	CallID     collab.ID
	MeetingID  collab.ID
	DealID     collab.ID
}

// Seed makes the demo company, as of now, and finds its examples. It leaves a company that is
// complete as it is.
//
// It completes a company that is incomplete because the program ended meanwhile: it runs the plan
// again as of the time of the first run. Each write of the plan carries a clientMutationId, so the
// writes that were made before are not repeated. For the same reason several instances may seed one
// store at the same time.
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

// seeded reports whether the plan was run to its end, or must not run at all: a log that begins
// with anybody else does not belong to the plan, and a log whose beginning was pruned is older than
// any run that is still to be completed.
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
	log.Info("making the demo company, which may take a minute", "steps", len(steps))
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

// written returns the change of the plan's step with a key, or nil. It looks for the change as the
// service does before it repeats a write, and then writes nothing.
func written(ctx context.Context, store collab.Store, by collab.ID, key string) (*collab.Change, error) {
	id := mutationID(key)
	nothing, err := store.Write(ctx, collab.Intent{OrgID: OrganizationID, ActorID: by, ClientMutationID: &id},
		func(st *collab.State) (*collab.Decision, error) { return &collab.Decision{Earlier: st.Earlier}, nil })
	if err != nil {
		return nil, err
	}
	return nothing.Earlier, nil
}

// examples finds the entities that the plan made as examples.
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
	if found.DealID, err = example(ctx, store, collab.TypeDeal, keyDeal); err != nil {
		return Examples{}, err
	}
	return found, nil
}

// example returns the entity that the step with a key created. If people have deleted it, it
// returns the newest entity of its type instead.
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
