package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"time"

	"golang.org/x/sync/errgroup"
)

// measure is one run, from an empty server to a report.
func measure(ctx context.Context, s settings, errs io.Writer) (*report, error) {
	h, err := openHosts(ctx, s, errs)
	if err != nil {
		return nil, err
	}
	defer h.close()
	v, err := openServices(ctx, s)
	if err != nil {
		return nil, err
	}
	defer v.close()
	a := newAPI(h.writes, s.publishers, s.resumes())
	seeded, err := plant(ctx, a, h.secret, s.users, s.topics, s.also)
	if err != nil {
		return nil, fmt.Errorf("the customers to follow can't be made: %w", err)
	}
	window := s.window
	if s.rate > 0 {
		window = 0
	}
	l := newLedger(spread(s.clients, s.topics), window)
	m := &measurement{settings: s, hosts: h, services: v, others: v.processes(ctx), api: a, seeded: seeded, ledger: l,
		swarm: newSwarm(s, seeded, l, h.target)}
	maps.Copy(m.others, h.settings.others)
	defer m.swarm.close()
	if err := m.connect(ctx); err != nil {
		return nil, err
	}
	if err := m.publish(ctx); err != nil {
		return nil, err
	}
	if err := m.read(ctx); err != nil {
		return nil, err
	}
	return m.report(m.swarm.close()), nil
}

// spread returns how many clients follow each topic.
func spread(clients, topics int) []int {
	followers := make([]int, topics)
	for i := range clients {
		followers[i%topics]++
	}
	return followers
}

// A measurement is a run in progress.
type measurement struct {
	settings settings
	hosts    *hosts
	services *services
	others   others
	api      *api
	seeded   *seed
	ledger   *ledger
	swarm    *swarm

	// At the start, with all clients connected, after they were idle, before and after publishing, and after reading.
	start, connected, idle, before, after, afterReads sample

	connectTime time.Duration
	killed      time.Time
}

// A sample has what was used until one moment: by the server, by other processes, and as the services count it.
type sample struct {
	at     time.Time
	server usage
	others map[string]time.Duration
	counts counts
}

func (m *measurement) sample(ctx context.Context) (sample, error) {
	c, err := m.services.count(ctx)
	return sample{time.Now(), usageOf(m.hosts.pid), m.others.cpu(), c}, err
}

// connect connects all clients, and waits until the server is idle.
func (m *measurement) connect(ctx context.Context) error {
	var err error
	if m.start, err = m.sample(ctx); err != nil {
		return err
	}
	if err := m.swarm.open(ctx); err != nil {
		return err
	}
	m.connectTime = time.Since(m.start.at)
	// The server may still have work of the last connections in the first half.
	sleep(ctx, m.settings.settle/2)
	if m.connected, err = m.sample(ctx); err != nil {
		return err
	}
	sleep(ctx, m.settings.settle/2)
	m.idle, err = m.sample(ctx)
	return err
}

// publish publishes during the warm-up and then during the measurement, in which it
// may kill the server.
func (m *measurement) publish(ctx context.Context) error {
	p := newPublisher(ctx, m.api, m.ledger, m.seeded, m.settings.publishers, m.swarm.fail)
	defer p.close()
	if m.settings.warmUp > 0 {
		p.publish(ctx, m.settings, m.settings.warmUp)
	}
	m.ledger.measure()
	var err error
	if m.before, err = m.sample(ctx); err != nil {
		return err
	}
	killing := make(chan error, 1)
	go func() { killing <- m.kill(ctx) }()
	p.publish(ctx, m.settings, m.settings.duration)
	if m.after, err = m.sample(ctx); err != nil {
		return err
	}
	if err := <-killing; err != nil {
		return err
	}
	m.awaitReturn(ctx)
	return ctx.Err()
}

// read reads pages, as many at a time as edits were under way.
func (m *measurement) read(ctx context.Context) error {
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(m.settings.publishers)
	for i := range m.settings.reads {
		group.Go(func() error { return m.api.page(inner, m.seeded.tokens[i%len(m.seeded.tokens)]) })
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("reading: %w", err)
	}
	var err error
	m.afterReads, err = m.sample(ctx)
	return err
}

// kill kills the first server when it is time.
func (m *measurement) kill(ctx context.Context) error {
	if m.settings.killAt == 0 {
		return nil
	}
	if !sleep(ctx, m.settings.killAt) {
		return ctx.Err()
	}
	m.killed = time.Now()
	return m.hosts.killFirst(ctx)
}

// awaitReturn waits for clients that are still away.
func (m *measurement) awaitReturn(ctx context.Context) {
	for until := time.Now().Add(patience); time.Now().Before(until); {
		if m.swarm.returned.Load() >= m.swarm.broke.Load() || !sleep(ctx, drainTick) {
			return
		}
	}
}
