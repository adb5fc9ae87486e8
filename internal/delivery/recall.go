package delivery

import (
	"context"
	"log/slog"
	"time"

	"tandem/internal/collab"
)

const (
	// RecallEvery is how often an instance looks for jobs that a clock which was ahead left to wait.
	RecallEvery = 5 * time.Minute
	// mostStep is how far a clock may be moved between two looks, to be trusted at the second one.
	mostStep = time.Minute
	// everything is longer than any clock is ahead.
	everything = 200 * 365 * 24 * time.Hour
)

// A Recaller makes jobs due that wait for longer than any job does. They were queued, planned or claimed while a clock was
// ahead, and would wait until that time has come. Any number of instances may do so. Its owner calls Run.
type Recaller struct {
	queue collab.JobStore
	log   *slog.Logger
	now   func() time.Time
}

// NewRecaller returns a recaller.
func NewRecaller(queue collab.JobStore, log *slog.Logger, now func() time.Time) *Recaller {
	return &Recaller{queue: queue, log: log, now: now}
}

// Run recalls jobs periodically until ctx ends. An instance whose clock is behind must not take what waits for its time for late, so
// the time is the later one of its clock and the database's, and it does not look when its clock was just set.
func (r *Recaller) Run(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	began, shown := time.Now(), r.now()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		passed, moved := time.Since(began), r.now().Round(0).Sub(shown.Round(0)) // Round(0) leaves the time that clocks show
		began, shown = began.Add(passed), shown.Add(moved)
		if (moved - passed).Abs() <= mostStep {
			r.recall(ctx)
		}
	}
}

// recall recalls the jobs of all organizations. If the store does not answer, the rest is for the next time: the workers log that it is away.
func (r *Recaller) recall(ctx context.Context) {
	now, err := r.queue.LatestTime(ctx, collab.At(r.now()))
	if err != nil {
		return
	}
	orgs, err := r.queue.DueOrganizations(ctx, collab.JobPush, collab.At(now.Add(everything))) // all that have jobs: those of other kinds expire by then
	if err != nil {
		return
	}
	total := 0
	for _, orgID := range orgs {
		for {
			recalled, err := r.queue.RecallJobs(ctx, orgID, now)
			total += recalled
			if err != nil || recalled < collab.MaxRecalled {
				break
			}
		}
	}
	if total > 0 {
		r.log.Warn("messages waited for a time far ahead and are sent now; a clock was wrong", "messages", total)
	}
}
