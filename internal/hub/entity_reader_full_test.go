package hub

import (
	"log/slog"
	"testing"
	"testing/synctest"
)

// The inbox of a reader is bounded, also if it had more than the bound from the beginning.
func TestInboxIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &pageLog{}
		h := New(log, noCaches{}, slog.New(slog.DiscardHandler), Options{})
		keep, _ := routed(t, h, "other", 0) // keeps the ring
		for range inboxSize + 1 {
			h.Announce(log.commit("e"))
		}
		synctest.Wait()
		s, is := routed(t, h, "e", 0)
		if !is {
			t.Fatal("not a route, although the ring has all")
		}
		for range 3 * inboxSize {
			h.Announce(log.commit("e"))
		}
		synctest.Wait()
		if got := len(s.(*entityReader).inbox); got > inboxSize+1 {
			t.Errorf("%d changes wait", got)
		}
		for position := range int64(4*inboxSize + 1) {
			expectOf(t, s, "e", position+1)
		}
		keep.close()
	})
}
