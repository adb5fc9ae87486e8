package collab_test

import (
	"testing"

	"tandem/internal/collab"
)

// mutations are one mutation of each kind with a clientMutationId, as send makes it.
// each runs it; again is a repetition that means the same, other one that does not.
type mutations struct {
	name               string
	each, again, other func(*collab.ID) error
}

// A clientMutationId belongs to one input. Inputs with the same meaning may be written differently.
func TestClientMutationIDBelongsToOneInput(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
	o.join("cem", collab.RoleMember)
	c := o.customer(ada, collab.Patch{"name": "Acme", "tags": []string{"vip"}})
	gone := o.customer(ada, collab.Patch{"name": "Gone"})
	clash := func(field string) collab.ID {
		made := o.customer(ada, collab.Patch{"name": "A"})
		return o.conflict(ada, ben, made, collab.Patch{"name": field}).ID
	}
	conflict, same := clash("B"), clash("C")

	create := func(document collab.Patch) func(*collab.ID) error {
		return func(id *collab.ID) error {
			_, err := o.Create(o.ctx, ada, collab.Create{Type: collab.TypeCustomer, ClientMutationID: id, Document: document})
			return err
		}
	}
	update := func(base int, patch collab.Patch) func(*collab.ID) error {
		return func(id *collab.ID) error {
			_, err := o.Update(o.ctx, ada, collab.Update{Type: collab.TypeCustomer, ID: c.ID, BaseVersion: base, ClientMutationID: id, Patch: patch})
			return err
		}
	}
	remove := func(entity *collab.Customer, base int) func(*collab.ID) error {
		return func(id *collab.ID) error {
			_, err := o.Delete(o.ctx, ada, collab.Delete{ID: entity.ID, BaseVersion: base, ClientMutationID: id})
			return err
		}
	}
	restore := func(entity *collab.Customer) func(*collab.ID) error {
		return func(id *collab.ID) error {
			_, err := o.Restore(o.ctx, ada, collab.Restore{ID: entity.ID, ClientMutationID: id})
			return err
		}
	}
	comment := func(body string, mentions []collab.ID) func(*collab.ID) error {
		return func(id *collab.ID) error {
			_, err := o.AddComment(o.ctx, ada, collab.AddComment{EntityID: c.ID, Body: body, MentionIDs: mentions, ClientMutationID: id})
			return err
		}
	}
	resolve := func(conflictID collab.ID, how collab.Resolution, merged collab.Patch) func(*collab.ID) error {
		return func(id *collab.ID) error {
			_, err := o.Resolve(o.ctx, ada, collab.Resolve{
				Type: collab.TypeCustomer, ConflictID: conflictID, Resolution: how, Merged: merged, ClientMutationID: id,
			})
			return err
		}
	}
	for _, test := range []mutations{
		{
			"create", create(collab.Patch{"name": "New", "status": nil, "tags": nil}),
			create(collab.Patch{"tags": []string{}, "name": "New", "status": "LEAD", "notes": nil}),
			create(collab.Patch{"name": "New", "status": "ACTIVE"}),
		},
		{
			"update", update(1, collab.Patch{"name": "B", "tags": nil}),
			update(1, collab.Patch{"tags": []string{}, "name": "B"}), update(1, collab.Patch{"name": "B"}),
		},
		{"update of another version", update(2, collab.Patch{"name": "C"}), update(2, collab.Patch{"name": "C"}), update(1, collab.Patch{"name": "C"})},
		{"comment", comment("hello", nil), comment("hello", []collab.ID{}), comment("hello", []collab.ID{"ben"})},
		{"mentions, which are a set", comment("hi", []collab.ID{"cem", "ben"}), comment("hi", []collab.ID{"ben", "cem"}), comment("hi", []collab.ID{"ben"})},
		{"comment again", comment("hello", nil), comment("hello", nil), comment("hello!", nil)},
		{"delete", remove(gone, 1), remove(gone, 1), remove(gone, 2)},
		{"restore", restore(gone), restore(gone), restore(c)},
		{
			"resolve", resolve(conflict, collab.ResolveMerged, collab.Patch{"name": "D", "tags": nil}),
			resolve(conflict, collab.ResolveMerged, collab.Patch{"tags": []string{}, "name": "D"}),
			resolve(conflict, collab.ResolveMerged, collab.Patch{"name": "E"}),
		},
		{"update, then resolve", update(3, collab.Patch{"phone": "1"}), update(3, collab.Patch{"phone": "1"}), resolve(same, collab.ResolveLocal, nil)},
		{"resolve, then update", resolve(same, collab.ResolveLocal, nil), resolve(same, collab.ResolveLocal, nil), update(3, collab.Patch{"phone": "2"})},
	} {
		key := id(test.name)
		if err := test.each(key); err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		head := o.head()
		if err := test.again(key); err != nil {
			t.Errorf("%s again: %v", test.name, err)
		}
		wrong := problem[*collab.InvalidInput](t, test.other(key)).Fields[0]
		equal(t, test.name+", another: field", wrong.Field, "clientMutationId")
		equal(t, test.name+", another: message", wrong.Message, "was already used with another input; make a new one for another mutation")
		equal(t, test.name+": head", o.head(), head)
	}
}

// A change from before fingerprints were kept is repeated by what it did.
func TestChangesWithoutAFingerprintAreRepeated(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
	c := o.customer(ada, collab.Patch{"name": "Acme"})
	conflict := o.conflict(ada, ben, o.customer(ada, collab.Patch{"name": "A"}), collab.Patch{"name": "B"})
	change := &collab.Change{
		Type: collab.ChangeUpdate, EntityType: collab.TypeCustomer, EntityID: c.ID, EntityVersion: 2,
		ActorID: "ada", ClientMutationID: id("old"), OccurredAt: collab.At(o.clock()),
	}
	_, err := o.store.Write(o.ctx, collab.Intent{OrgID: "acme", ActorID: "ada", EntityID: c.ID}, func(st *collab.State) (*collab.Decision, error) {
		next := *st.Entity.(*collab.Customer)
		next.Version, next.Name = 2, "Old"
		change.Snapshot = &next
		return &collab.Decision{Change: change}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	update := collab.Update{Type: collab.TypeCustomer, ID: c.ID, BaseVersion: 1, ClientMutationID: id("old"), Patch: collab.Patch{"name": "Old"}}
	saved, err := o.Update(o.ctx, ada, update)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "name", saved.Entity.DisplayName(), "Old")
	_, err = o.Delete(o.ctx, ada, collab.Delete{ID: c.ID, BaseVersion: 2, ClientMutationID: id("old")})
	problem[*collab.InvalidInput](t, err)
	_, err = o.Resolve(o.ctx, ada, collab.Resolve{
		Type: collab.TypeCustomer, ConflictID: conflict.ID, Resolution: collab.ResolveLocal, ClientMutationID: id("old"),
	})
	problem[*collab.InvalidInput](t, err)
}
