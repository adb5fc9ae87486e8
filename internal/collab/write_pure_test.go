package collab_test

import (
	"context"
	"reflect"
	"slices"
	"testing"

	"tandem/internal/collab"
)

// A repeating store calls every decide twice and carries out the second decision. It checks that both
// are the same: a decide that kept something of its first call would decide otherwise.
type repeating struct {
	collab.Store
	errorf func(format string, args ...any)
}

func (s repeating) Write(ctx context.Context, intent collab.Intent, decide collab.Decide) (*collab.Written, error) {
	return s.Store.Write(ctx, intent, func(st *collab.State) (*collab.Decision, error) {
		first, firstErr := decide(st)
		second, err := decide(st)
		if !reflect.DeepEqual(withoutNewIDs(first), withoutNewIDs(second)) {
			s.errorf("decided %+v, then %+v", first, second)
		}
		if !reflect.DeepEqual(conflictWithoutID(firstErr), conflictWithoutID(err)) {
			s.errorf("decided with the error %v, then with %v", firstErr, err)
		}
		return second, err
	})
}

// withoutNewIDs returns the decision without the ids that a decide draws: those of notifications and
// of a conflict that it found.
func withoutNewIDs(d *collab.Decision) *collab.Decision {
	if d == nil || d.Change == nil {
		return d
	}
	out, change := *d, *d.Change
	out.Change, change.Notifications = &change, nil
	for _, n := range d.Change.Notifications {
		n := *n
		n.ID = ""
		if n.Burst != nil && change.Type == collab.ChangeConflict {
			burst := *n.Burst
			burst.ConflictIDs = slices.DeleteFunc(slices.Clone(burst.ConflictIDs), func(id collab.ID) bool { return id == d.Conflict.ID })
			n.Burst = &burst
		}
		change.Notifications = append(change.Notifications, &n)
	}
	if change.Type == collab.ChangeConflict {
		conflict := *d.Conflict
		conflict.ID, change.ConflictID, out.Conflict = "", nil, &conflict
	}
	return &out
}

// conflictWithoutID is the same for the error of a deletion that met a conflict.
func conflictWithoutID(err error) error {
	found, ok := err.(*collab.Conflict)
	if !ok {
		return err
	}
	conflict := *found
	conflict.ID = ""
	return &conflict
}

// An impure decide is found out.
func TestImpureDecide(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.join("ada", collab.RoleAdmin)
	found, calls := false, 0
	store := repeating{o.store.(repeating).Store, func(string, ...any) { found = true }}
	_, err := store.Write(o.ctx, collab.Intent{OrgID: "acme", ActorID: "ada"}, func(*collab.State) (*collab.Decision, error) {
		calls++
		return &collab.Decision{Member: &collab.Member{Role: collab.RoleAdmin, Removed: calls > 1}}, nil
	})
	if err != nil || !found {
		t.Errorf("after %d calls: %v, found is %v", calls, err, found)
	}
}
