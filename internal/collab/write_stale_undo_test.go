package collab_test

import (
	"testing"

	"tandem/internal/collab"
)

// An undo beside a field in conflict is a part of the edit, as it would be without the conflict: it
// is applied whatever the resolution, also when the conflict moved on. A field that was left alone
// is not applied.
func TestUndoInsideAConflict(t *testing.T) {
	t.Parallel()
	for _, resolution := range []collab.Resolution{collab.ResolveLocal, collab.ResolveRemote, collab.ResolveMerged} {
		for name, moves := range map[string]bool{"": false, " that moved on": true} {
			t.Run(string(resolution)+name, func(t *testing.T) {
				t.Parallel()
				o := open(t)
				ada, ben, cem := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember), o.join("cem", collab.RoleMember)
				c := o.customer(ada, collab.Patch{"name": "A", "phone": "1", "email": "a@example.com", "company": "X"})
				o.mustUpdate(ada, c, 1, collab.Patch{"phone": "2"})
				o.mustUpdate(ben, c, 2, collab.Patch{"name": "B", "company": "Y"})
				_, err := o.update(ada, c, 1, collab.Patch{"name": "C", "phone": "1", "email": "a@example.com", "company": "X"})
				conflict := problem[*collab.Conflict](t, err)
				equal(t, "fields in conflict", len(conflict.Fields), 1)
				resolve := func() error {
					in := collab.Resolve{Type: collab.TypeCustomer, ConflictID: conflict.ID, Resolution: resolution}
					if resolution == collab.ResolveMerged {
						in.Merged = collab.Patch{"name": "M"}
					}
					_, err := o.Resolve(o.ctx, cem, in)
					return err
				}
				if moves && resolution != collab.ResolveRemote { // REMOTE sets nothing that could meet a newer change
					o.mustUpdate(ben, c, 3, collab.Patch{"name": "D"})
					problem[*collab.Conflict](t, resolve())
				}
				if err := resolve(); err != nil {
					t.Fatal(err)
				}
				got := o.at(c.ID, 4).(*collab.Customer)
				if moves && resolution != collab.ResolveRemote {
					got = o.at(c.ID, 5).(*collab.Customer)
				}
				equal(t, "phone", *got.Phone, "1")
				equal(t, "company", *got.Company, "Y")
				want := map[collab.Resolution]string{collab.ResolveLocal: "C", collab.ResolveRemote: "B", collab.ResolveMerged: "M"}
				equal(t, "name", got.Name, want[resolution])
			})
		}
	}
}
