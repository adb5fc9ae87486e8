package delivery

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"tandem/internal/collab"
	"tandem/internal/smtp"
	"tandem/internal/webpush"
)

const (
	// pollTime is how often an instance looks for jobs that are due.
	pollTime = time.Second
	// leaseTime is how long a claim lasts. With a low value, a slow instance and another one send the same message; with a
	// high one, the jobs of an instance that died wait for long.
	leaseTime = 45 * time.Second
	// jobTime bounds a job from the beginning of its claim, and recordTime the recording of its result, so that both end within the
	// lease: a result that is not recorded by then has the message sent again.
	jobTime    = 20 * time.Second
	recordTime = 20 * time.Second
	// recordPause is the wait before a result that the store refused is recorded again.
	recordPause = 500 * time.Millisecond
	// batch bounds the jobs that are claimed of one organization at once.
	batch = 32
	// mostPerOrg and mostPerHost bound the jobs of a worker that are under way: those of one organization, and those to one
	// push service. With mostPerHost, no more of them are claimed; the last claim may exceed it by a batch.
	mostPerOrg  = 64
	mostPerHost = 32
	// mostPerPerson bounds the jobs of one person that are under way, and perPerson those that a claim takes, so that one
	// with slow browsers leaves most of mostPerOrg to their colleagues.
	mostPerPerson = 8
	perPerson     = 4
	// fewPerHost is when jobs to one push service are claimed again, so that a long queue takes one claim for many jobs.
	fewPerHost = 16
	// fewPerOrg is how many jobs of an organization are under way before its other places are for people of whom none is, one for each.
	fewPerOrg = 16
	// releaseTime bounds the calls to the store once an instance stops.
	releaseTime = 2 * time.Second
)

// A Queue is the part of a collab.Store that a Worker needs.
type Queue interface {
	collab.JobStore
	DropPush(ctx context.Context, orgID, id collab.ID) error
}

// A Handler sends the jobs of one kind.
type Handler func(ctx context.Context, job *collab.Job) (Result, error)

// A Result is what becomes of a job.
type Result struct {
	// Sent is set if the job was sent. Reason is why not; empty if there was nothing to send.
	Sent   bool
	Reason string
	// Until is when what was added to the job meanwhile is sent, if it is Done, and otherwise when the job is tried again.
	Done  bool
	Until collab.Time
}

// Reasons are all reasons for which a job is not sent.
var Reasons = slices.Compact(slices.Sorted(slices.Values(slices.Concat(
	[]string{reasonShown, reasonExpired, reasonError}, webpush.Reasons, smtp.Reasons))))

const (
	reasonShown   = "shown"   // a client of the person has just shown it
	reasonExpired = "expired" // it could not be sent for the lifetime of its kind
	reasonError   = "error"   // the server could not prepare it
)

// Counts are the events that a Worker counts.
type Counts struct {
	Sent   func(kind string)
	Failed func(kind, reason string)
}

// A Spec is what a Worker does.
type Spec struct {
	Kind   collab.JobKind
	Handle Handler
	// Slots bounds the jobs that are under way.
	Slots int
	// Limited returns how many jobs may be under way to the hosts that failed; nil if no host is left alone.
	Limited func() map[string]int
}

// The slots of each kind. Those of digests are few, since all go to one mail server. An organization has half of them, which is more than
// the mail server's slow answers take.
const (
	PushSlots   = 256
	DigestSlots = 32
)

// A Worker sends what the queue has of one kind, so that no kind waits for another. A kind without a worker on any
// instance stays in the queue until it expires. Its owner calls Run.
type Worker struct {
	queue  Queue
	spec   Spec
	log    *slog.Logger
	now    func() time.Time
	counts Counts

	mu     sync.Mutex // guards what follows; innermost
	all    int        // jobs under way
	orgs   map[collab.ID]int
	hosts  map[string]int
	people map[person]int
	turns  turns         // who had one
	next   int           // the organization that is first in the next round
	ended  chan struct{} // has an element when jobs ended and few to their push service are left, or some expired
	away   bool          // the store did not answer the last time
}

// A person is one of an organization.
type person struct{ orgID, userID collab.ID }

// NewWorker returns a worker.
func NewWorker(queue Queue, spec Spec, log *slog.Logger, now func() time.Time, counts Counts) *Worker {
	return &Worker{
		queue: queue, spec: spec, log: log.With("kind", spec.Kind), now: now, counts: counts,
		orgs: make(map[collab.ID]int), hosts: make(map[string]int), people: make(map[person]int), turns: make(turns), ended: make(chan struct{}, 1),
	}
}

// Kind returns the kind of jobs that the worker sends.
func (w *Worker) Kind() collab.JobKind { return w.spec.Kind }

// Run works until ctx ends, and returns when all jobs have ended. Jobs that it could not end are due at once.
func (w *Worker) Run(ctx context.Context) {
	var running sync.WaitGroup
	defer running.Wait()
	poll := time.NewTicker(pollTime)
	defer poll.Stop()
	for {
		var more <-chan struct{}
		if w.round(ctx, &running) {
			more = w.ended
		}
		select {
		case <-more:
		case <-poll.C:
		case <-ctx.Done():
			return
		}
	}
}

// round claims jobs of each organization that has some, and begins them. It reports whether jobs were due, so that there may
// be more than it had room for.
func (w *Worker) round(ctx context.Context, running *sync.WaitGroup) (due bool) {
	orgs, err := w.queue.DueOrganizations(ctx, w.spec.Kind, collab.At(w.now()))
	if w.noteStore(ctx, err); err != nil || len(orgs) == 0 {
		return false
	}
	w.next++
	w.keepTurns(orgs)
	for i := range orgs {
		orgID := orgs[(i+w.next)%len(orgs)]
		deadline := time.Now().Add(jobTime)
		jobs, err := w.claim(ctx, orgID)
		if w.noteStore(ctx, err); err != nil {
			return false
		}
		for _, job := range jobs {
			running.Go(func() { w.work(ctx, job, deadline) })
		}
	}
	return true
}

// work sends a job, and records what became of it.
func (w *Worker) work(ctx context.Context, job *collab.Job, deadline time.Time) {
	defer w.leave(job)
	doing, cancel := context.WithDeadline(ctx, deadline)
	result, err := try(doing, w.spec.Handle, job)
	cancel()
	switch {
	case err != nil && ctx.Err() != nil:
		result = Result{Until: collab.At(w.now())} // for another instance
	case err != nil:
		w.log.Warn("a job failed; it is tried again", "org", job.OrgID, "error", err)
		w.counts.Failed(string(job.Kind), reasonError)
		job.Attempts++
		result = Result{Until: collab.At(w.now().Add(backoff(job.Attempts)))}
	}
	w.count(job, result)
	w.record(ctx, job, result)
}

// try handles a job. A panic is an error: it must end neither this instance nor, after the claim, the next one.
func try(ctx context.Context, handle Handler, job *collab.Job) (result Result, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	return handle(ctx, job)
}

func (w *Worker) count(job *collab.Job, result Result) {
	switch {
	case result.Sent:
		w.counts.Sent(string(job.Kind))
	case result.Reason != "":
		w.counts.Failed(string(job.Kind), result.Reason)
	}
}

// noteStore logs when the store stops answering, and when it answers again.
func (w *Worker) noteStore(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	switch {
	case err != nil && !w.away:
		w.log.Warn("the queue can't be read; nothing is sent until it can", "error", err)
	case err == nil && w.away:
		w.log.Info("the queue can be read again")
	}
	w.away = err != nil
}
