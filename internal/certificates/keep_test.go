package certificates

import (
	"fmt"
	"testing"
)

// An authority that issues what is due at once is not asked again at once.
func TestPauseAfterOneThatIsDue(t *testing.T) {
	t.Parallel()
	if got := pauseAfter(fmt.Errorf("acme: %w", errDueAlready), 0); got != refusedPause {
		t.Errorf("got %v", got)
	}
}
