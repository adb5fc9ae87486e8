package collab_test

import (
	"testing"

	"tandem/internal/collab"
)

// A room whose name contains the id of an entity follows its access, wherever the id is.
func TestRoomsFollowTheEntitiesInTheirNames(t *testing.T) {
	t.Parallel()
	o := openTeam(t)
	c := o.customer(o.ben, collab.Patch{"name": "Acme", "visibility": "RESTRICTED"})
	room := func(name string, id collab.ID) collab.ID {
		t.Helper()
		v, err := o.Admit(o.ctx, collab.Claims{UserID: collab.ID(name), OrganizationID: "acme", Role: collab.RoleMember, Name: name})
		if err != nil {
			t.Fatal(err)
		}
		in, err := o.Room(o.ctx, v, id)
		if err != nil {
			t.Fatal(err)
		}
		return in
	}
	for _, name := range []collab.ID{
		c.ID, "customer:" + c.ID, c.ID + "/notes", "page:/customers/" + c.ID + "?tab=1", "cus_" + c.ID, "cus_1," + c.ID, c.ID + "x", "x" + c.ID, "é" + c.ID + c.ID,
	} {
		equal(t, "ben's room "+string(name), room("ben", name), name)
		equal(t, "cem's room "+string(name), room("cem", name) != name, true)
		equal(t, "dan's room "+string(name), room("dan", name), room("cem", name))
	}
	never := collab.NewID("cus", o.clock())
	for _, name := range []collab.ID{never, "customer:" + never, "cus_", "cus_/mtg_", "lobby", c.ID[4:]} {
		equal(t, "cem's room "+string(name), room("cem", name), name)
	}
}
