package collab_test

import (
	"log/slog"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/memory"
)

// answered returns the answer of a call that must not fail.
func answered[T any](answer T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
}

// Another instance knows a person as they were before they had access to anything restricted. Its reads up to a
// cursor still contain everything that they may see there: a client follows after the cursor, and gets nothing before it again.
func TestPagesAreReadWithTheAccessAtTheirCursor(t *testing.T) {
	t.Parallel()
	o := open(t)
	other := collab.NewService(o.store, memory.NewBus(), nil, slog.New(slog.DiscardHandler), o.clock)
	ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
	known, err := other.Admit(o.ctx, collab.Claims{UserID: "ada", OrganizationID: "acme", Role: collab.RoleMember, Name: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	own := o.customer(ada, collab.Patch{"name": "Own", "visibility": "RESTRICTED"})
	given := o.customer(ben, collab.Patch{"name": "Given", "visibility": "RESTRICTED"})
	o.customer(ben, collab.Patch{"name": "Hidden", "visibility": "RESTRICTED"})
	if _, err := o.GrantAccess(o.ctx, ben, given.ID, "ada", collab.AccessRead); err != nil {
		t.Fatal(err)
	}
	o.customer(ben, collab.Patch{"name": "Open"})

	ctx, scope := collab.WithViewer(o.ctx, known), known.Scope()
	changes := answered(other.EntityChanges(ctx, known, nil, collab.ChangesQuery{}, nil))(t)
	equal(t, "changes", len(changes.Changes), 2) // given was created before ada had access to it
	list := answered(other.Entities(ctx, scope, collab.EntityQuery{Type: collab.TypeCustomer}, collab.PageRequest{AsOf: true, Total: true}))(t)
	equal(t, "customers", len(list.Items), 3)
	equal(t, "counted customers", list.Total.N, 3)
	equal(t, "cursors", list.AsOf, changes.End)
	activity := answered(other.Activity(ctx, scope, collab.ActivityQuery{Feed: collab.ActivityFeed{Type: collab.FeedGlobal}}, nil, nil))(t)
	equal(t, "activity", len(activity.Items), 2)
	histories := answered(other.Histories(ctx, scope, []collab.ID{own.ID}, collab.ActivityFilter{}, nil, nil))(t)
	equal(t, "history", len(histories[own.ID].Items), 1)
	notifications := answered(other.Notifications(ctx, known, collab.NotificationQuery{}, nil, nil))(t)
	equal(t, "notifications", len(notifications.Items), 1)
}

// Everything in an answer with cursors is read with the access at the head, also what is nested in it.
func TestViewersAreReadAtTheHead(t *testing.T) {
	t.Parallel()
	o := open(t)
	other := collab.NewService(o.store, memory.NewBus(), nil, slog.New(slog.DiscardHandler), o.clock)
	ada, claims := o.join("ada", collab.RoleMember), collab.Claims{UserID: "ada", OrganizationID: "acme", Role: collab.RoleMember, Name: "ada"}
	if _, err := other.Admit(o.ctx, claims); err != nil {
		t.Fatal(err)
	}
	own := o.customer(ada, collab.Patch{"name": "Own", "visibility": "RESTRICTED"})
	v := answered(other.AdmitAtHead(o.ctx, claims))(t)
	o.customer(ada, collab.Patch{"name": "Later"})

	equal(t, "entities", len(answered(other.EntitiesByID(o.ctx, v.Scope(), []collab.ID{own.ID}))(t)), 1)
	list := answered(other.Entities(collab.WithViewer(o.ctx, v), v.Scope(), collab.EntityQuery{Type: collab.TypeCustomer}, collab.PageRequest{AsOf: true}))(t)
	equal(t, "asOf", list.AsOf, v.Head.Cursor)
	changes := answered(other.EntityChanges(collab.WithViewer(o.ctx, v), v, nil, collab.ChangesQuery{}, nil))(t)
	equal(t, "changes up to the head", len(changes.Changes), 1)
	equal(t, "end", changes.End, v.Head.Cursor)
}

func TestPagesWithACursorAreForMembers(t *testing.T) {
	t.Parallel()
	o := open(t)
	other := collab.NewService(o.store, memory.NewBus(), nil, slog.New(slog.DiscardHandler), o.clock)
	admin := o.join("root", collab.RoleAdmin)
	o.join("ada", collab.RoleMember)
	known, err := other.Admit(o.ctx, collab.Claims{UserID: "ada", OrganizationID: "acme", Role: collab.RoleMember, Name: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.RemoveMember(o.ctx, admin, "ada"); err != nil {
		t.Fatal(err)
	}
	ctx := collab.WithViewer(o.ctx, known)
	if _, err := other.EntityChanges(ctx, known, nil, collab.ChangesQuery{}, nil); collab.CodeOf(err) != collab.Forbidden {
		t.Errorf("changes are answered with %v", err)
	}
	if _, err := other.Entities(ctx, known.Scope(), collab.EntityQuery{Type: collab.TypeCustomer}, collab.PageRequest{AsOf: true}); collab.CodeOf(err) != collab.Forbidden {
		t.Errorf("a list is answered with %v", err)
	}
}
