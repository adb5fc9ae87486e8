package delivery

import (
	"testing"
	"time"

	"tandem/internal/circuit"
	"tandem/internal/collab"
)

// The clocks of instances may differ by half an hour before one takes what another one postponed for too late.
func TestWaitsAreShort(t *testing.T) {
	t.Parallel()
	most := max(pushRest, shownTime, leaseTime, circuit.LeaveAlone)
	for attempts := range 100 {
		most = max(most, backoff(attempts), askedWait(time.Hour, attempts), circuit.LeaveAlone+backoff(1))
	}
	if most > collab.MostWait-30*time.Minute {
		t.Errorf("a job waits for %s", most)
	}
	if leaseTime >= collab.RecalledClaim {
		t.Errorf("a claim lasts for %s", leaseTime)
	}
}
