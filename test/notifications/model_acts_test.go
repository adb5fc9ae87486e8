package notifications_test

import (
	"fmt"

	"tandem/internal/servertest"
)

// collide has somebody edit a record, and the actor edit an older version of it. Both are notified of the conflict, which the actor
// resolves by leaving the other's value.
func (m *told) collide(actor, id string) string {
	m.t.Helper()
	r, other := m.records[id], m.somebody(id)
	if other == actor {
		return "nothing"
	}
	m.people[other].Update(r.customer, r.version, servertest.Object{"phone": fmt.Sprint("other ", r.version)}).At("__typename").Is(`"CustomerSaved"`)
	r.version++
	m.notify(other, id, m.watchers(id))
	stale := m.people[actor].Update(r.customer, r.version-1, servertest.Object{"phone": fmt.Sprint("own ", r.version)})
	stale.At("__typename").Is(`"CustomerConflict"`)
	m.tell(actor, "CONFLICT", id, true)
	m.notify(actor, id, [][2]string{{"CONFLICT", other}})
	m.people[actor].Ask(`mutation($id: ID!) { resolveCustomerConflict(input: {conflictId: $id, resolution: REMOTE}) { __typename } }`,
		servertest.Object{"id": stale.Get("id")}).At("resolveCustomerConflict.__typename").Is(`"CustomerSaved"`)
	m.suppress(func(u unread) bool { return u.kind == "CONFLICT" && u.record == id }) // all conflicts of the record are resolved
	m.notify(actor, id, [][2]string{{"CONFLICT_RESOLVED", other}})
	return actor + " collides with " + other
}

// deleteAndRestore has ada, who is an admin, delete a record and restore it.
func (m *told) deleteAndRestore(id string) string {
	m.t.Helper()
	r, ada := m.records[id], m.people["ada"]
	ada.Ask(`mutation($id: ID!, $v: Int!) { deleteEntity(input: {id: $id, baseVersion: $v}) { __typename } }`,
		servertest.Object{"id": r.customer["id"], "v": r.version}).At("deleteEntity.__typename").Is(`"EntityDeleted"`)
	m.notify("ada", id, append([][2]string{{"ENTITY_DELETED", r.owner}}, m.watchers(id)...))
	ada.Ask(`mutation($id: ID!) { restoreEntity(input: {id: $id}) { __typename } }`, servertest.Object{"id": r.customer["id"]}).
		At("restoreEntity.__typename").Is(`"CustomerSaved"`)
	m.notify("ada", id, m.watchers(id))
	r.version += 2
	return "ada deletes and restores " + id
}
