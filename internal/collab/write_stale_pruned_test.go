package collab_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/memory"
)

// A prunedStore is a store whose log is pruned just before changes of entities are read.
type prunedStore struct {
	collab.Store
	prune func()
}

func (s prunedStore) EntityChanges(ctx context.Context, scope collab.Scope, after int64, query collab.ChangeQuery, limit int) ([]*collab.Change, error) {
	s.prune()
	return s.Store.EntityChanges(ctx, scope, after, query, limit)
}

// A page of changes is all that came after its cursor, or none of it, also if the log is pruned while it is read.
func TestPrunedWhileChangesAreRead(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada := o.join("ada", collab.RoleAdmin)
	create := func(name string) collab.Cursor {
		return o.customer(ada, collab.Patch{"name": name}).Cursor
	}
	first := create("one")
	create("two")
	o.later(48 * time.Hour)
	create("three")
	last := create("four")
	store := prunedStore{o.store, func() {
		if n, err := o.store.Prune(o.ctx, collab.At(o.clock().Add(-24*time.Hour)), 100); n == 0 || err != nil {
			t.Errorf("%d changes were pruned: %v", n, err)
		}
	}}
	service := collab.NewService(store, memory.NewBus(), nil, slog.New(slog.DiscardHandler), o.clock)
	if page, err := service.EntityChanges(o.ctx, ada, &first, collab.ChangesQuery{}, nil); collab.CodeOf(err) != collab.ResyncRequired {
		t.Errorf("got %+v, %v", page, err)
	}
	store.prune = func() {}
	service = collab.NewService(store, memory.NewBus(), nil, slog.New(slog.DiscardHandler), o.clock)
	if page, err := service.EntityChanges(o.ctx, ada, &last, collab.ChangesQuery{}, nil); err != nil || page.End != last {
		t.Errorf("got %+v, %v", page, err)
	}
}
