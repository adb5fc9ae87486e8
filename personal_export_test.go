package main

import (
	"crypto/rand"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/eventually"
	"tandem/internal/memory"
	"tandem/internal/sqlite"
)

// An export has all of a life, the same for the person and for an admin, and of
// what the person may not see no more than that it is there.
func TestExport(t *testing.T) {
	t.Parallel()
	onOneAndTwo(t, func(t *testing.T, one, two *instance, _ string) {
		l := lead(t, rand.Text(), one, two)
		beats := object{"room": "lobby", "client": "phone"}
		l.quirin.ask(`mutation($room: ID!, $client: ID!) { heartbeat(room: $room, clientId: $client, state: {currentPage: "/q"}) { totalCount } }`, beats)
		secret := l.ada.restricted("Secret of ada's")
		l.ada.update(secret, 1, object{"ownerId": "q7"})
		l.ada.update(secret, 2, object{"ownerId": "cleo", "name": "Secret of cleo's"})
		want(t, "of somebody else", l.cleo.code(exportHers, nil), "FORBIDDEN")
		want(t, "of nobody", l.ada.code(`mutation { exportPersonalData(userId: "nobody") }`, nil), "BAD_USER_INPUT")

		whole := l.quirin.ask(exportHers, nil)["exportPersonalData"].(object)
		byAdmin := l.ada.ask(exportHers, nil)["exportPersonalData"].(object)
		for _, name := range []string{"person", "grants", "entities", "log", "comments", "conflicts", "notifications", "notificationsToOthers", "asOf"} {
			want(t, name+" by an admin", byAdmin[name], whole[name])
		}
		want(t, "person", whole["person"], object{
			"id": "q7", "name": "Quirina Zwetschge", "email": "quirina@example.com", "picture": "https://example.com/quirina.png",
			"role": "MEMBER", "removed": false, "erased": false, "presenceHidden": false,
		})
		lobby := whole["presence"].([]any)[0].(object)
		want(t, "presence", []any{lobby["room"], lobby["clientId"], lobby["currentPage"]}, []any{"lobby", "phone", "/q"})
		counts := object{}
		for _, name := range []string{"grants", "entities", "comments", "conflicts"} {
			counts[name] = len(whole[name].([]any))
		}
		want(t, "records", counts, object{"grants": 1, "entities": 2, "comments": 2, "conflicts": 1})
		want(t, "conflict", whole["conflicts"].([]any)[0].(object)["patch"], object{"notes": "grmblfx"})
		want(t, "as", whole["entities"].([]any)[0].(object)["as"], []any{"ownerId"})
		shown := text(t, whole)
		for _, word := range []string{"q-device-1", "i like zwetschge", "so do i", "quirina zwetschge made you the owner", `"type":"view"`} {
			if !strings.Contains(shown, word) {
				t.Errorf("the export has no %q: %s", word, shown)
			}
		}

		again := l.quirin.ask(exportHers, nil)["exportPersonalData"].(object)
		newest := again["audit"].([]any)[0].(object)
		want(t, "audited", []any{newest["action"], newest["actor"], newest["subject"], newest["address"]},
			[]any{"PERSONAL_DATA_EXPORTED", false, true, nil}) // by the admin, from wherever she is

		// She owned it once, and may not see it now.
		for _, word := range []string{"secret of"} {
			if strings.Contains(shown, word) {
				t.Errorf("the export has %q", word)
			}
		}
		want(t, "it is there by id", strings.Contains(shown, secret["id"].(string)), true)
	})
}

// An instance prunes by itself, from its start.
func TestRetentionAtStart(t *testing.T) {
	t.Parallel()
	environment := embedded(t)
	store, err := sqlite.Open(t.Context(), strings.TrimPrefix(environment["DATABASE_URL"], "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	past := collab.NewService(store, memory.NewBus(), slog.New(slog.DiscardHandler), func() time.Time { return time.Now().Add(-40 * day) })
	for _, user := range []collab.ID{"ada", "ben", "cleo"} {
		if _, err := past.Admit(t.Context(), collab.Claims{UserID: user, OrganizationID: "acme", Role: collab.RoleAdmin}); err != nil {
			t.Fatal(err)
		}
	}
	store.Close()
	environment["RETENTION"] = "30"
	ada := join(t, start(t, environment), "acme", "ada", collab.RoleAdmin)
	head := ada.ask(`{ customers { asOf } }`, nil)["customers"].(object)["asOf"].(string)
	first := head[:len(head)-1] + "1"
	eventually.Is(t, "the first cursor", func() any {
		errors, _ := ada.send(`query($after: Cursor) { changes(after: $after) { hasMore } }`, object{"after": first})["errors"].([]any)
		return len(errors)
	}, 1)
}

// What is older than the retention is pruned, from every table; cursors from before
// are told to fetch afresh, and who is up to date goes on.
func TestRetention(t *testing.T) {
	t.Parallel()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "tandem.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	log := slog.New(slog.DiscardHandler)
	app := newApp(settings{AuthSecrets: []string{secret}, ConnectionInitTimeout: patience}, store, unlinked(), log)
	app.bus.Listen(t.Context(), app.hub.Announce)
	go app.hub.Run(t.Context())
	server := httptest.NewServer(app.handler(t.Context(), new(sync.WaitGroup)))
	t.Cleanup(server.Close)
	at := &instance{url: server.URL}

	ada := join(t, at, "acme", "ada", collab.RoleAdmin)
	first := ada.create(object{"name": "v1"})
	gone := ada.create(object{"name": "gone"})
	ada.comment(gone["id"], "pruneme")
	ada.ask(`mutation($id: ID!) { deleteEntity(input: {id: $id, baseVersion: 1}) { __typename } }`, object{"id": gone["id"]})
	conflict := func() any {
		join(t, at, "acme", "ben", collab.RoleMember).update(first, 1, object{"name": "v2"})
		return ada.update(first, 1, object{"name": "mine"})["__typename"]
	}
	want(t, "conflict", conflict(), "CustomerConflict")
	live := ada.connect()
	live.subscribe("s", customerChanged, object{"after": ada.ask(`{ customers { asOf } }`, nil)["customers"].(object)["asOf"]})

	later := collab.NewService(store, app.bus, log, func() time.Time { return time.Now().Add(40 * 24 * time.Hour) })
	for retention, some := range map[time.Duration]bool{41 * day: false, 30 * day: true} {
		pruned, err := later.Prune(t.Context(), retention)
		if err != nil || (pruned > 0) != some {
			t.Errorf("of %v, pruned %d, %v", retention, pruned, err)
		}
	}
	ada.update(first, 2, object{"name": "v3"})
	want(t, "who was up to date", live.next("s")["customerChanged"].(object)["version"], 3)
	want(t, "old cursor", ada.code(`query($after: Cursor) { changes(after: $after) { hasMore } }`, object{"after": first["cursor"]}), "RESYNC_REQUIRED")
	eventually.Is(t, "old cursor of a stream", func() any {
		s := ada.connect()
		s.subscribe("s", customerChanged, object{"after": first["cursor"]})
		return s.read()["type"]
	}, "error")
	left := ada.ask(`query($id: ID!, $gone: ID!) { node(id: $gone) { id } activity { nodes { id } }
		customer(id: $id) { name atVersion(version: 1) { name } }
		conflicts { nodes { ... on CustomerConflict { base { name } remote { name } local { name } } } } }`, object{"id": first["id"], "gone": gone["id"]})
	want(t, "what is left", left["customer"], object{"name": "v3", "atVersion": nil})
	want(t, "the deleted one", left["node"], nil)
	want(t, "activity", len(left["activity"].(object)["nodes"].([]any)), 1)
	want(t, "the open conflict", left["conflicts"].(object)["nodes"], []any{object{
		"base": nil, "remote": object{"name": "v3"}, "local": object{"name": "mine"}}})

	// The log has nothing of a version, and no list or lookup the entity.
	ada.ask(`mutation($id: ID!) { deleteEntity(input: {id: $id, baseVersion: 3}) { __typename } }`, object{"id": first["id"]})
	left = ada.ask(`{ conflicts { nodes { ... on CustomerConflict { base { name } remote { name } local { name } } } } }`, nil)
	want(t, "the conflict over what was deleted", left["conflicts"].(object)["nodes"], []any{object{
		"base": nil, "remote": object{"name": "v3"}, "local": object{"name": "mine"}}})
}
