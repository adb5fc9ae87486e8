package hub

import (
	"context"
	"time"
)

// A fanOutPause delays the events right after a large fan-out, so that they are delivered together: a write to
// each of a thousand members costs the same for one event as for several.
type fanOutPause struct{ until time.Time }

const (
	// largeFanOut is the duration from which on a fan-out is followed by a pause.
	largeFanOut = time.Millisecond
	// longestPause bounds the pause. A low value makes busy broadcasts cost more. A high value makes them
	// feel slow.
	longestPause = 5 * time.Millisecond
)

// after sets the pause after a fan-out that started at a time and has just ended.
func (p *fanOutPause) after(started time.Time) {
	ended := time.Now()
	if took := ended.Sub(started); took >= largeFanOut {
		p.until = ended.Add(min(took, longestPause))
	}
}

// wait waits until the pause is over.
func (p *fanOutPause) wait(ctx context.Context) {
	if left := time.Until(p.until); left > 0 {
		sleep(ctx, left)
	}
}
