package collab_test

import (
	"testing"

	"tandem/internal/collab"
)

// resolve has somebody end a conflict over a customer.
func (o *office) resolve(v *collab.Viewer, c *collab.Conflict, how collab.Resolution, merged collab.Patch) error {
	_, err := o.Resolve(o.ctx, v, collab.Resolve{Type: collab.TypeCustomer, ConflictID: c.ID, Resolution: how, Merged: merged})
	return err
}

// keptPhone has Ben end a conflict of Ada's over the name of a customer, whose phone she set to 2
// from 1, which is in no conflict.
func keptPhone(t *testing.T, how collab.Resolution, merged collab.Patch) (o *office, c *collab.Customer, ada, ben *collab.Viewer) {
	t.Helper()
	o = open(t)
	ada, ben = o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
	cat := o.join("cat", collab.RoleMember)
	c = o.customer(cat, collab.Patch{"name": "A", "phone": "1"})
	o.mustUpdate(cat, c, 1, collab.Patch{"name": "B"})
	_, err := o.update(ada, c, 1, collab.Patch{"name": "C", "phone": "2"})
	if err := o.resolve(ben, problem[*collab.Conflict](t, err), how, merged); err != nil {
		t.Fatal(err)
	}
	return o, c, ada, ben
}

// The values of an edit that a resolution keeps stay an edit of the person who made it: they may
// replace them from an old base version, and conflict with anybody else who changes them, such as
// the person who resolved.
func TestResolvedFieldsKeepTheirAuthor(t *testing.T) {
	t.Parallel()
	for _, how := range []collab.Resolution{collab.ResolveLocal, collab.ResolveRemote, collab.ResolveMerged} {
		t.Run(string(how), func(t *testing.T) {
			t.Parallel()
			var merged collab.Patch
			if how == collab.ResolveMerged {
				merged = collab.Patch{"name": "D"}
			}
			o, c, ada, ben := keptPhone(t, how, merged)
			_, err := o.update(ben, c, 1, collab.Patch{"phone": "9"})
			conflict := problem[*collab.Conflict](t, err)
			equal(t, "changed last by", *conflict.Fields[0].RemoteChangedByID, "ada")
			if _, err := o.Delete(o.ctx, ben, collab.Delete{ID: c.ID, BaseVersion: 2}); err == nil {
				t.Error("Ben deleted what he did not see of Ada's")
			}
			for _, phone := range []string{"3", "1", "4"} {
				saved := o.mustUpdate(ada, c, 1, collab.Patch{"phone": phone})
				equal(t, "phone", *saved.Entity.(*collab.Customer).Phone, phone)
			}
		})
	}
}

// Values that the person who resolves sets are their own edit.
func TestMergedFieldsBelongToResolver(t *testing.T) {
	t.Parallel()
	o, c, ada, ben := keptPhone(t, collab.ResolveMerged, collab.Patch{"name": "D", "phone": "8"})
	saved := o.mustUpdate(ben, c, 2, collab.Patch{"phone": "9", "name": "E"})
	equal(t, "phone", *saved.Entity.(*collab.Customer).Phone, "9")
	_, err := o.update(ada, c, 2, collab.Patch{"phone": "3"})
	conflict := problem[*collab.Conflict](t, err)
	equal(t, "changed last by", *conflict.Fields[0].RemoteChangedByID, "ben")
}

// A second resolution that meets what an earlier one kept knows whose it is, however many
// people resolved meanwhile.
func TestAuthorsInAChainOfResolutions(t *testing.T) {
	t.Parallel()
	o, c, ada, ben := keptPhone(t, collab.ResolveRemote, nil)
	dan := o.join("dan", collab.RoleMember)
	_, err := o.update(dan, c, 2, collab.Patch{"phone": "5", "company": "Dan & Co"})
	conflict := problem[*collab.Conflict](t, err)
	o.mustUpdate(ben, c, 3, collab.Patch{"phone": "6"})
	moved := problem[*collab.Conflict](t, o.resolve(ada, conflict, collab.ResolveLocal, nil))
	equal(t, "changed last by", *moved.Fields[0].RemoteChangedByID, "ben")
	if err := o.resolve(ben, moved, collab.ResolveRemote, nil); err != nil {
		t.Fatal(err)
	}
	saved := o.mustUpdate(dan, c, 2, collab.Patch{"company": "Dan Ltd"}) // his own, which Ben's resolution applied
	equal(t, "company", *saved.Entity.(*collab.Customer).Company, "Dan Ltd")
	_, err = o.update(ben, c, 2, collab.Patch{"company": "Ben & Co"})
	problem[*collab.Conflict](t, err)
}
