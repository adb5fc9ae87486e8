package websocket

import (
	"math/rand/v2"
	"time"

	"tandem/internal/transport"
)

const (
	// drainBatch is the smallest number of connections that are closed at once. That many clients may
	// reconnect together.
	drainBatch = 100
	// drainWait is how long a draining connection waits for queries and mutations under way.
	drainWait = 5 * time.Second
)

// clockStep is by how much the clock on the wall moves at once if it is set, or if the machine was suspended.
const clockStep = time.Second

// pingSlots is the number of batches in which the pings of a PingInterval are sent. One batch would
// delay all other work.
const pingSlots = 12

// monitor pings the connections and closes silent ones, until the instance drains; then it closes
// all.
func (t *Server) monitor() {
	tick := time.NewTicker(t.PingInterval / pingSlots)
	defer tick.Stop()
	last, wall := uptime(), t.now()
	for slot := 0; ; slot = (slot + 1) % pingSlots {
		select {
		case <-tick.C:
			now, shown := uptime(), t.now()
			if now-last > t.PingInterval {
				t.markAllSeen()
			}
			if moved := shown.Sub(wall); (moved - (now - last)).Abs() > clockStep {
				t.clockSet()
			}
			last, wall = now, shown
			silent := int64(now - 2*t.PingInterval)
			for _, c := range t.connections(slot) {
				if c.socket.seen.Load() < silent && !c.socket.behind() { // a client that is behind does not see pings
					c.lost()
					continue
				}
				c.ping()
				c.watchExpiry(2 * t.PingInterval)
			}
		case <-t.Draining.Done():
			t.drain()
			t.mu.Lock()
			t.closePoller() // if there was no connection to close it
			t.mu.Unlock()
			return
		}
	}
}

// now returns the time that the clock on the wall shows.
func (t *Server) now() time.Time {
	if t.Now != nil {
		return t.Now().Round(0)
	}
	return time.Now().Round(0)
}

// clockSet has all connections look at the clock again.
func (t *Server) clockSet() {
	for slot := range pingSlots {
		for _, c := range t.connections(slot) {
			c.clockSet(2 * t.PingInterval)
		}
	}
}

// markAllSeen counts all clients as alive after a pause of the program or the machine, during which
// it could receive nothing: they are pinged again first.
func (t *Server) markAllSeen() {
	for slot := range pingSlots {
		for _, c := range t.connections(slot) {
			c.socket.heard()
		}
	}
}

// drain closes the connections in batches, since clients that are closed together also reconnect
// together, to the remaining instances. It notifies clients that follow their session beforehand.
func (t *Server) drain() {
	window := t.DrainWindow
	if window == 0 {
		window = transport.DrainWindow
	}
	var left []*connection
	for slot := range pingSlots {
		left = append(left, t.connections(slot)...)
	}
	tick := time.NewTicker(transport.DrainTick)
	defer tick.Stop()
	if announceDrain(left, window) {
		<-tick.C
	}
	batch := max(drainBatch, len(left)/int(max(1, window/transport.DrainTick))+1)
	for {
		for _, c := range left[:min(batch, len(left))] {
			c.drain()
		}
		left = left[min(batch, len(left)):]
		if len(left) == 0 {
			return
		}
		<-tick.C
	}
}

// announceDrain notifies sessions that the instance stops, and asks each client to reconnect at a random
// time within the window. It reports whether any session has a subscriber.
func announceDrain(connections []*connection, window time.Duration) (heard bool) {
	for _, c := range connections {
		c.mu.Lock()
		session := c.session
		c.mu.Unlock()
		if session != nil && session.Drain(rand.N(window)) {
			heard = true
		}
	}
	return heard
}

// drain closes the connection once queries and mutations under way are answered. No other operation
// begins.
func (c *connection) drain() {
	c.mu.Lock()
	if c.draining {
		c.mu.Unlock()
		return
	}
	c.draining = true
	waits := c.answering > 0
	if waits {
		c.drainTimer = time.AfterFunc(drainWait, c.restart)
	}
	c.mu.Unlock()
	if !waits {
		c.restart()
	}
}

// answered records that an operation was answered, or is a subscription. The last one ends a drain.
func (c *connection) answered(o *operation) {
	c.mu.Lock()
	if o.answered {
		c.mu.Unlock()
		return
	}
	o.answered = true
	c.answering--
	last := c.draining && c.answering == 0
	c.mu.Unlock()
	if last {
		c.restart()
	}
}

// restart closes the connection, so that its client reconnects to another instance.
func (c *connection) restart() {
	c.end(transport.ErrDraining)
	c.socket.goodbye(transport.CodeOf(transport.ErrDraining), transport.ErrDraining.Error())
}
