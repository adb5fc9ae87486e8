package postgres

import (
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/collabtest"
	"tandem/internal/eventually"
)

// A write that was decided before an erasure is decided again after it, so that no erased person
// writes, and no text has their name, in any interleaving.
func TestErasureMeetsAWrite(t *testing.T) {
	one, other := open(t, newDatabase(t))
	if err := prepare(t.Context(), one, "org", "cus"); err != nil {
		t.Fatal(err)
	}
	if _, err := collabtest.Join(t.Context(), one, collab.Claims{UserID: "bob", OrganizationID: "org", Role: collab.RoleMember, Name: "Bob"}, collab.Time{}); err != nil {
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
	written, err := one.Write(t.Context(), collab.Intent{OrgID: "org", ActorID: "bob", EntityID: "cus"}, func(st *collab.State) (*collab.Decision, error) {
		names = append(names, st.Actor.User.Name)
		if len(names) == 1 {
			erase()
		}
		if st.Actor.Removed {
			return nil, collab.Errorf(collab.Forbidden, "removed")
		}
		return rename(st.Entity), nil
	})
	if collab.CodeOf(err) != collab.Forbidden || written != nil || len(names) != 2 || names[1] != collab.ErasedName {
		t.Errorf("got %v, %v after it was decided for %q", written, err, names)
	}
}

// An erasure waits for notifications that an edit has locked, while the edit waits for the organization: one of them is
// ended and runs again, and both succeed.
func TestErasureMeetsLockedNotifications(t *testing.T) {
	one, other := open(t, newDatabase(t))
	if err := prepare(t.Context(), one, "org", "cus"); err != nil {
		t.Fatal(err)
	}
	if _, err := collabtest.Join(t.Context(), one, collab.Claims{UserID: "bob", OrganizationID: "org", Role: collab.RoleMember, Name: "Bob"}, collab.Time{}); err != nil {
		t.Fatal(err)
	}
	since, erased := collab.Time{}, make(chan error, 1)
	edit := collab.Intent{OrgID: "org", ActorID: "ann", EntityID: "cus", UnreadSince: &since}
	_, err := one.Write(t.Context(), edit, func(st *collab.State) (*collab.Decision, error) {
		decision, id := rename(st.Entity), collab.ID("cus")
		decision.Change.Notifications = []*collab.Notification{{ID: "ntf_1", UserID: "bob", EntityID: &id, Count: 1, CreatedAt: collab.At(time.Now())}}
		return decision, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	tries := 0
	_, err = one.Write(t.Context(), edit, func(st *collab.State) (*collab.Decision, error) {
		if tries++; tries == 1 {
			go func() {
				_, err := other.Write(t.Context(), collab.Intent{OrgID: "org", ActorID: "ann", Admins: true}, func(*collab.State) (*collab.Decision, error) {
					return &collab.Decision{
						Change: &collab.Change{Type: collab.ChangeMember, ActorID: "ann"}, Erasure: &collab.Erasure{UserID: "bob"},
					}, nil
				})
				erased <- err
			}()
			eventually.True(t, "the erasure waits", func() bool {
				return number(t, other.forOrg("org"), "SELECT COUNT(*) FROM pg_locks WHERE NOT granted") > 0
			})
		}
		return rename(st.Entity), nil
	})
	if other := <-erased; err != nil || other != nil {
		t.Errorf("the edit ended with %v, the erasure with %v", err, other)
	}
	if left := number(t, one.forOrg("org"), "SELECT COUNT(*) FROM notifications WHERE user_id = 'bob'"); left != 0 {
		t.Errorf("%d notifications are left", left)
	}
}
