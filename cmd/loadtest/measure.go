package main

import (
	"context"
	"fmt"
	"io"
	"time"
)

// measure is one run, from an empty server to a report.
func measure(ctx context.Context, s settings, errs io.Writer) (*report, error) {
	h, err := openHosts(ctx, s, errs)
	if err != nil {
		return nil, err
	}
	defer h.close()
	a := newAPI(h.target, s.publishers, s.resumes())
	seeded, err := plant(ctx, a, h.secret, s.users, s.topics)
	if err != nil {
		return nil, fmt.Errorf("the customers to follow can't be made: %w", err)
	}
	window := s.window
	if s.rate > 0 {
		window = 0
	}
	l := newLedger(spread(s.clients, s.topics), window)
	m := &measurement{settings: s, hosts: h, api: a, seeded: seeded, ledger: l,
		swarm: newSwarm(s.clients, s.connecting, seeded, l, h.target, s.resumes())}
	defer m.swarm.close()
	m.start = usageOf(h.pid)
	if err := m.connect(ctx); err != nil {
		return nil, err
	}
	if err := m.publish(ctx); err != nil {
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
	api      *api
	seeded   *seed
	ledger   *ledger
	swarm    *swarm

	// The usage of the server at the start, with all clients connected, and before and after
	// publishing.
	start, connected, before, after usage
	// The processor time of the other processes before and after publishing.
	othersBefore, othersAfter map[string]time.Duration

	connectTime       time.Duration
	began, killed, to time.Time
}

// connect connects all clients, and waits until the server is idle.
func (m *measurement) connect(ctx context.Context) error {
	began := time.Now()
	if err := m.swarm.open(ctx); err != nil {
		return err
	}
	m.connectTime = time.Since(began)
	sleep(ctx, m.settings.settle)
	m.connected = usageOf(m.hosts.pid)
	return ctx.Err()
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
	m.before, m.othersBefore, m.began = usageOf(m.hosts.pid), m.settings.others.cpu(), time.Now()
	killing := make(chan error, 1)
	go func() { killing <- m.kill(ctx) }()
	p.publish(ctx, m.settings, m.settings.duration)
	m.after, m.othersAfter, m.to = usageOf(m.hosts.pid), m.settings.others.cpu(), time.Now()
	if err := <-killing; err != nil {
		return err
	}
	m.awaitReturn(ctx)
	return ctx.Err()
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
