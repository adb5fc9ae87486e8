package hub_test

import (
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/collab"
)

// A reader that is far behind waits for the log once, for its first page: the others are read
// while it deals with the page before.
func TestFarBehindReadsAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const changes = 2000
		log := newLog(acme)
		log.commitMany(acme, changes)
		h := startHub(t, log)
		s := subscribe(t, h, acme, &collab.Cursor{Epoch: 1})
		log.setLatency(10 * time.Millisecond)
		began := time.Now()
		for want := range int64(changes) {
			expect(t, s, want+1)
			time.Sleep(time.Millisecond) // dealing with it
		}
		if took := time.Since(began); took > changes*time.Millisecond+20*time.Millisecond {
			t.Errorf("%d changes of a millisecond each took %v", changes, took)
		}
	})
}
