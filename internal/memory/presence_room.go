package memory

import (
	"slices"
	"time"

	"tandem/internal/collab"
)

// A room is who is in it, and who left it.
type room struct {
	clients map[clientKey]*client
	people  map[collab.ID]int // how many of the clients each person has
	// left has the clients that left by themselves, and until when that is
	// remembered, so that their instance's beats don't bring them back.
	left map[clientKey]time.Time
}

type clientKey struct{ userID, clientID collab.ID }

type client struct {
	collab.Presence
	until time.Time
}

func newRoom() *room {
	return &room{clients: make(map[clientKey]*client), people: make(map[collab.ID]int), left: make(map[clientKey]time.Time)}
}

func keyOf(p collab.Presence) clientKey { return clientKey{p.UserID, p.ClientID} }

func (r *room) empty() bool { return len(r.clients) == 0 && len(r.left) == 0 }

// has reports whether the person is there, by any of these clients; of none, by any client.
func (r *room) has(userID collab.ID, clients []collab.ID) bool {
	isThere := func(client collab.ID) bool { return r.clients[clientKey{userID, client}] != nil }
	return r.people[userID] > 0 && (len(clients) == 0 || slices.ContainsFunc(clients, isThere))
}

// full reports whether a client may not enter, since its person has as many as they may.
func (r *room) full(key clientKey) bool {
	if _, there := r.clients[key]; there {
		return false
	}
	return r.people[key.userID] >= collab.MaxClientsInRoom
}

// add puts a client into the room, or replaces it.
func (r *room) add(key clientKey, c *client) {
	if r.clients[key] == nil {
		r.people[key.userID]++
	}
	r.clients[key] = c
}

// drop takes a client out, if it is there.
func (r *room) drop(key clientKey) {
	if r.clients[key] == nil {
		return
	}
	delete(r.clients, key)
	if r.people[key.userID]--; r.people[key.userID] == 0 {
		delete(r.people, key.userID)
	}
}

// sweep removes what expired, and reports whether anybody did.
func (r *room) sweep(now time.Time) (died bool) {
	for key, c := range r.clients {
		if !c.until.After(now) {
			r.drop(key)
			died = true
		}
	}
	for key, until := range r.left {
		if !until.After(now) {
			delete(r.left, key)
		}
	}
	return died
}

// enter, renew, leave and show report whether others see a difference.

func (r *room) enter(given collab.Presence, patch collab.PresencePatch, now time.Time, ttl time.Duration) bool {
	key := keyOf(given)
	delete(r.left, key)
	c, there := r.clients[key]
	if !there {
		c = &client{Presence: given}
		c.ChangedAt = now
		r.add(key, c)
	} else {
		given.PresenceState = c.PresenceState
	}
	c.keep(now, ttl)
	return c.show(given, patch, now) || !there
}

func (r *room) renew(given collab.Presence, now time.Time, ttl time.Duration) bool {
	key := keyOf(given)
	if _, left := r.left[key]; left {
		r.left[key] = now.Add(collab.PresenceTTL)
		return false
	}
	c, there := r.clients[key]
	switch {
	case ttl <= 0:
		r.drop(key)
		return there
	case there:
		c.keep(now, ttl)
		return false
	}
	return r.putBack(given, now, ttl)
}

// putBack restores a client that was lost as it was given, also in its age.
func (r *room) putBack(given collab.Presence, now time.Time, ttl time.Duration) bool {
	given.PresenceState = collab.PresencePatch(nil).Over(given.PresenceState)
	if given.ChangedAt.IsZero() {
		given.ChangedAt = now
	}
	c := &client{Presence: given}
	c.keep(now, ttl)
	r.add(keyOf(given), c)
	return true
}

func (r *room) leave(key clientKey, now time.Time) (there bool) {
	_, there = r.clients[key]
	r.drop(key)
	r.left[key] = now.Add(collab.PresenceTTL)
	return there
}

func (c *client) keep(now time.Time, ttl time.Duration) {
	c.SeenAt = collab.At(now)
	c.until = now.Add(ttl)
}

// show replaces what others see of the client: its name, and its state with patch laid over it.
func (c *client) show(given collab.Presence, patch collab.PresencePatch, now time.Time) bool {
	before := c.Presence
	c.Name, c.Avatar = given.Name, given.Avatar
	c.PresenceState = patch.Over(given.PresenceState)
	if before.LooksLike(c.Presence) {
		return false
	}
	c.ChangedAt = now
	return true
}
