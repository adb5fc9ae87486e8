package postgres

import (
	"testing"

	"tandem/internal/collab"
	"tandem/internal/collabtest"
)

// A write that was decided before its actor was removed or demoted is decided again after it, in
// any interleaving.
func TestRemovalMeetsAWrite(t *testing.T) {
	one, other := open(t, newDatabase(t))
	if err := prepare(t.Context(), one, "org", "cus"); err != nil {
		t.Fatal(err)
	}
	if _, err := collabtest.Join(t.Context(), one, collab.Claims{UserID: "bob", OrganizationID: "org", Role: collab.RoleMember}, collab.Time{}); err != nil {
		t.Fatal(err)
	}
	now := collab.At(collab.Time{}.Time)
	for _, next := range []collab.Membership{
		{UserID: "bob", Role: collab.RoleViewer},
		{UserID: "bob", Role: collab.RoleMember, RemovedAt: &now},
	} {
		var seen []collab.Member
		written, err := one.Write(t.Context(), collab.Intent{OrgID: "org", ActorID: "bob", EntityID: "cus"}, func(st *collab.State) (*collab.Decision, error) {
			seen = append(seen, *st.Actor)
			if len(seen) == 1 {
				become(t, other, next)
			}
			if st.Actor.Removed || !st.Actor.Role.AtLeast(collab.RoleMember) {
				return nil, collab.Errorf(collab.Forbidden, "not any more")
			}
			return rename(st.Entity), nil
		})
		if collab.CodeOf(err) != collab.Forbidden || written != nil || len(seen) != 2 {
			t.Errorf("to become %+v: got %v, %v after it was decided for %+v", next, written, err, seen)
		}
		become(t, other, collab.Membership{UserID: "bob", Role: collab.RoleMember})
	}
}

// A write that is overtaken again and again returns an error that asks to try again, and is not
// reported as a fault.
func TestOvertakenAgainAndAgain(t *testing.T) {
	one, other := open(t, newDatabase(t))
	if err := prepare(t.Context(), one, "org", "cus"); err != nil {
		t.Fatal(err)
	}
	tries := 0
	written, err := one.Write(t.Context(), collab.Intent{OrgID: "org", ActorID: "ann", EntityID: "cus"}, func(st *collab.State) (*collab.Decision, error) {
		tries++
		become(t, other, collab.Membership{UserID: "ann", Role: collab.RoleAdmin})
		return rename(st.Entity), nil
	})
	if collab.CodeOf(err) != collab.Unavailable || written != nil || tries != maxAttempts {
		t.Errorf("after %d tries: %v, %v", tries, written, err)
	}
}

// become commits what somebody is to be.
func become(t *testing.T, s *Store, next collab.Membership) {
	t.Helper()
	_, err := s.Write(t.Context(), collab.Intent{OrgID: "org", ActorID: "ann", Admins: true}, func(*collab.State) (*collab.Decision, error) {
		return &collab.Decision{Change: &collab.Change{Type: collab.ChangeMember, ActorID: "ann"}, Membership: &next}, nil
	})
	if err != nil {
		t.Error(err)
	}
}
