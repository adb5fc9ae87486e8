package collab_test

import (
	"strings"
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
		"cus%5F" + c.ID[4:], "page:%2Fcustomers%2Fc%75s_" + c.ID[4:], "%25252fcus%25255F" + c.ID[4:], collab.ID(strings.ToUpper(string(c.ID))),
		"%" + c.ID, "%zz%" + collab.ID(strings.ToUpper("cus%5f"+string(c.ID[4:]))),
	} {
		equal(t, "ben's room "+string(name), room("ben", name), name)
		equal(t, "cem's room "+string(name), room("cem", name) != name, true)
		equal(t, "dan's room "+string(name), room("dan", name), room("cem", name))
	}
	never := collab.NewID("cus", o.clock())
	for _, name := range []collab.ID{never, "customer:" + never, "cus_", "cus_/mtg_", "lobby", c.ID[4:], "100%", "a%5", "Cus%5F" + never[4:]} {
		equal(t, "cem's room "+string(name), room("cem", name), name)
	}
}

// A viewer who was identified before their first restricted entity sees that entity all the same.
func TestRoomOfFirstRestrictedEntity(t *testing.T) {
	t.Parallel()
	o := openTeam(t)
	others := o.customer(o.cem, collab.Patch{"name": "Initech", "visibility": "RESTRICTED"})
	v, err := o.Admit(o.ctx, collab.Claims{UserID: "ben", OrganizationID: "acme", Role: collab.RoleMember, Name: "ben"})
	if err != nil {
		t.Fatal(err)
	}
	own := o.customer(o.ben, collab.Patch{"name": "Acme", "visibility": "RESTRICTED"})
	hidden, err := o.HiddenFrom(o.ctx, v, []collab.ID{own.ID, others.ID})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "whether the viewer had a restricted entity", v.HasRestrictedAccess, false)
	equal(t, "own is hidden", hidden[own.ID], false)
	equal(t, "the other one is hidden", hidden[others.ID], true)
}
