package redis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"tandem/internal/collab"
)

// run runs a script about a room, and about people whose index it changes.
func (p *Presences) run(ctx context.Context, script *goredis.Script, room collab.Room, people []collab.ID, args ...any) (any, error) {
	keys := make([]string, 0, 5+len(people))
	for _, part := range []string{"shown", "beats", "ends", "left", "people"} {
		keys = append(keys, orgKey(room.OrgID)+":room:"+url.QueryEscape(string(room.ID))+":"+part)
	}
	for _, userID := range people {
		keys = append(keys, personKey(room.OrgID, userID))
	}
	var now any = ""
	if p.now != nil {
		now = p.now().UnixMicro()
	}
	hint := pair(room.OrgID, room.ID)
	answer, err := script.Run(ctx, p.client, keys,
		append([]any{p.instance, now, p.channel, hint, collab.PresenceTTL.Microseconds()}, args...)...).Result()
	// A script that returns nothing answers nil, which the library takes for an absent key.
	if err != nil && !errors.Is(err, goredis.Nil) {
		return nil, unavailable(ctx, err)
	}
	return answer, nil
}

// unavailable says to people that presence is away, and to the server's log why.
func unavailable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("%w (%w)", collab.Errorf(collab.Unavailable, "presence is not available at the moment; try again"), err)
}

// orgKey begins all keys of an organization, and keeps them in one slot of a
// cluster: what is in braces decides the slot.
func orgKey(orgID collab.ID) string {
	return "tandem:{" + url.QueryEscape(string(orgID)) + "}"
}

func personKey(orgID, userID collab.ID) string {
	return orgKey(orgID) + ":person:" + url.QueryEscape(string(userID))
}

// pair joins two ids, which may contain anything, so that parsePair can tell them apart.
func pair(a, b collab.ID) string {
	return url.QueryEscape(string(a)) + ":" + url.QueryEscape(string(b))
}

func parsePair(s string) (a, b collab.ID, err error) {
	first, second, found := strings.Cut(s, ":")
	if !found {
		return "", "", fmt.Errorf("%q is not a pair of ids", s)
	}
	x, errX := url.QueryUnescape(first)
	y, errY := url.QueryUnescape(second)
	return collab.ID(x), collab.ID(y), errors.Join(errX, errY)
}

// encode returns the part of a presence that others see. Its times are not used: the client's beats
// have the ones that count.
func encode(p collab.Presence) ([]byte, error) {
	p.PresenceState = collab.PresencePatch(nil).Over(p.PresenceState)
	state, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("encode a presence: %w", err)
	}
	return state, nil
}

// decode reads what presence_present.lua returns: two hashes, each as a list of names and values.
func decode(answer any) ([]collab.Presence, error) {
	hashes, _ := answer.([]any)
	if len(hashes) != 2 {
		return nil, fmt.Errorf("unexpected answer %v", answer)
	}
	beats := make(map[string]string)
	for client, value := range pairsOf(hashes[1]) {
		beats[client] = value
	}
	present := make([]collab.Presence, 0, len(beats))
	for client, value := range pairsOf(hashes[0]) {
		var p collab.Presence
		if err := json.Unmarshal([]byte(value), &p); err != nil {
			return nil, fmt.Errorf("client %s: %w", client, err)
		}
		var seen, changed int64
		if _, err := fmt.Sscan(beats[client], &seen, &changed); err != nil {
			return nil, fmt.Errorf("beats of client %s: %w", client, err)
		}
		p.SeenAt, p.ChangedAt = collab.At(time.UnixMicro(seen)), time.UnixMicro(changed)
		present = append(present, p)
	}
	return present, nil
}

// pairsOf goes through a list of names and values.
func pairsOf(list any) func(yield func(name, value string) bool) {
	return func(yield func(name, value string) bool) {
		flat, _ := list.([]any)
		for i := 0; i+1 < len(flat); i += 2 {
			name, _ := flat[i].(string)
			value, _ := flat[i+1].(string)
			if !yield(name, value) {
				return
			}
		}
	}
}
