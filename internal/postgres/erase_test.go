package postgres

import (
	"testing"

	"tandem/internal/collab"
)

// What was decided before an erasure is decided anew after it, so that nobody who
// is erased writes, and no text has their name, however the two meet.
func TestErasureMeetsAWrite(t *testing.T) {
	one, other := open(t, newDatabase(t))
	if err := prepare(t.Context(), one, "org", "cus"); err != nil {
		t.Fatal(err)
	}
	if _, err := one.Join(t.Context(), collab.Claims{UserID: "bob", OrganizationID: "org", Role: collab.RoleMember, Name: "Bob"}, collab.Time{}); err != nil {
		t.Fatal(err)
	}
	erase := func() {
		_, err := other.Write(t.Context(), collab.Intent{OrgID: "org", ActorID: "ann", Admins: true}, func(*collab.State) (*collab.Decision, error) {
			return &collab.Decision{
				Change: &collab.Change{Type: collab.ChangeMember, ActorID: "ann"}, Erasure: &collab.Erasure{UserID: "bob"},
			}, nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	var names []string
	change, err := one.Write(t.Context(), collab.Intent{OrgID: "org", ActorID: "bob", EntityID: "cus"}, func(st *collab.State) (*collab.Decision, error) {
		names = append(names, st.Actor.User.Name)
		if len(names) == 1 {
			erase()
		}
		if st.Actor.Removed {
			return nil, collab.Errorf(collab.Forbidden, "removed")
		}
		return rename(st.Entity), nil
	})
	if collab.CodeOf(err) != collab.Forbidden || change != nil || len(names) != 2 || names[1] != collab.ErasedName {
		t.Errorf("got %v, %v after it was decided for %q", change, err, names)
	}
}
