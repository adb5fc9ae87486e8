package main

import (
	"testing"
	"time"

	"tandem/internal/auth"
	"tandem/internal/collab"
)

const sessionEvents = `subscription { session { __typename ... on SessionExpiring { expiresAt } ... on ServerDraining { reconnectAfterMs } } }`

const refresh = `mutation ($token: String!) { refreshSession(token: $token) { user { id name } } }`

// until returns the person with a token that is good until then.
func (p *person) until(user, org string, expires time.Time) *person {
	p.t.Helper()
	token, err := auth.NewVerifier([]string{secret}, "", "", time.Now).Sign(collab.Claims{
		UserID: collab.ID(user), OrganizationID: collab.ID(org), Role: collab.RoleMember, Name: "Ada the Second",
	}, expires)
	if err != nil {
		p.t.Fatal(err)
	}
	return &person{t: p.t, at: p.at, token: token}
}

// soon is when a token expires that a test waits for, in the seconds that tokens know.
func soon() time.Time { return time.Now().Add(3 * time.Second).Truncate(time.Second) }

func TestSessionExpires(t *testing.T) {
	t.Parallel()
	onEveryWire(t, func(t *testing.T, w wire) {
		ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleMember)
		expires := soon()
		next := w.subscribe(ada.until("ada", "acme", expires), sessionEvents, nil)
		event := next().data.(object)["session"].(object)
		if event["__typename"] != "SessionExpiring" || event["expiresAt"] != expires.UTC().Format("2006-01-02T15:04:05.000Z") {
			t.Errorf("got %v, want the expiry at %v", event, expires.UTC())
		}
		if got := next(); got.end != "lost" {
			t.Errorf("the session ended with %+v", got)
		}
	})
}

func TestSessionTellsOfTheDrain(t *testing.T) {
	t.Parallel()
	onEveryWire(t, func(t *testing.T, w wire) {
		at := start(t, embedded(t))
		next := w.subscribe(join(t, at, "acme", "ada", collab.RoleMember), sessionEvents, nil)
		at.stop()
		event := next().data.(object)["session"].(object)
		if wait, _ := event["reconnectAfterMs"].(float64); event["__typename"] != "ServerDraining" || wait < 0 || wait > 10_000 {
			t.Errorf("got %v", event)
		}
		if got := next(); got.end != "lost" {
			t.Errorf("the session ended with %+v", got)
		}
	})
}

// A fresh token on the open connection: what is subscribed goes on, past the end of the first one.
func TestRefreshSession(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleMember)
	customer := ada.create(object{"name": "v1"})
	old := ada.until("ada", "acme", soon())
	refreshed, left := old.connect(), old.connect()
	refreshed.subscribe("session", sessionEvents, nil)
	refreshed.subscribe("changes", customerChanged, object{"after": customer["cursor"]})
	if got := refreshed.read(); got["id"] != "session" {
		t.Fatalf("got %v, want the expiry", got)
	}
	fresh := ada.until("ada", "acme", time.Now().Add(time.Hour))
	refreshed.subscribe("refresh", refresh, object{"token": fresh.token})
	answer := refreshed.read()["payload"].(object)["data"].(object)["refreshSession"].(object)["user"].(object)
	if answer["name"] != "Ada the Second" {
		t.Errorf("the fresh token is of %v", answer)
	}
	if got := refreshed.read(); got["type"] != "complete" {
		t.Errorf("got %v", got)
	}
	if code := left.closeCode(); code != 4403 { // the one that kept the old token
		t.Errorf("closed with %d, want 4403", code)
	}
	ada.update(customer, 1, object{"name": "v2"})
	if got := refreshed.read(); got["id"] != "changes" || got["type"] != "next" {
		t.Errorf("got %v, want the change", got)
	}
}

func TestRefreshSessionRefuses(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleMember)
	s := ada.connect()
	hour := time.Now().Add(time.Hour)
	for name, test := range map[string]struct{ token, code string }{
		"another person":       {ada.until("ben", "acme", hour).token, "FORBIDDEN"},
		"another organization": {ada.until("ada", "other", hour).token, "FORBIDDEN"},
		"an expired token":     {ada.until("ada", "acme", time.Now().Add(-time.Hour)).token, "UNAUTHENTICATED"},
		"no token":             {"nonsense", "UNAUTHENTICATED"},
	} {
		s.subscribe(name, refresh, object{"token": test.token})
		got := s.read()["payload"].(object)
		if code := got["errors"].([]any)[0].(object)["extensions"].(object)["code"]; code != test.code {
			t.Errorf("%s: %v, want %s", name, got, test.code)
		}
		s.read() // complete
	}
	if code := ada.code(refresh, object{"token": ada.token}); code != "BAD_USER_INPUT" {
		t.Errorf("over HTTP: %s", code)
	}
}
