package redis

import (
	"cmp"
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"tandem/internal/collab"
)

// maxRenewBatch bounds how many clients one script renews. Redis does nothing
// else meanwhile, and this many take it 2 or 3 milliseconds.
const maxRenewBatch = 200

// The scripts. Each is one round trip, and nobody sees it half done.
var (
	//go:embed presence.lua
	presenceLua string
	//go:embed presence_enter.lua
	enterLua string
	//go:embed presence_update.lua
	updateLua string
	//go:embed presence_renew.lua
	renewLua string
	//go:embed presence_leave.lua
	leaveLua string
	//go:embed presence_present.lua
	presentLua string

	enterScript   = goredis.NewScript(presenceLua + enterLua)
	updateScript  = goredis.NewScript(presenceLua + updateLua)
	renewScript   = goredis.NewScript(presenceLua + renewLua)
	leaveScript   = goredis.NewScript(presenceLua + leaveLua)
	presentScript = goredis.NewScript(presenceLua + presentLua)
)

// Presences is the collab.Presences of one of many instances. presence.lua describes the data.
type Presences struct {
	client  *Client
	channel string
	// instance names this one among those that keep a client present.
	instance string
	now      func() time.Time
}

// NewPresences returns the Presences of an instance. now is nil except in tests:
// the clock is Redis's own, since the clocks of instances differ.
func NewPresences(client *Client, now func() time.Time) *Presences {
	return &Presences{
		client:   client,
		channel:  client.channel("presence"),
		instance: rand.Text(),
		now:      now,
	}
}

// Enter makes the client present for ttl.
func (p *Presences) Enter(ctx context.Context, room collab.Room, given collab.Presence, patch collab.PresencePatch, ttl time.Duration) error {
	state, err := encode(given)
	if err != nil {
		return err
	}
	values, err := json.Marshal(patch.Values())
	if err != nil {
		return fmt.Errorf("encode a presence's patch: %w", err)
	}
	entered, err := p.run(ctx, enterScript, room, []collab.ID{given.UserID},
		pair(given.UserID, given.ClientID), pair(room.ID, given.ClientID), ttl.Microseconds(), state, values, collab.MaxClientsInRoom)
	if err == nil && entered == int64(0) {
		return collab.ErrTooManyClients
	}
	return err
}

// Update lays patch over what the client shows, and reports whether the client was there.
func (p *Presences) Update(ctx context.Context, room collab.Room, userID, clientID collab.ID, patch collab.PresencePatch) (bool, error) {
	values, err := json.Marshal(patch.Values())
	if err != nil {
		return false, fmt.Errorf("encode a presence's patch: %w", err)
	}
	there, err := p.run(ctx, updateScript, room, nil, pair(userID, clientID), values)
	return there == int64(1), err
}

// Renew makes clients present for ttl from now.
func (p *Presences) Renew(ctx context.Context, room collab.Room, clients []collab.Presence, ttl time.Duration) error {
	for some := range slices.Chunk(clients, maxRenewBatch) {
		people := make([]collab.ID, 0, len(some))
		args := make([]any, 0, 1+4*len(some))
		args = append(args, ttl.Microseconds())
		for _, given := range some {
			state, err := encode(given)
			if err != nil {
				return err
			}
			people = append(people, given.UserID)
			args = append(args, pair(given.UserID, given.ClientID), pair(room.ID, given.ClientID),
				state, max(0, given.ChangedAt.UnixMicro()))
		}
		if _, err := p.run(ctx, renewScript, room, people, args...); err != nil {
			return err
		}
	}
	return nil
}

// Leave takes the client out of the room, and reports whether it was there.
func (p *Presences) Leave(ctx context.Context, room collab.Room, userID, clientID collab.ID) (bool, error) {
	there, err := p.run(ctx, leaveScript, room, []collab.ID{userID}, pair(userID, clientID), pair(room.ID, clientID))
	return there == int64(1), err
}

// LeaveAll takes all of a person's clients out of all rooms of the organization,
// one after another, as the person's index has them.
func (p *Presences) LeaveAll(ctx context.Context, orgID, userID collab.ID) error {
	clients, err := p.clients(ctx, orgID, userID)
	for _, client := range clients {
		if _, err := p.Leave(ctx, collab.Room{OrgID: orgID, ID: client.room}, userID, client.client); err != nil {
			return err
		}
	}
	return err
}

// Rooms returns the rooms that the person, or these of their clients, may be in now, as their index has them.
func (p *Presences) Rooms(ctx context.Context, orgID, userID collab.ID, clients ...collab.ID) ([]collab.ID, error) {
	entries, err := p.clients(ctx, orgID, userID)
	var rooms []collab.ID
	for _, entry := range entries {
		if len(clients) == 0 || slices.Contains(clients, entry.client) {
			rooms = append(rooms, entry.room)
		}
	}
	slices.Sort(rooms)
	return slices.Compact(rooms), err
}

// An entry of a person's index is a client, and the room that it is or was in.
type entry struct{ room, client collab.ID }

// clients returns a person's index.
func (p *Presences) clients(ctx context.Context, orgID, userID collab.ID) ([]entry, error) {
	entries, err := p.client.ZRange(ctx, personKey(orgID, userID), 0, -1).Result()
	if err != nil {
		return nil, unavailable(ctx, err)
	}
	clients := make([]entry, len(entries))
	for i, text := range entries {
		if clients[i].room, clients[i].client, err = parsePair(text); err != nil {
			return nil, err
		}
	}
	return clients, nil
}

// Present returns the clients that are in the room now, ordered by person and client.
func (p *Presences) Present(ctx context.Context, room collab.Room) ([]collab.Presence, error) {
	answer, err := p.run(ctx, presentScript, room, nil)
	if err != nil {
		return nil, err
	}
	present, err := decode(answer)
	if err != nil {
		return nil, fmt.Errorf("decode the presences of room %q: %w", room.ID, err)
	}
	slices.SortFunc(present, func(a, b collab.Presence) int {
		return cmp.Or(cmp.Compare(a.UserID, b.UserID), cmp.Compare(a.ClientID, b.ClientID))
	})
	return present, nil
}
