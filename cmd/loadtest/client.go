package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"
)

// A client follows one topic, over one connection at a time.
type client struct {
	swarm   *swarm
	number  int
	topic   int
	token   string
	cursor  string // of the last event
	checker checker
	broke   time.Time // when the connection broke that the client has to make up for; zero: none did
	tries   int       // how often it tried to come back since then
}

// Bounds of the pause before a client comes back. It grows with each try, as that of well-behaved clients does: a server
// that is starting must not be measured while a crowd connects.
const (
	firstPause   = 200 * time.Millisecond
	longestPause = 4 * time.Second
)

// pause returns how long to wait before a try, the first of which is 0: up to firstPause, twice as much after each
// failure, and up to longestPause in the end. It is random, so that a crowd spreads.
func pause(try int) time.Duration {
	most := longestPause
	if try < 5 {
		most = min(longestPause, firstPause<<try)
	}
	return time.Duration(rand.Int64N(int64(most)))
}

// run follows the topic until ctx ends. opened is called once, when the client
// is subscribed for the first time, or can't be.
func (c *client) run(ctx context.Context, opened func(error)) {
	var once sync.Once
	for {
		err := c.follow(ctx, func() { once.Do(func() { opened(nil) }) })
		failed := false
		once.Do(func() {
			failed = true
			opened(err)
		})
		switch {
		case failed || ctx.Err() != nil:
			return
		case !c.swarm.resume || errors.Is(err, errNoEvent):
			c.swarm.fail(err)
			return
		}
		if !c.away(ctx, err) {
			return
		}
	}
}

// away waits a moment before the client reconnects. It reports false for a
// client that was away for too long.
func (c *client) away(ctx context.Context, err error) bool {
	if c.broke.IsZero() {
		c.broke = time.Now()
		c.swarm.broke.Add(1)
	}
	c.swarm.target.leave()
	if time.Since(c.broke) > patience {
		c.swarm.fail(err)
		return false
	}
	c.tries++
	select {
	case <-time.After(pause(c.tries - 1)):
		return true
	case <-ctx.Done():
		return false
	}
}

// follow connects, subscribes, and takes events until the connection ends.
func (c *client) follow(ctx context.Context, subscribed func()) error {
	w, err := c.swarm.connect(ctx, c)
	if err != nil {
		return err
	}
	defer w.close()
	defer context.AfterFunc(ctx, w.close)()
	subscribed()
	for {
		message, err := w.read()
		if err != nil {
			return err
		}
		now := time.Now()
		e, err := parseEvent(message)
		if err != nil {
			return err
		}
		c.take(e, now)
	}
}

// take checks an event and counts it.
func (c *client) take(e event, now time.Time) {
	c.cursor = string(e.cursor)
	if c.checker.see(e.version) && !c.swarm.ledger.deliver(c.topic, e.version, now) {
		c.swarm.fail(errUnpublished)
	}
	if !c.broke.IsZero() {
		c.swarm.back(now)
		c.broke, c.tries = time.Time{}, 0
	}
}

var errUnpublished = errors.New("a version came that nobody published")
