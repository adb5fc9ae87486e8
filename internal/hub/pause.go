package hub

import (
	"context"
	"time"
)

// fanOutPause lets what comes right after a large fan-out gather, so that it goes
// out together: a write to each of a thousand members costs the same for one event
// as for several. A small fan-out is followed by no pause.
type fanOutPause struct{ until time.Time }

const (
	// largeFanOut is how long a fan-out takes that is followed by a pause.
	largeFanOut = time.Millisecond
	// longestPause bounds the pause. Longer, and busy broadcasts cost less and
	// feel slower.
	longestPause = 5 * time.Millisecond
)

// after notes a fan-out that began at a time and has just ended.
func (p *fanOutPause) after(began time.Time) {
	ended := time.Now()
	if took := ended.Sub(began); took >= largeFanOut {
		p.until = ended.Add(min(took, longestPause))
	}
}

// wait waits out what is left of the pause.
func (p *fanOutPause) wait(ctx context.Context) {
	if left := time.Until(p.until); left > 0 {
		sleep(ctx, left)
	}
}
