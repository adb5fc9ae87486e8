package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
)

// A publisher edits the topics' customers.
type publisher struct {
	api     *api
	ledger  *ledger
	seeded  *seed
	workers []chan job
	running sync.WaitGroup // workers
	pending sync.WaitGroup // jobs
	fail    func(error)
}

// A job is one edit to send.
type job struct {
	topic     int
	scheduled time.Time
}

// newPublisher starts workers. One worker sends all edits of a topic, one at a time,
// so their versions are known before the answers.
func newPublisher(ctx context.Context, a *api, l *ledger, seeded *seed, workers int, fail func(error)) *publisher {
	p := &publisher{api: a, ledger: l, seeded: seeded, fail: fail}
	for range workers {
		jobs := make(chan job, 1024)
		p.workers = append(p.workers, jobs)
		p.running.Go(func() {
			for j := range jobs {
				p.edit(ctx, j)
				p.pending.Done()
			}
		})
	}
	return p
}

// edit sends one edit. A failed edit ends its topic's versions, and makes the run a failure.
func (p *publisher) edit(ctx context.Context, j job) {
	if ctx.Err() != nil {
		return
	}
	version := p.ledger.publish(j.topic, j.scheduled)
	answer, err := p.api.update(ctx, p.seeded.tokens[0], map[string]any{
		"id": p.seeded.customers[j.topic], "baseVersion": version - 1, "clientMutationId": uuid.NewString(),
		"patch": map[string]any{"company": fmt.Sprintf("Analytical Engines %010d", version)},
	})
	if err == nil && answer.Customer.Version != version {
		err = fmt.Errorf("an edit made version %d, not %d", answer.Customer.Version, version)
	}
	if err != nil && ctx.Err() == nil {
		p.fail(fmt.Errorf("publishing: %w", err))
	}
}

// atRate publishes at a rate, whatever the server does. An edit that has to wait
// for its worker keeps the time for which it was scheduled.
func (p *publisher) atRate(ctx context.Context, rate float64, duration time.Duration) {
	start := time.Now()
	for i := range int(rate * duration.Seconds()) {
		scheduled := start.Add(time.Duration(float64(i) / rate * float64(time.Second)))
		if !sleep(ctx, time.Until(scheduled)) {
			return
		}
		p.queue(ctx, i, scheduled)
	}
}

// inWindow publishes as fast as the ledger's window allows.
func (p *publisher) inWindow(ctx context.Context, duration time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, duration)
	defer cancel()
	for i := 0; p.ledger.enter(ctx) == nil; i++ {
		p.queue(context.WithoutCancel(ctx), i, time.Now())
	}
}

func (p *publisher) queue(ctx context.Context, i int, scheduled time.Time) {
	topic := i % len(p.seeded.customers)
	p.pending.Add(1)
	select {
	case p.workers[topic%len(p.workers)] <- job{topic, scheduled}:
	case <-ctx.Done():
		p.pending.Done()
	}
}

// publish publishes for duration, and waits until all events have arrived.
func (p *publisher) publish(ctx context.Context, s settings, duration time.Duration) {
	if s.rate > 0 {
		p.atRate(ctx, s.rate, duration)
	} else {
		p.inWindow(ctx, duration)
	}
	p.pending.Wait()
	p.ledger.drain(ctx, s.giveUp)
}

func (p *publisher) close() {
	for _, jobs := range p.workers {
		close(jobs)
	}
	p.running.Wait()
}

// sleep waits, and reports false if ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}
