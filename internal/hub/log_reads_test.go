package hub

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
)

// However many subscriptions of one organization read the log, those of others have their turn.
func TestLogReadsOfOneOrganizationAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New(&pageLog{}, noCaches{}, slog.New(slog.DiscardHandler), Options{})
		ctx, cancel := context.WithCancel(t.Context())
		for range 10 * maxLogReads {
			go func() { _, _ = h.awaitLogRead(ctx, "crowd") }()
		}
		synctest.Wait()
		for range maxLogReads - maxLogReadsOfOneOrg {
			if turn, err := h.awaitLogRead(t.Context(), "calm"); err != nil || turn == nil {
				t.Fatalf("the other organization has to wait: %v", err)
			}
		}
		cancel()
	})
}
