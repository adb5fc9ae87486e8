package hub

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
)

// However many subscriptions of one organization read the log, those of others have their turn.
func TestCatchUpsOfOneOrganizationAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New(&pageLog{}, slog.New(slog.DiscardHandler))
		ctx, cancel := context.WithCancel(t.Context())
		for range 10 * maxCatchUps {
			go func() { _, _ = h.catchUp(ctx, "crowd") }()
		}
		synctest.Wait()
		for range maxCatchUps - maxCatchUpsOfOneOrg {
			if turn, err := h.catchUp(t.Context(), "calm"); err != nil || turn == nil {
				t.Fatalf("the other organization has to wait: %v", err)
			}
		}
		cancel()
	})
}
