package collab_test

import (
	"testing"

	"tandem/internal/collab"
)

// A conflict that is resolved after the entity was deleted and restored applies to what is there
// then, and its authors are as before.
func TestResolvingAfterDeletionAndRestoration(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben, cat := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember), o.join("cat", collab.RoleMember)
	c := o.customer(cat, collab.Patch{"name": "A", "phone": "1", "company": "x"})
	o.mustUpdate(cat, c, 1, collab.Patch{"company": "y"})
	_, err := o.update(ada, c, 1, collab.Patch{"company": nil, "phone": nil})
	conflict := problem[*collab.Conflict](t, err)
	if _, err := o.Delete(o.ctx, cat, collab.Delete{ID: c.ID, BaseVersion: 2}); err != nil {
		t.Fatal(err)
	}
	if err := o.resolve(ben, conflict, collab.ResolveLocal, nil); err == nil {
		t.Error("what is deleted was resolved")
	}
	if _, err := o.Restore(o.ctx, cat, collab.Restore{ID: c.ID}); err != nil {
		t.Fatal(err)
	}
	if err := o.resolve(ben, conflict, collab.ResolveLocal, nil); err != nil {
		t.Fatal(err)
	}
	now := o.at(c.ID, 5).(*collab.Customer)
	if now.Phone != nil || now.Company != nil {
		t.Errorf("it has the phone %v and the company %v", now.Phone, now.Company)
	}
	saved := o.mustUpdate(ada, c, 2, collab.Patch{"phone": "2"}) // hers to set again
	equal(t, "phone", *saved.Entity.(*collab.Customer).Phone, "2")
	_, err = o.update(ben, c, 2, collab.Patch{"phone": "3"})
	problem[*collab.Conflict](t, err)
	saved = o.mustUpdate(ben, c, 2, collab.Patch{"company": "z"}) // his, since he decided about it
	equal(t, "company", *saved.Entity.(*collab.Customer).Company, "z")
}

// A clientMutationId of one kind of mutation is not valid for another kind, whatever the inputs
// have in common.
func TestClientMutationIDBelongsToOneMutation(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
	c := o.customer(ada, collab.Patch{"name": "A"})
	conflict := o.conflict(ada, ben, o.customer(ada, collab.Patch{"name": "B"}), collab.Patch{"name": "C"})
	id := collab.ID("once")
	kinds := map[string]func() error{
		"create": func() error {
			_, err := o.Create(o.ctx, ben, collab.Create{Type: collab.TypeCustomer, ClientMutationID: &id, Document: collab.Patch{"name": "D"}})
			return err
		},
		"update": func() error {
			_, err := o.Update(o.ctx, ben, collab.Update{Type: collab.TypeCustomer, ID: c.ID, BaseVersion: 1, ClientMutationID: &id, Patch: collab.Patch{"name": "D"}})
			return err
		},
		"resolve": func() error {
			_, err := o.Resolve(o.ctx, ben, collab.Resolve{Type: collab.TypeCustomer, ConflictID: conflict.ID, Resolution: collab.ResolveLocal, ClientMutationID: &id})
			return err
		},
		"comment": func() error {
			_, err := o.AddComment(o.ctx, ben, collab.AddComment{EntityID: c.ID, Body: "D", ClientMutationID: &id})
			return err
		},
	}
	if err := kinds["update"](); err != nil {
		t.Fatal(err)
	}
	for kind, send := range kinds {
		if err := send(); kind == "update" && err != nil {
			t.Errorf("the same again: %v", err)
		} else if kind != "update" {
			equal(t, kind, problem[*collab.InvalidInput](t, err).Fields[0].Field, "clientMutationId")
		}
	}
}
