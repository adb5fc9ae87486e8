package delivery

import (
	"context"
	"math/rand/v2"
	"time"

	"tandem/internal/collab"
)

// record stores the result, also while the instance stops.
func (w *Worker) record(ctx context.Context, job *collab.Job, result Result) {
	ctx, cancel := outlasting(ctx)
	defer cancel()
	ctx, cancel = context.WithTimeout(ctx, recordTime)
	defer cancel()
	for {
		err := w.end(ctx, job, result)
		if err == nil {
			return
		}
		select {
		case <-time.After(recordPause):
		case <-ctx.Done():
			w.log.Warn("the result of a job is lost; it is done again after its claim", "org", job.OrgID, "error", err)
			return
		}
	}
}

// end makes one attempt to store a result. A repetition changes nothing: the first one ended the claim.
func (w *Worker) end(ctx context.Context, job *collab.Job, result Result) error {
	if result.Done {
		return w.queue.FinishJob(ctx, job, result.Until)
	}
	return w.queue.PostponeJob(ctx, job, result.Until)
}

// outlasting returns a context that lasts as long as ctx and releaseTime after that, so that a message which was handed over is recorded.
// If ctx has ended already, as in a stop, releaseTime begins with the call.
func outlasting(ctx context.Context) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(releaseTime, cancel) })
	return longer, func() {
		stop()
		cancel()
	}
}

const (
	// firstBackoff is the wait after a first failed attempt, which doubles with each further one up to mostBackoff.
	firstBackoff = 10 * time.Second
	mostBackoff  = time.Hour
)

// backoff returns how long a job waits after a number of failed attempts, with up to a quarter more, so that jobs that
// failed together are not tried together.
func backoff(attempts int) time.Duration {
	wait := mostBackoff
	if attempts < 10 {
		wait = min(mostBackoff, firstBackoff<<max(0, attempts-1))
	}
	return wait + rand.N(wait/4)
}

// askedWait returns how long a job waits after a number of failed attempts, if the service asks for a wait; 0 if it asks for
// none. A service that asks again and again for a short one gets the backoff, so that it can not keep a slot.
func askedWait(asked time.Duration, attempts int) time.Duration {
	if asked == 0 {
		return backoff(attempts)
	}
	wait := asked + rand.N(asked/4)
	if attempts == 1 {
		return wait
	}
	return max(wait, backoff(attempts))
}
