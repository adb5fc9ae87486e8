package personal_test

import (
	"crypto/rand"
	"log/slog"
	"strings"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/eventually"
	"tandem/internal/memory"
	"tandem/internal/servertest"
	"tandem/internal/sqlite"
)

// An export has a person's whole history, the same for the person and for an admin. Of entities that the person
// may not see it only shows that they exist.
func TestExport(t *testing.T) {
	t.Parallel()
	servertest.OnOneAndTwo(t, func(t *testing.T, one, two *servertest.Instance, _ string) {
		l := lead(t, rand.Text(), one, two)
		beats := servertest.Object{"room": "lobby", "client": "phone"}
		l.quirin.Ask(`mutation($room: ID!, $client: ID!) { heartbeat(room: $room, clientId: $client, state: {currentPage: "/q"}) { totalCount } }`, beats)
		secret := l.ada.Restricted("Secret of ada's")
		l.ada.Update(secret, 1, servertest.Object{"ownerId": "q7"})
		l.ada.Update(secret, 2, servertest.Object{"ownerId": "cleo", "name": "Secret of cleo's"})
		servertest.Want(t, "of somebody else", l.cleo.Code(exportHers, nil), "FORBIDDEN")
		servertest.Want(t, "of nobody", l.ada.Code(`mutation { exportPersonalData(userId: "nobody") }`, nil), "BAD_USER_INPUT")

		whole := l.quirin.Ask(exportHers, nil).At("exportPersonalData")
		byAdmin := l.ada.Ask(exportHers, nil).At("exportPersonalData")
		for _, name := range []string{"person", "grants", "entities", "log", "comments", "conflicts", "notifications", "notificationsToOthers", "asOf"} {
			byAdmin.At(name).Is(`"$hers"`, servertest.Object{"hers": whole.Get(name)})
		}
		whole.At("person").Is(`{"id": "q7", "name": "Quirina Zwetschge", "email": "quirina@example.com", "picture": "https://example.com/quirina.png",
			"role": "MEMBER", "removed": false, "erased": false, "presenceHidden": false}`)
		lobby := whole.At("presence.0")
		lobby.At("room").Is(`"lobby"`)
		lobby.At("clientId").Is(`"phone"`)
		lobby.At("currentPage").Is(`"/q"`)
		for name, records := range map[string]int{"grants": 1, "entities": 2, "comments": 2, "conflicts": 1} {
			servertest.Want(t, name, len(whole.List(name)), records)
		}
		whole.At("conflicts.0.patch").Is(`{"notes": "grmblfx"}`)
		whole.At("entities.0.as").Is(`["ownerId"]`)
		shown := text(whole)
		for _, word := range []string{"q-device-1", "i like zwetschge", "so do i", "quirina zwetschge made you the owner", `"type":"view"`} {
			if !strings.Contains(shown, word) {
				t.Errorf("the export has no %q: %s", word, shown)
			}
		}

		l.quirin.Ask(exportHers, nil).At("exportPersonalData.audit.0").Is(`{"number": "<number>", "occurredAt": "<time>",
			"action": "PERSONAL_DATA_EXPORTED", "actor": false, "subject": true}`) // by the admin, without an address

		// She owned it once, and may not see it now.
		for _, word := range []string{"secret of"} {
			if strings.Contains(shown, word) {
				t.Errorf("the export has %q", word)
			}
		}
		servertest.Want(t, "it is there by id", strings.Contains(shown, secret["id"].(string)), true)
	})
}

// An instance prunes by itself, from its start.
func TestRetentionAtStart(t *testing.T) {
	t.Parallel()
	environment := servertest.Embedded(t)
	store, err := sqlite.Open(t.Context(), strings.TrimPrefix(environment["DATABASE_URL"], "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	past := collab.NewService(store, memory.NewBus(), nil, slog.New(slog.DiscardHandler), func() time.Time { return time.Now().Add(-40 * 24 * time.Hour) })
	for _, user := range []collab.ID{"ada", "ben", "cleo"} {
		if _, err := past.Admit(t.Context(), collab.Claims{UserID: user, OrganizationID: "acme", Role: collab.RoleAdmin}); err != nil {
			t.Fatal(err)
		}
	}
	store.Close()
	environment["RETENTION"] = "30"
	ada := servertest.Join(t, servertest.Start(t, environment), "acme", "ada", collab.RoleAdmin)
	head := ada.Ask(`{ customers { asOf } }`, nil).Text("customers.asOf")
	first := head[:len(head)-1] + "1"
	eventually.True(t, "the first cursor is too old", func() bool {
		return ada.Send(`query($after: Cursor) { changes(after: $after) { hasMore } }`, servertest.Object{"after": first}).Has("errors")
	})
}

// Data older than the retention is pruned from every table. Clients with older cursors are told to fetch afresh,
// and clients that are up to date continue.
func TestRetention(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, nil)
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleAdmin)
	first := ada.Create(servertest.Object{"name": "v1"})
	gone := ada.Create(servertest.Object{"name": "gone"})
	ada.Comment(gone["id"], "pruneme")
	ada.Ask(`mutation($id: ID!) { deleteEntity(input: {id: $id, baseVersion: 1}) { __typename } }`, servertest.Object{"id": gone["id"]})
	servertest.Join(t, at, "acme", "ben", collab.RoleMember).Update(first, 1, servertest.Object{"name": "v2"})
	ada.Update(first, 1, servertest.Object{"name": "mine"}).At("__typename").Is(`"CustomerConflict"`)
	live := ada.Connect()
	live.Subscribe("s", servertest.CustomerChanged, servertest.Object{"after": ada.Ask(`{ customers { asOf } }`, nil).Get("customers.asOf")})

	later := collab.NewService(at.Server.Store, at.Server.Bus, nil, slog.New(slog.DiscardHandler), func() time.Time { return time.Now().Add(40 * 24 * time.Hour) })
	for retention, some := range map[time.Duration]bool{41 * 24 * time.Hour: false, 30 * 24 * time.Hour: true} {
		pruned, err := later.Prune(t.Context(), retention)
		if err != nil || (pruned > 0) != some {
			t.Errorf("of %v, pruned %d, %v", retention, pruned, err)
		}
	}
	ada.Update(first, 2, servertest.Object{"name": "v3"})
	live.Next("s").At("customerChanged.version").Is(`3`) // who was up to date
	servertest.Want(t, "old cursor", ada.Code(`query($after: Cursor) { changes(after: $after) { hasMore } }`, servertest.Object{"after": first["cursor"]}), "RESYNC_REQUIRED")
	eventually.Is(t, "old cursor of a stream", func() any {
		s := ada.Connect()
		s.Subscribe("s", servertest.CustomerChanged, servertest.Object{"after": first["cursor"]})
		return s.Read().Get("type")
	}, "error")
	ada.Ask(`query($id: ID!, $gone: ID!) { node(id: $gone) { id } activity { nodes { id } }
		customer(id: $id) { name atVersion(version: 1) { name } }
		conflicts { nodes { ... on CustomerConflict { base { name } remote { name } local { name } } } } }`, servertest.Object{"id": first["id"], "gone": gone["id"]}).
		Is(`{"node": null, "activity": {"nodes": [{"id": "<id>"}]}, "customer": {"name": "v3", "atVersion": null},
			"conflicts": {"nodes": [{"base": null, "remote": {"name": "v3"}, "local": {"name": "mine"}}]}}`)

	// The log has nothing about one version, and no list or lookup has the entity.
	ada.Ask(`mutation($id: ID!) { deleteEntity(input: {id: $id, baseVersion: 3}) { __typename } }`, servertest.Object{"id": first["id"]})
	ada.Ask(`{ conflicts { nodes { ... on CustomerConflict { base { name } remote { name } local { name } } } } }`, nil).
		Is(`{"conflicts": {"nodes": [{"base": null, "remote": {"name": "v3"}, "local": {"name": "mine"}}]}}`)
}
