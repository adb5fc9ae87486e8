package collab_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"tandem/internal/collab"
)

// Writes are indexed in the background, by any instance that runs.
func TestKeepIndexed(t *testing.T) {
	t.Parallel()
	o := open(t)
	ann := o.join("ann", collab.RoleMember)
	for i := range 300 {
		o.customer(ann, collab.Patch{"name": fmt.Sprintf("Acme %d", i)})
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var running sync.WaitGroup
	running.Go(func() { o.KeepIndexed(ctx) })
	for unindexed := []collab.ID{"acme"}; len(unindexed) > 0; {
		var err error
		if unindexed, err = o.store.Unindexed(ctx, 1); err != nil {
			t.Fatal(err)
		}
	}
	cancel()
	running.Wait()
	count, err := o.store.CountEntities(t.Context(), ann.Scope(), collab.EntityQuery{Type: collab.TypeCustomer, Search: "e 29"})
	if want := (collab.Count{N: 11, IsExact: true}); count != want || err != nil {
		t.Errorf("counted %+v, %v", count, err)
	}
}
