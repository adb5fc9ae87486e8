package transport

import (
	"math/rand/v2"
	"time"
)

const (
	// drainWindow is over how long the connections are closed, unless WebSocket
	// says otherwise.
	drainWindow = 2 * time.Second
	// drainBatch is how many are closed at a time at least: so few that come back
	// together trouble nobody.
	drainBatch = 100
	// drainTick is how long there is between two batches.
	drainTick = 100 * time.Millisecond
	// drainWait is how long a connection that is to be closed waits for the
	// answers that it owes.
	drainWait = 5 * time.Second
)

// pingSlots is over how many moments of a PingInterval the pings are spread: all
// at once would be a pause for everybody else.
const pingSlots = 12

// lookAfter pings the connections and closes those that are not heard of any
// more, until the instance drains; then it closes all.
func (t *WebSocket) lookAfter() {
	tick := time.NewTicker(t.PingInterval / pingSlots)
	defer tick.Stop()
	last := uptime()
	for slot := 0; ; slot = (slot + 1) % pingSlots {
		select {
		case <-tick.C:
			now := uptime()
			if now-last > t.PingInterval {
				t.excuse()
			}
			last = now
			silent := int64(now - 2*t.PingInterval)
			for _, c := range t.connections(slot) {
				if c.socket.seen.Load() < silent && !c.socket.behind() { // one that is behind does not see pings
					c.lost()
					continue
				}
				c.ping()
				c.watchExpiry(2 * t.PingInterval)
			}
		case <-t.Draining.Done():
			t.drain()
			t.mu.Lock()
			t.retire() // nobody may have been left to do so when leaving
			t.mu.Unlock()
			return
		}
	}
}

// excuse counts all clients as heard of, after a pause of the program or the machine
// in which it could hear nobody: they are pinged again before they are judged.
func (t *WebSocket) excuse() {
	for slot := range pingSlots {
		for _, c := range t.connections(slot) {
			c.socket.heard()
		}
	}
}

// drain closes the connections, in batches: clients that are all sent away in one
// moment all come back in one moment, to the instances that are left. Those who
// follow their session are told beforehand.
func (t *WebSocket) drain() {
	window := t.DrainWindow
	if window == 0 {
		window = drainWindow
	}
	var left []*connection
	for slot := range pingSlots {
		left = append(left, t.connections(slot)...)
	}
	tick := time.NewTicker(drainTick)
	defer tick.Stop()
	if announceDrain(left, window) {
		<-tick.C
	}
	batch := max(drainBatch, len(left)/int(max(1, window/drainTick))+1)
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

// announceDrain tells sessions that the instance stops. They are to come back
// within a window, each at a moment of its own. It reports whether anybody heard.
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

// drain closes the connection as soon as queries and mutations under way are
// answered. Nothing new begins on it.
func (c *connection) drain() {
	c.mu.Lock()
	if c.draining {
		c.mu.Unlock()
		return
	}
	c.draining = true
	waits := c.answering > 0
	if waits {
		c.patience = time.AfterFunc(drainWait, c.restart)
	}
	c.mu.Unlock()
	if !waits {
		c.restart()
	}
}

// answered takes note that an operation needs no more answer, or was found to be
// a subscription. A drain waits for the last one.
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

// restart closes the connection, so that its client goes on elsewhere.
func (c *connection) restart() {
	c.end(errDraining)
	c.socket.goodbye(closeServiceRestart, errDraining.Error())
}
