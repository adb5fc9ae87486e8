package live_test

import (
	"crypto/rand"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

const conflictChanged = `subscription($id: ID, $after: Cursor) { conflictChanged(entityId: $id, after: $after) {
	cursor kind actor { id } timestamp conflict {
		__typename id entityId remoteVersion detectedFor { id } resolution resolvedBy { id }
		conflictedFields { field base local remote } ... on CustomerConflict { local { name } remote { name } } } } }`

const resolveConflict = `mutation($id: ID!, $resolution: Resolution!) { resolveCustomerConflict(input: {conflictId: $id, resolution: $resolution}) {
	__typename ... on CustomerSaved { cursor customer { name version } } } }`

// followConflicts returns the next event of a conflict on a socket.
func followConflicts(p *servertest.Person, id, after any) func() servertest.Answer {
	s := p.Connect()
	s.Subscribe("1", conflictChanged, servertest.Object{"id": id, "after": after})
	return func() servertest.Answer { return s.Next("1").At("conflictChanged") }
}

// Everybody who sees the entity follows its conflicts: how they begin, move on and end, and who does it.
func TestConflictChanged(t *testing.T) {
	t.Parallel()
	servertest.OnOneAndTwo(t, func(t *testing.T, one, two *servertest.Instance, _ string) {
		org := rand.Text()
		ada, ben := servertest.Join(t, one, org, "ada", collab.RoleMember), servertest.Join(t, two, org, "ben", collab.RoleMember)
		cy := servertest.Join(t, two, org, "cy", collab.RoleViewer)
		customer := ada.Create(servertest.Object{"name": "Base"})
		next := followConflicts(cy, customer["id"], customer["cursor"])
		ada.Update(customer, 1, servertest.Object{"name": "Remote"})
		conflict := ben.Update(customer, 1, servertest.Object{"name": "Local"}).Get("id")
		opened := next().Is(`{"cursor": "<cursor:opened>", "kind": "OPENED", "actor": {"id": "ben"}, "timestamp": "<time>", "conflict": {
			"__typename": "CustomerConflict", "id": "$id", "entityId": "$entity", "remoteVersion": 2, "detectedFor": {"id": "ben"},
			"resolution": null, "resolvedBy": null, "conflictedFields": [{"field": "name", "base": "Base", "local": "Local", "remote": "Remote"}],
			"local": {"name": "Local"}, "remote": {"name": "Remote"}}}`, servertest.Object{"id": conflict, "entity": customer["id"]})

		moving := ben.Ask(`{ conflicts(open: true) { nodes { ... on CustomerConflict { id remoteVersion } } } }`, nil)
		moving.At("conflicts.nodes").Is(`[{"id": "$id", "remoteVersion": 2}]`, servertest.Object{"id": conflict})
		ada.Update(customer, 2, servertest.Object{"name": "Newer"})
		ben.Ask(resolveConflict, servertest.Object{"id": conflict, "resolution": "LOCAL"}).At("resolveCustomerConflict.__typename").Is(`"CustomerConflict"`)
		moved := next()
		moved.At("kind").Is(`"MOVED"`)
		moved.At("conflict.conflictedFields").Is(`[{"field": "name", "base": "Remote", "local": "Local", "remote": "Newer"}]`)

		ada.Ask(resolveConflict, servertest.Object{"id": conflict, "resolution": "LOCAL"}).At("resolveCustomerConflict.__typename").Is(`"CustomerSaved"`)
		resolved := next()
		resolved.At("kind").Is(`"RESOLVED"`)
		resolved.At("actor").Is(`{"id": "ada"}`)
		resolved.At("conflict.resolution").Is(`"LOCAL"`)
		resolved.At("conflict.resolvedBy").Is(`{"id": "ada"}`)

		// A resumed subscription continues on the other instance; the conflict is as it is now.
		again := followConflicts(cy.On(one), nil, opened["opened"])
		for _, event := range []servertest.Answer{moved, resolved} {
			resumed := again()
			resumed.At("kind").Is(event.At("kind").String())
			resumed.At("cursor").Is(event.At("cursor").String())
			resumed.At("conflict.resolution").Is(`"LOCAL"`)
		}
	})
}

// A subscription to the conflicts of one entity reads them from the log, although nobody followed them as they happened.
func TestConflictChangedReadsTheLog(t *testing.T) {
	t.Parallel()
	servertest.OnOneAndTwo(t, func(t *testing.T, one, two *servertest.Instance, _ string) {
		org := rand.Text()
		ada, ben := servertest.Join(t, one, org, "ada", collab.RoleMember), servertest.Join(t, one, org, "ben", collab.RoleMember)
		customer := ada.Create(servertest.Object{"name": "Base"})
		ada.Update(customer, 1, servertest.Object{"name": "Remote"})
		for range 2 {
			ben.Update(customer, 1, servertest.Object{"name": "Local"})
		}
		conflict := servertest.Object{"id": ben.Ask(`{ conflicts { nodes { id } } }`, nil).List("conflicts.nodes")[0].Get("id"), "resolution": "LOCAL"}
		ada.Update(customer, 2, servertest.Object{"name": "Newer"})
		for range 2 { // the first meets the newer change
			ben.Ask(resolveConflict, conflict)
		}
		for _, at := range []*servertest.Instance{one, two} {
			next := followConflicts(ben.On(at), customer["id"], customer["cursor"])
			for _, kind := range []string{"OPENED", "OPENED", "MOVED", "RESOLVED"} {
				next().At("kind").Is(`"` + kind + `"`)
			}
		}
	})
}

// A subscriber who reads an event late gets the conflict as it is now, although the event was sent to others before.
func TestLateReadersGetConflictsAsTheyAre(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	ben, cy := servertest.Join(t, ada.At, "acme", "ben", collab.RoleMember), servertest.Join(t, ada.At, "acme", "cy", collab.RoleMember)
	cy.Ask(`{ viewer { role } }`, nil) // a member from here on
	customer := ada.Create(servertest.Object{"name": "Base"})
	early := followConflicts(ada, customer["id"], customer["cursor"])
	ada.Update(customer, 1, servertest.Object{"name": "Remote"})
	conflict := ben.Update(customer, 1, servertest.Object{"name": "Local"}).Get("id")
	early().At("conflict.resolution").Is(`null`)
	ada.Update(customer, 2, servertest.Object{"name": "Newer"})
	for range 2 { // the first meets the newer change
		ben.Ask(resolveConflict, servertest.Object{"id": conflict, "resolution": "LOCAL"})
	}
	early().At("kind").Is(`"MOVED"`)
	early().At("conflict.resolution").Is(`"LOCAL"`)
	late := followConflicts(cy, customer["id"], customer["cursor"])
	for _, kind := range []string{"OPENED", "MOVED", "RESOLVED"} {
		event := late()
		event.At("kind").Is(`"` + kind + `"`)
		event.At("conflict.resolution").Is(`"LOCAL"`)
	}
}

// A resolution that keeps the remote values makes no version, and is an event too. A deletion leaves the conflict open.
func TestConflictChangedWithoutVersion(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	ben := servertest.Join(t, ada.At, "acme", "ben", collab.RoleMember)
	customer := ada.Create(servertest.Object{"name": "Base"})
	next := followConflicts(ada, nil, customer["cursor"])
	ada.Update(customer, 1, servertest.Object{"name": "Remote"})
	kept := ben.Update(customer, 1, servertest.Object{"name": "Local"}).Get("id")
	next().At("kind").Is(`"OPENED"`)
	ben.Ask(resolveConflict, servertest.Object{"id": kept, "resolution": "REMOTE"}).At("resolveCustomerConflict.customer.version").Is(`2`)
	next().At("conflict.resolution").Is(`"REMOTE"`)

	open := ben.Update(customer, 1, servertest.Object{"name": "Local"}).Get("id")
	next().At("conflict.id").Is(`"$id"`, servertest.Object{"id": open})
	remove := `mutation($id: ID!) { deleteEntity(input: {id: $id, baseVersion: 2}) { __typename } }`
	restore := `mutation($id: ID!) { restoreEntity(input: {id: $id}) { __typename } }`
	ada.Ask(remove, servertest.Object{"id": customer["id"]}).Is(`{"deleteEntity": {"__typename": "EntityDeleted"}}`)
	ada.Ask(`{ conflicts(open: true) { nodes { id } } }`, nil).Is(`{"conflicts": {"nodes": [{"id": "$id"}]}}`, servertest.Object{"id": open})
	ada.Ask(restore, servertest.Object{"id": customer["id"]})
	ben.Ask(resolveConflict, servertest.Object{"id": open, "resolution": "REMOTE"})
	next().At("kind").Is(`"RESOLVED"`)
}

// A person follows the conflicts over restricted entities while they may see the entity.
func TestConflictChangedFollowsAccess(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleAdmin)
	ben, cy := servertest.Join(t, ada.At, "acme", "ben", collab.RoleMember), servertest.Join(t, ada.At, "acme", "cy", collab.RoleMember)
	for _, p := range []*servertest.Person{ben, cy} {
		p.Ask(`{ viewer { role } }`, nil) // a member from here on
	}
	hidden := ada.Create(servertest.Object{"name": "Base", "visibility": "RESTRICTED"})
	shown := ada.Create(servertest.Object{"name": "Base"})
	share := `mutation($id: ID!, $user: ID!, $level: AccessLevel!) { grantAccess(entityId: $id, userId: $user, level: $level) }`
	ada.Ask(share, servertest.Object{"id": hidden["id"], "user": "ben", "level": "WRITE"})
	after := shown["cursor"]
	all, one := followConflicts(cy, nil, after), followConflicts(cy, hidden["id"], after)
	meet := func(customer servertest.Object, base int, local string) any {
		ada.Update(customer, base, servertest.Object{"name": "Remote " + local})
		return ben.Update(customer, base, servertest.Object{"name": local}).Get("id")
	}
	early := meet(hidden, 1, "one")
	ada.Ask(share, servertest.Object{"id": hidden["id"], "user": "cy", "level": "READ"})
	late := meet(hidden, 2, "two")
	for _, next := range []func() servertest.Answer{all, one} {
		next().At("conflict.id").Is(`"$id"`, servertest.Object{"id": late})
	}
	ben.Ask(resolveConflict, servertest.Object{"id": early, "resolution": "REMOTE"})
	for _, next := range []func() servertest.Answer{all, one} { // the edit is from before cy saw the entity
		next().Is(`{"cursor": "<cursor>", "kind": "RESOLVED", "actor": {"id": "ben"}, "timestamp": "<time>", "conflict": {
			"__typename": "CustomerConflict", "id": "$id", "entityId": "$entity", "remoteVersion": 2, "detectedFor": {"id": "ben"},
			"resolution": "REMOTE", "resolvedBy": {"id": "ben"}, "conflictedFields": [{"field": "name", "base": null, "local": null, "remote": "Remote two"}],
			"local": {"name": "Remote two"}, "remote": {"name": "Remote two"}}}`, servertest.Object{"id": early, "entity": hidden["id"]})
	}
	ada.Ask(`mutation($id: ID!) { revokeAccess(entityId: $id, userId: "cy") }`, servertest.Object{"id": hidden["id"]})
	ben.Ask(resolveConflict, servertest.Object{"id": late, "resolution": "LOCAL"})
	visible := meet(shown, 1, "three")
	all().At("conflict.id").Is(`"$id"`, servertest.Object{"id": visible})
	followConflicts(cy, nil, after)().At("conflict.id").Is(`"$id"`, servertest.Object{"id": visible})
}
