package collabtest

import (
	"testing"

	"tandem/internal/collab"
)

var accessTests = []storeTest{
	{"Grants/AddedReplacedAndRevoked", accessGrants},
	{"Member/ChangedRemovedAndReturned", accessMembership},
	{"WriteState/Admins", accessAdmins},
	{"Changes/KeepAudience", accessAudience},
	{"Member/HasRestrictedAccess", accessInsiders},
}

func (c *company) grant(entityID, userID collab.ID, level collab.AccessLevel) {
	c.t.Helper()
	c.write(collab.Intent{EntityID: entityID}, func(st *collab.State) (*collab.Decision, error) {
		change := c.event(collab.ChangeAccess, st.Entity)
		return &collab.Decision{Change: change, Grant: &collab.Grant{
			EntityID: entityID, UserID: userID, Level: level, GrantedBy: c.actor, GrantedAt: change.OccurredAt,
		}}, nil
	})
}

func accessGrants(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob", "eve")
	acme, ajax := c.create(customer("Acme")), c.create(customer("Ajax"))
	c.grant(acme, "bob", collab.AccessRead)
	c.grant(acme, "eve", collab.AccessRead)
	c.grant(ajax, "eve", collab.AccessWrite)
	c.grant(acme, "bob", collab.AccessWrite)
	at := c.log(0)[len(c.log(0))-1].OccurredAt

	st := c.state(collab.Intent{EntityID: acme, CustomerID: &ajax})
	if len(st.Grants) != 3 {
		t.Fatalf("there are %s", inJSON(t, st.Grants))
	}
	for _, g := range st.Grants {
		if g.EntityID == acme && g.UserID == "bob" {
			equal(t, "grant", g, &collab.Grant{EntityID: acme, UserID: "bob", Level: collab.AccessWrite, GrantedBy: ann, GrantedAt: at})
		}
	}
	if st := c.state(collab.Intent{EntityID: ajax}); len(st.Grants) != 1 || st.Grants[0].UserID != "eve" {
		t.Errorf("of the other there are %s", inJSON(t, st.Grants))
	}
	levels := func(userID collab.ID) map[collab.ID]collab.AccessLevel {
		return must(f.Other.Grants(t.Context(), c.id, userID, []collab.ID{acme, ajax, "cus_none"}))(t)
	}
	equal(t, "eve's", levels("eve"), map[collab.ID]collab.AccessLevel{acme: collab.AccessRead, ajax: collab.AccessWrite})
	c.grant(acme, "eve", "")
	c.grant(acme, "ann", "")
	equal(t, "eve's, taken back", levels("eve"), map[collab.ID]collab.AccessLevel{ajax: collab.AccessWrite})
	equal(t, "bob's", levels("bob"), map[collab.ID]collab.AccessLevel{acme: collab.AccessWrite})
}

// become commits what a member is from now on.
func (c *company) become(m *collab.Membership) {
	c.t.Helper()
	c.write(collab.Intent{}, func(*collab.State) (*collab.Decision, error) {
		change := &collab.Change{Type: collab.ChangeMember, ActorID: c.actor, OccurredAt: c.now()}
		return &collab.Decision{Change: change, Membership: m}, nil
	})
}

func accessMembership(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob", "eve")
	check := func(role collab.Role, removed bool) {
		t.Helper()
		equal(t, "bob", c.through(f.Other).member("bob"), &collab.Member{Role: role, Removed: removed, User: &collab.User{ID: "bob", Name: "bob"}})
		if other := c.member("eve"); other.Role != collab.RoleAdmin || other.Removed {
			t.Errorf("somebody else is %v", other)
		}
	}
	c.become(&collab.Membership{UserID: "bob", Role: collab.RoleViewer})
	check(collab.RoleViewer, false)
	c.become(&collab.Membership{UserID: "bob", Role: collab.RoleViewer, RemovedAt: new(c.now())})
	check(collab.RoleViewer, true)
	c.become(&collab.Membership{UserID: "bob", Role: collab.RoleMember})
	check(collab.RoleMember, false)
}

// Two who take the role from each other at once must not both succeed.
func accessAdmins(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob", "eve", "joe")
	c.become(&collab.Membership{UserID: "eve", Role: collab.RoleMember})
	f.Remove(t, c.id, "joe")
	equal(t, "admins", c.state(collab.Intent{Admins: true}).Admins, []collab.ID{ann, "bob"})
	if got := c.state(collab.Intent{}).Admins; got != nil {
		t.Errorf("unasked, they are %v", got)
	}
	demote := func(c *company, userID collab.ID) error {
		_, err := c.tryWrite(collab.Intent{Admins: true}, func(st *collab.State) (*collab.Decision, error) {
			if len(st.Admins) < 2 {
				return &collab.Decision{}, nil
			}
			change := &collab.Change{Type: collab.ChangeMember, ActorID: c.actor, OccurredAt: c.now()}
			return &collab.Decision{Change: change, Membership: &collab.Membership{UserID: userID, Role: collab.RoleMember}}, nil
		})
		return err
	}
	together(t, 2, func(i int) error {
		return demote(c.through(everySecond(f, i)), []collab.ID{ann, "bob"}[i])
	})
	if got := c.state(collab.Intent{Admins: true}).Admins; len(got) != 1 {
		t.Errorf("the admins are %v", got)
	}
}

// addressed commits a view that is for an audience only.
func (c *company) addressed(id collab.ID, audience []collab.ID, regards *collab.AccessEffects) *collab.Change {
	c.t.Helper()
	return c.write(collab.Intent{EntityID: id}, func(st *collab.State) (*collab.Decision, error) {
		change := c.event(collab.ChangeView, st.Entity)
		change.Audience, change.AccessEffects = audience, regards
		return &collab.Decision{Change: change}, nil
	})
}

func accessAudience(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(customer("Acme"))
	regards := &collab.AccessEffects{People: map[collab.ID]collab.Effect{"bob": collab.EffectGained, "ü\"": collab.EffectLost}, Others: collab.EffectScope}
	want := []*collab.Change{
		c.addressed(id, []collab.ID{"ann", "ü\""}, regards), c.addressed(id, []collab.ID{}, nil), c.addressed(id, nil, regards),
	}
	got := c.through(f.Other).log(want[0].Cursor.Position - 1)
	equal(t, "log", got, want)
	if got[1].Audience == nil || got[2].Audience != nil || got[1].AccessEffects != nil {
		t.Errorf("nobody came back as %v, everybody as %v, nothing as %v", got[1].Audience, got[2].Audience, got[1].AccessEffects)
	}
}

func accessInsiders(t *testing.T, f StoreFixture) {
	c, other := found(t, f.Store), found(t, f.Store)
	c.join("bob", "eve", "joe")
	other.join("bob")
	check := func(restricts bool, insiders ...collab.ID) {
		t.Helper()
		known := []collab.ID{}
		for _, id := range []collab.ID{ann, "bob", "eve", "joe"} {
			org, member, err := f.Other.Member(t.Context(), c.id, id)
			if err != nil || org.HasRestricted != restricts {
				t.Errorf("restricts is %v, %v", org.HasRestricted, err)
			}
			if member.HasRestrictedAccess {
				known = append(known, id)
			}
		}
		equal(t, "insiders", known, append([]collab.ID{}, insiders...))
		if st := c.state(collab.Intent{UserIDs: []collab.ID{"bob"}}); st.HasRestricted != restricts || st.Members["bob"].HasRestrictedAccess != c.member("bob").HasRestrictedAccess {
			t.Errorf("a state has %v, %v", st.HasRestricted, st.Members["bob"])
		}
	}
	check(false)
	id := c.create(customer("Acme"))
	c.addressed(id, nil, &collab.AccessEffects{People: map[collab.ID]collab.Effect{"joe": collab.EffectGained}})
	check(false)
	c.addressed(id, []collab.ID{"bob"}, &collab.AccessEffects{People: map[collab.ID]collab.Effect{"eve": collab.EffectGained, ann: collab.EffectLost}})
	check(true, "bob", "eve")
	c.addressed(id, []collab.ID{ann, "bob"}, nil)
	check(true, ann, "bob", "eve")
	if org, member, err := f.Store.Member(t.Context(), other.id, "bob"); org.HasRestricted || member.HasRestrictedAccess || err != nil {
		t.Errorf("the other organization has %v, %v, %v", org, member, err)
	}
}
