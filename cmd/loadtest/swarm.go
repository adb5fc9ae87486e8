package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// A swarm is all clients.
type swarm struct {
	target   *target
	ledger   *ledger
	seed     *seed
	presence bool // clients show themselves in the room of their customer
	resume   bool // a client that loses its connection comes back
	places   chan struct{}
	clients  []*client
	running  sync.WaitGroup
	stop     context.CancelFunc

	broke, returned atomic.Int64
	mu              sync.Mutex // guards what follows
	errors          int
	firstError      error
	lastReturn      time.Time
}

// newSwarm returns the clients of a run, spread over the topics and the tokens.
func newSwarm(run settings, seeded *seed, l *ledger, t *target) *swarm {
	s := &swarm{target: t, ledger: l, seed: seeded, presence: run.presence, resume: run.resumes(), places: make(chan struct{}, run.connecting)}
	for i := range run.clients {
		s.clients = append(s.clients, &client{
			swarm: s, number: i, topic: i % len(seeded.customers), token: seeded.tokens[i%len(seeded.tokens)],
			cursor: seeded.cursor, checker: checker{next: firstEdit},
		})
	}
	return s
}

// open connects all clients, and returns when all are subscribed.
func (s *swarm) open(ctx context.Context) error {
	ctx, s.stop = context.WithCancel(ctx)
	opened := make(chan error, len(s.clients))
	for _, c := range s.clients {
		s.running.Go(func() { c.run(ctx, func(err error) { opened <- err }) })
	}
	for range s.clients {
		select {
		case err := <-opened:
			if err != nil {
				return fmt.Errorf("a client can't connect: %w", err)
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// connect opens the connection of a client and subscribes. The swarm bounds how many do so at the
// same time.
func (s *swarm) connect(ctx context.Context, c *client) (*wire, error) {
	select {
	case s.places <- struct{}{}:
		defer func() { <-s.places }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	w, err := dial(ctx, s.target.address(), c.token)
	if err != nil {
		return nil, err
	}
	if err := s.subscribe(w, c); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

// subscribe begins the operations of a client.
func (s *swarm) subscribe(w *wire, c *client) error {
	for i, quiet := range s.seed.quiet[c.topic] {
		if err := w.subscribe(fmt.Sprint("quiet-", i), subscription, map[string]string{"id": quiet, "after": s.seed.cursor}); err != nil {
			return err
		}
	}
	customer := s.seed.customers[c.topic]
	if s.presence {
		if err := w.subscribe("presence", presence, map[string]string{"room": customer, "client": fmt.Sprint("client-", c.number)}); err != nil {
			return err
		}
	}
	return w.subscribe(operationID, subscription, map[string]string{"id": customer, "after": c.cursor})
}

// back records that a client that was away received its first event again.
func (s *swarm) back(now time.Time) {
	s.returned.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastReturn = now
}

func (s *swarm) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.errors++
	if s.firstError == nil {
		s.firstError = err
	}
}

// close ends all clients, and returns the faults of their deliveries.
func (s *swarm) close() faults {
	if s.stop == nil {
		return faults{}
	}
	s.stop()
	s.running.Wait()
	var all faults
	for _, c := range s.clients {
		all.add(c.checker.finish(s.ledger.lastVersion(c.topic)))
	}
	return all
}

// A target is the instance that clients connect to: the first one, and after leave the next.
type target struct {
	mu          sync.Mutex // guards what follows
	first, next string
	left        bool
}

func (t *target) address() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.left && t.next != "" {
		return t.next
	}
	return t.first
}

// leave marks the first instance as not answering.
func (t *target) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.left = true
}

// offer names the instance to continue with.
func (t *target) offer(next string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.next = next
}
