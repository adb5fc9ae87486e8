package access_test

import (
	"testing"

	"tandem/internal/collab"
	"tandem/internal/eventually"
	"tandem/internal/hub"
	"tandem/internal/servertest"
)

// Subscribers with equal scope share one execution, whatever their roles. An operation that selects fields which
// depend on the person has one execution for each person.
func TestExecutionsAreShared(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	broadcasts := at.Server.Broadcasts
	ada, vic := servertest.Join(t, at, "acme", "ada", collab.RoleMember), servertest.Join(t, at, "acme", "vic", collab.RoleViewer)
	eve := servertest.Join(t, at, "evil", "eve", collab.RoleAdmin)
	customer, other := ada.Create(servertest.Object{"name": "v1"}), eve.Create(servertest.Object{"name": "evil"})

	const shared = `subscription($after: Cursor) { customerChanged(after: $after) { version customer { name updatedBy { name } } } }`
	const personal = `subscription($after: Cursor) { customerChanged(after: $after) { version customer { viewerAccess { canEdit } } } }`
	first, second, third := ada.Connect(), vic.Connect(), eve.Connect()
	for _, s := range []*servertest.Socket{first, second} {
		s.Subscribe("shared", shared, servertest.Object{"after": customer["cursor"]})
	}
	third.Subscribe("shared", shared, servertest.Object{"after": other["cursor"]})
	stats := func() hub.BroadcastStats { return broadcasts.Stats() }
	eventually.Is(t, "members", func() int64 { return int64(stats().Members) }, 3)
	servertest.Want(t, "broadcasts of two organizations", stats().Broadcasts, 2)
	eventually.Is(t, "members that catch up", func() int64 { return int64(stats().BehindNow) }, 0)

	ada.Update(customer, 1, servertest.Object{"name": "v2"})
	for _, s := range []*servertest.Socket{first, second} {
		s.Next("shared").Is(`{"customerChanged": {"version": 2, "customer": {"name": "v2", "updatedBy": {"name": "Ada"}}}}`)
	}
	eventually.Is(t, "deliveries", func() int64 { return stats().Deliveries }, 2)
	servertest.Want(t, "executions", stats().Executions, 1)

	head := ada.Ask(`{ changes { endCursor } }`, nil).Get("changes.endCursor")
	first.Subscribe("personal", personal, servertest.Object{"after": head})
	second.Subscribe("personal", personal, servertest.Object{"after": head})
	eventually.Is(t, "members", func() int64 { return int64(stats().Members) }, 5)
	ada.Update(customer, 2, servertest.Object{"name": "v3"})
	for s, canEdit := range map[*servertest.Socket]bool{first: true, second: false} {
		for range 2 { // one of each, in any order
			if message := s.Read(); message.Get("id") == "personal" {
				message.At("payload.data").Is(`{"customerChanged": {"version": 3, "customer": {"viewerAccess": {"canEdit": "$canEdit"}}}}`,
					servertest.Object{"canEdit": canEdit})
			}
		}
	}
	eve.Update(other, 1, servertest.Object{"name": "evil 2"})
	third.Next("shared").Is(`{"customerChanged": {"version": 2, "customer": {"name": "evil 2", "updatedBy": {"name": "Eve"}}}}`)
}

// A resolver that needs the person who asks fails for everybody in a shared execution, so the first test of a
// field finds a forgotten @perViewer.
func TestSharedExecutionHasNoViewer(t *testing.T) {
	t.Parallel()
	ctx := collab.WithScope(t.Context(), collab.Scope{OrgID: "acme"})
	if v, err := collab.ViewerFrom(ctx); err == nil {
		t.Errorf("a shared execution knows %v", v)
	}
}
