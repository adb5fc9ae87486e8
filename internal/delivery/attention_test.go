package delivery_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/delivery"
	"tandem/internal/memory"
)

// A notification was shown if a client that follows the inbox is itself online in a room.
func TestShown(t *testing.T) {
	t.Parallel()
	type in struct {
		person, room, client collab.ID
		status               collab.PresenceStatus
	}
	inbox := collab.InboxRoom("acme").ID
	for name, tc := range map[string]struct {
		present []in
		want    bool
	}{
		"nobody is there":                          {nil, false},
		"the client follows and is online":         {[]in{{"ada", inbox, "tab", "ONLINE"}, {"ada", "lobby", "tab", "ONLINE"}}, true},
		"the client follows and is away":           {[]in{{"ada", inbox, "tab", "ONLINE"}, {"ada", "lobby", "tab", "AWAY"}}, false},
		"the client follows and is in no room":     {[]in{{"ada", inbox, "tab", "ONLINE"}}, false},
		"the client is online and does not follow": {[]in{{"ada", "lobby", "tab", "ONLINE"}}, false},
		"another client is online":                 {[]in{{"ada", inbox, "tab", "ONLINE"}, {"ada", "lobby", "tab", "AWAY"}, {"ada", "lobby", "phone", "ONLINE"}}, false},
		"another person is online":                 {[]in{{"ada", inbox, "tab", "ONLINE"}, {"ben", "lobby", "tab", "ONLINE"}}, false},
		"one of two that follow is online": {[]in{{"ada", inbox, "tab", "ONLINE"}, {"ada", inbox, "phone", "ONLINE"},
			{"ada", "lobby", "tab", "AWAY"}, {"ada", "deals", "phone", "ONLINE"}}, true},
	} {
		presences := memory.NewPresences(time.Now)
		for _, p := range tc.present {
			client := collab.Presence{UserID: p.person, ClientID: p.client, PresenceState: collab.PresenceState{Status: p.status}}
			if err := presences.Enter(t.Context(), collab.Room{OrgID: "acme", ID: p.room}, client, nil, collab.PresenceTTL); err != nil {
				t.Fatal(err)
			}
		}
		if got := delivery.NewAttention(presences, time.Now).Shown(t.Context(), "acme", "ada"); got != tc.want {
			t.Errorf("%s: shown is %v", name, got)
		}
	}
}

// A client that follows is found however many rooms the person's other clients are in, and however many tabs follow.
func TestShownAmongManyTabs(t *testing.T) {
	t.Parallel()
	presences := memory.NewPresences(time.Now)
	enter := func(room, client string, status collab.PresenceStatus) {
		p := collab.Presence{UserID: "ada", ClientID: collab.ID(client), PresenceState: collab.PresenceState{Status: status}}
		if err := presences.Enter(t.Context(), collab.Room{OrgID: "acme", ID: collab.ID(room)}, p, nil, collab.PresenceTTL); err != nil {
			t.Fatal(err)
		}
	}
	inbox := string(collab.InboxRoom("acme").ID)
	for n := range collab.MaxClientsInRoom - 1 {
		enter(inbox, fmt.Sprint("tab", n), collab.StatusOnline)
		enter(fmt.Sprint("cus_0", n), fmt.Sprint("tab", n), collab.StatusAway)
	}
	for n := range 200 {
		enter(fmt.Sprint("cus_1", n), "other", collab.StatusOnline)
	}
	if delivery.NewAttention(presences, time.Now).Shown(t.Context(), "acme", "ada") {
		t.Error("tabs that are away have shown it")
	}
	enter(inbox, "seen", collab.StatusOnline)
	enter("cus_9", "seen", collab.StatusOnline)
	if !delivery.NewAttention(presences, time.Now).Shown(t.Context(), "acme", "ada") {
		t.Error("the tab that follows and is online was not found")
	}
}

// A room is read for all who ask at that time, also if the job of the first one is cancelled.
func TestShownReadsOnWithoutTheFirst(t *testing.T) {
	t.Parallel()
	presences := memory.NewPresences(time.Now)
	for _, room := range []collab.ID{collab.InboxRoom("acme").ID, "lobby"} {
		client := collab.Presence{UserID: "ada", ClientID: "tab", PresenceState: collab.PresenceState{Status: collab.StatusOnline}}
		if err := presences.Enter(t.Context(), collab.Room{OrgID: "acme", ID: room}, client, nil, collab.PresenceTTL); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	if !delivery.NewAttention(cancelling{presences, cancel}, time.Now).Shown(ctx, "acme", "ada") {
		t.Error("the room was not read")
	}
}

// cancelling cancels the context of who reads a room.
type cancelling struct {
	collab.Presences
	cancel context.CancelFunc
}

func (c cancelling) Present(ctx context.Context, room collab.Room) ([]collab.Presence, error) {
	c.cancel()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return c.Presences.Present(ctx, room)
}
