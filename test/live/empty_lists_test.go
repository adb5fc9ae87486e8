package live_test

import (
	"fmt"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// An empty list in a filter matches nothing, also after a change of access, when subscriptions begin again.
func TestEmptyListsMatchNothing(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ada, ben := servertest.Join(t, at, "acme", "ada", collab.RoleAdmin), servertest.Join(t, at, "acme", "ben", collab.RoleMember)
	ben.Ask(`{ viewer { role } }`, nil)
	secret, open := ada.Restricted("secret"), ada.Create(servertest.Object{"name": "open"})
	s := ben.Connect()
	for _, list := range []string{"status", "ids", "ownerIds", "tags"} {
		s.Subscribe(list, `subscription($filter: CustomerFilter) { customerChanged(filter: $filter) { kind } }`, servertest.Object{"filter": servertest.Object{list: []string{}}})
		s.Subscribe(list+" literally", fmt.Sprintf(`subscription { customerChanged(filter: {%s: []}) { kind } }`, list), nil)
	}
	s.Subscribe("all", `subscription($after: Cursor) { customerChanged(filter: {}, after: $after) { kind version } }`, servertest.Object{"after": open["cursor"]})
	next := func(kind string, version int) {
		t.Helper()
		s.Next("all").Is(fmt.Sprintf(`{"customerChanged": {"kind": %q, "version": %d}}`, kind, version))
	}
	ada.Grant(secret, "ben", "READ")
	next("ACCESS_GAINED", 1)
	for version := 1; version <= 3; version++ {
		ada.Update(open, version, servertest.Object{"name": fmt.Sprint("open ", version)})
		next("UPDATED", version+1)
	}
}
