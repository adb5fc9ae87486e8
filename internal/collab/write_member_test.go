package collab_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/memory"
)

func TestSetMemberRole(t *testing.T) {
	t.Parallel()
	o := openTeam(t)
	set := func(by *collab.Viewer, userID collab.ID, role collab.Role) error {
		_, err := o.SetMemberRole(o.ctx, by, userID, role)
		return err
	}
	equal(t, "by a member", collab.CodeOf(set(o.ben, "cem", collab.RoleAdmin)), collab.Forbidden)
	equal(t, "of nobody", collab.CodeOf(set(o.ada, "nobody", collab.RoleViewer)), collab.BadInput)
	equal(t, "of the last admin", collab.CodeOf(set(o.ada, "ada", collab.RoleMember)), collab.BadInput)
	head := o.head()
	equal(t, "the same", set(o.ada, "cem", collab.RoleMember), nil)
	equal(t, "changes", o.head(), head)

	member, err := o.SetMemberRole(o.ctx, o.ada, "cem", collab.RoleAdmin)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "role", member.Role, collab.RoleAdmin)
	equal(t, "it says", addressOf(o.last()), "all; cem GAINED")
	equal(t, "cem is told", o.told(o.cem)[0], collab.NotifyAccessChanged)
	equal(t, "at once", o.again(o.cem).Role, collab.RoleAdmin)
	equal(t, "by another admin", set(o.cem, "ada", collab.RoleViewer), nil)
	equal(t, "it says", addressOf(o.last()), "all; ada LOST")
	equal(t, "by who was one", collab.CodeOf(set(o.ada, "cem", collab.RoleViewer)), collab.Forbidden)
}

func TestRemoveMember(t *testing.T) {
	t.Parallel()
	o := openTeam(t)
	c := o.customer(o.ben, collab.Patch{"name": "Acme", "visibility": "RESTRICTED"})
	remove := func(userID collab.ID) (bool, error) { return o.RemoveMember(o.ctx, o.ada, userID) }
	if _, err := remove("ada"); collab.CodeOf(err) != collab.BadInput {
		t.Errorf("the last admin: %v", err)
	}
	if _, err := remove("nobody"); collab.CodeOf(err) != collab.BadInput {
		t.Errorf("nobody: %v", err)
	}
	for _, want := range []bool{true, false} {
		removed, err := remove("ben")
		equal(t, "removed", removed, want)
		equal(t, "error", err, nil)
	}
	claims := collab.Claims{UserID: "ben", OrganizationID: "acme", Role: collab.RoleAdmin, Name: "ben"}
	_, err := o.Admit(o.ctx, claims)
	equal(t, "admitted", collab.CodeOf(err), collab.Forbidden)
	_, err = o.update(o.ben, c, 1, collab.Patch{"name": "x"})
	equal(t, "a write that was under way", collab.CodeOf(err), collab.Forbidden)
	_, err = o.GrantAccess(o.ctx, o.ada, c.ID, "ben", collab.AccessRead)
	equal(t, "a grant", collab.CodeOf(err), collab.BadInput)

	if _, err := o.SetMemberRole(o.ctx, o.ada, "ben", collab.RoleViewer); err != nil {
		t.Fatal(err)
	}
	equal(t, "it says", addressOf(o.last()), "all; ben GAINED")
	equal(t, "role", o.join("ben", collab.RoleAdmin).Role, collab.RoleViewer)
	equal(t, "what was theirs", o.sees(o.ben, c.ID), true)
}

// A loss of rights applies on an instance as soon as it is announced there.
func TestAccessIsForgotten(t *testing.T) {
	t.Parallel()
	o := openTeam(t)
	other := collab.NewService(o.store, memory.NewBus(), nil, slog.New(slog.DiscardHandler), o.clock)
	there := func(name string) *collab.Viewer {
		v, err := other.Admit(o.ctx, collab.Claims{UserID: collab.ID(name), OrganizationID: "acme", Role: collab.RoleMember, Name: name})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	room := func(v *collab.Viewer, id collab.ID) collab.ID {
		in, err := other.Room(o.ctx, v, id)
		if err != nil {
			t.Fatal(err)
		}
		return in
	}
	before := there("ben").Scope()
	there("dan")
	c := o.customer(o.ben, collab.Patch{"name": "Acme", "visibility": "RESTRICTED"})
	equal(t, "unheard", there("ben").Scope(), before)
	other.InvalidateCaches(o.last())
	equal(t, "heard", there("ben").Scope(), collab.Scope{OrgID: "acme", UserID: "ben"})
	equal(t, "ben's room", room(there("ben"), c.ID), c.ID)
	outside := room(there("dan"), c.ID)
	equal(t, "dan's room is another one", outside != c.ID, true)
	equal(t, "cem's is dan's", room(there("cem"), c.ID), outside)
	equal(t, "any other room", room(there("dan"), "cus_never"), "cus_never")
	equal(t, "no id of an entity", room(there("dan"), "lobby"), "lobby")
	o.grant(o.ben, c.ID, "dan", collab.AccessRead)
	equal(t, "let in, unheard", room(there("dan"), c.ID), outside)
	other.InvalidateCaches(o.last())
	equal(t, "let in, heard", room(there("dan"), c.ID), c.ID)
	if _, err := o.RemoveMember(o.ctx, o.ada, "dan"); err != nil {
		t.Fatal(err)
	}
	other.InvalidateCaches(o.last())
	_, err := other.Admit(o.ctx, collab.Claims{UserID: "dan", OrganizationID: "acme", Role: collab.RoleMember})
	equal(t, "removed, heard", collab.CodeOf(err), collab.Forbidden)
}

// lastWrite is a store that keeps the last thing that was written.
type lastWrite struct {
	collab.Store
	written *collab.Written
}

func (s *lastWrite) Write(ctx context.Context, intent collab.Intent, decide collab.Decide) (*collab.Written, error) {
	written, err := s.Store.Write(ctx, intent, decide)
	s.written = written
	return written, err
}

func TestRemovalHasOneTimestamp(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada := o.join("ada", collab.RoleAdmin)
	o.join("ben", collab.RoleMember)
	store := &lastWrite{Store: o.store}
	ticking := func() time.Time {
		o.later(time.Second)
		return o.clock()
	}
	service := collab.NewService(store, memory.NewBus(), nil, slog.New(slog.DiscardHandler), ticking)
	if _, err := service.RemoveMember(o.ctx, ada, "ben"); err != nil {
		t.Fatal(err)
	}
	equal(t, "removed at", store.written.Membership.RemovedAt.Time, store.written.Change.OccurredAt.Time)
}
