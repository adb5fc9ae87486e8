package redis_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/collabtest"
	"tandem/internal/redis"
	"tandem/internal/redistest"
)

func TestPresences(t *testing.T) {
	url := testURL(t)
	collabtest.Presences(t, func(t *testing.T, now func() time.Time) collab.Presences {
		return redis.NewPresences(connect(t, url), now)
	})
}

func TestPresencesOfTwo(t *testing.T) {
	url := testURL(t)
	collabtest.PresencesOfTwo(t, func(t *testing.T, now func() time.Time) (a, b collab.Presences) {
		return redis.NewPresences(connect(t, url), now), redis.NewPresences(connect(t, url), now)
	})
}

// Without a clock of a test, it is Redis's.
func TestPresencesUseTheClockOfRedis(t *testing.T) {
	client := connect(t, testURL(t))
	presences := redis.NewPresences(client, nil)
	room := newRoom()
	before := client.Time(t.Context()).Val()
	must(t, presences.Enter(t.Context(), room, ada, nil, collab.PresenceTTL))
	after := client.Time(t.Context()).Val()
	present, err := presences.Present(t.Context(), room)
	must(t, err)
	if p := present[0]; p.ChangedAt.Before(before) || p.ChangedAt.After(after) || p.SeenAt != collab.At(p.ChangedAt) {
		t.Errorf("the client came at %v and was seen at %v, want a time from %v to %v", p.ChangedAt, p.SeenAt, before, after)
	}
	must(t, presences.Renew(t.Context(), room, []collab.Presence{ada}, time.Microsecond))
	if present, _ := presences.Present(t.Context(), room); len(present) != 0 {
		t.Error("a client outlived its time")
	}
}

// Everything that a dead instance leaves behind expires by itself. All of it is in one slot of a
// cluster.
func TestPresencesExpire(t *testing.T) {
	client := connect(t, testURL(t))
	presences := redis.NewPresences(client, nil)
	room := newRoom()
	ben := collab.Presence{UserID: "ben", ClientID: "1"}
	must(t, presences.Enter(t.Context(), room, ada, nil, collab.PresenceTTL))
	must(t, presences.Enter(t.Context(), room, ada, nil, collab.PresenceGrace))
	must(t, presences.Renew(t.Context(), room, []collab.Presence{ada, ben}, collab.PresenceTTL))
	_, err := presences.Leave(t.Context(), room, "cy", "1")
	must(t, err)
	slot := fmt.Sprintf("{%s}", room.OrgID)
	keys := client.Keys(t.Context(), "*"+string(room.OrgID)+"*").Val()
	if len(keys) != 7 { // the five of the room, and the index of each person
		t.Errorf("there are %d keys: %q", len(keys), keys)
	}
	for _, key := range keys {
		if !strings.Contains(key, slot) {
			t.Errorf("%s can be in another slot than the rest", key)
		}
		expiry := client.PTTL(t.Context(), key).Val()
		if expiry < collab.PresenceTTL || expiry > 10*time.Minute {
			t.Errorf("%s expires after %v", key, expiry)
		}
	}
}

// A beat of many clients, most of all, since it has the most to do.
func BenchmarkRenew(b *testing.B) {
	client, err := redis.Open(b.Context(), os.Getenv("TEST_REDIS_URL"), slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	defer client.Close()
	for _, n := range []int{1, 10, 500} {
		b.Run(fmt.Sprintf("clients=%d", n), func(b *testing.B) {
			presences := redis.NewPresences(client, nil)
			room := newRoom()
			clients := make([]collab.Presence, n)
			for i := range clients {
				clients[i] = collab.Presence{UserID: collab.ID(fmt.Sprint("user-", i)), ClientID: "1"}
			}
			for b.Loop() {
				must(b, presences.Renew(b.Context(), room, clients, collab.PresenceTTL))
			}
		})
	}
}

// A Redis that restarts has forgotten everybody. Watchers are told, and beats put everybody back.
func TestPresencesAfterRestart(t *testing.T) {
	server := redistest.Start(t)
	presences := redis.NewPresences(connect(t, server.URL()), nil)
	room := newRoom()
	hints := make(chan collab.Room, 1<<12)
	presences.Watch(t.Context(), func(room collab.Room) { hints <- room })
	wantHint(t, hints, collab.Room{})
	must(t, presences.Enter(t.Context(), room, ada, nil, collab.PresenceTTL))
	wantHint(t, hints, room)

	server.Kill()
	if err := presences.Enter(t.Context(), room, ada, nil, collab.PresenceTTL); collab.CodeOf(err) != collab.Unavailable {
		t.Errorf("without Redis, the error is %v", err)
	}
	if err := presences.LeaveAll(t.Context(), room.OrgID, "ada"); collab.CodeOf(err) != collab.Unavailable {
		t.Errorf("without Redis, the error is %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := presences.Present(ended, room); err != context.Canceled {
		t.Errorf("after its request had ended, the error is %v", err)
	}

	server.Start()
	wantHint(t, hints, collab.Room{})
	must(t, presences.Renew(t.Context(), room, []collab.Presence{ada}, collab.PresenceTTL))
	wantHint(t, hints, room)
	if present, err := presences.Present(t.Context(), room); err != nil || len(present) != 1 {
		t.Errorf("after the beat %d are there (%v)", len(present), err)
	}
}

var ada = collab.Presence{UserID: "ada", ClientID: "1"}

// newRoom returns a room of an organization that nobody else has.
func newRoom() collab.Room {
	return collab.Room{OrgID: collab.NewID("org", time.Now()), ID: "room"}
}

func wantHint(t *testing.T, hints <-chan collab.Room, want collab.Room) {
	t.Helper()
	select {
	case got := <-hints:
		if got != want {
			t.Errorf("the hint is for %v, want %v", got, want)
		}
	case <-time.After(patience):
		t.Fatalf("no hint for %v comes", want)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
