package hub_test

import (
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/collab"
	"tandem/internal/hub"
)

// The end of a window ends the wait for news, and no read of the log: each that is cut off costs
// the database a connection.
func TestFolderCutsNoReadOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const edits = 1000
		log := newLog(acme)
		for n := range edits {
			log.commit(acme, func(c *collab.Change) {
				c.Type, c.EntityType, c.EntityID, c.EntityVersion = collab.ChangeUpdate, collab.TypeCustomer, "a", n+1
				c.Snapshot = &collab.Customer{}
			})
		}
		log.setLatency(700 * time.Millisecond)
		h := startHub(t, log)
		f, err := hub.NewThrottle(subscribe(t, h, acme, &collab.Cursor{Epoch: 1}), 1, (*collab.Change).MakesVersion)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for version := 0; version < edits; {
			c, err := f.Next(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if c.FromVersion() != version {
				t.Fatalf("a fold goes from version %d, after one up to %d", c.FromVersion(), version)
			}
			version = c.EntityVersion
		}
		if cut := log.cutOff(); cut > 0 {
			t.Errorf("%d reads of the log were cut off", cut)
		}
	})
}
