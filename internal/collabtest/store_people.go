package collabtest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"tandem/internal/collab"
)

var peopleTests = []storeTest{
	{"Join/NewOrganization", peopleJoin},
	{"Join/UpdatesProfile", peopleJoinAgain},
	{"Join/RemovedStayRemoved", peopleRemoved},
	{"Join/ConcurrentCallsJoinOnce", peopleJoinAtOnce},
	{"Join/ConcurrentCallsFoundOrganizationOnce", peopleFoundAtOnce},
	{"Member/PresenceHidden", peopleHidden},
	{"Users/ByIDWhetherMembersOrNot", peopleByID},
	{"Members/PagesByName", peopleListed},
}

// member is what is known of a person.
func (c *company) member(id collab.ID) *collab.Member {
	c.t.Helper()
	_, member, err := c.store.Member(c.t.Context(), c.id, id)
	if err != nil {
		c.t.Fatal(err)
	}
	return member
}

func peopleJoin(t *testing.T, f StoreFixture) {
	claims := collab.Claims{UserID: "ann", OrganizationID: found(t, f.Store).id + "new", Role: collab.RoleViewer, Name: "Ann Müller", Email: "ann@example.com", Picture: "https://example.com/a.png"}
	org, member, err := f.Store.Member(t.Context(), claims.OrganizationID, claims.UserID)
	if org != nil || member != nil || err != nil {
		t.Fatalf("before, there are %v, %v, %v", org, member, err)
	}
	at := collab.At(founding)
	change := must(Join(t.Context(), f.Store, claims, at))(t)
	if change.Cursor.Epoch == 0 {
		t.Error("the epoch is 0")
	}
	equal(t, "change", change, &collab.Change{
		OrgID: claims.OrganizationID, Cursor: collab.Cursor{Epoch: change.Cursor.Epoch, Position: 1},
		Type: collab.ChangeMember, ActorID: "ann", OccurredAt: at,
	})
	equal(t, "log", must(f.Other.Changes(t.Context(), claims.OrganizationID, 0, 10))(t), []*collab.Change{change})
	org, member, err = f.Other.Member(t.Context(), claims.OrganizationID, claims.UserID)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "organization", org, &collab.Organization{ID: claims.OrganizationID, Name: string(claims.OrganizationID)})
	equal(t, "member", member, &collab.Member{Role: collab.RoleViewer, User: &collab.User{
		ID: "ann", Name: "Ann Müller", Email: &claims.Email, Avatar: &claims.Picture,
	}})
	org, member, err = f.Store.Member(t.Context(), claims.OrganizationID, "bob")
	if org == nil || member != nil || err != nil {
		t.Errorf("of somebody else, there are %v, %v, %v", org, member, err)
	}
}

func peopleJoinAgain(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	join := func(claims collab.Claims) *collab.Change {
		t.Helper()
		claims.UserID, claims.OrganizationID = "bob", c.id
		return must(Join(t.Context(), c.store, claims, c.now()))(t)
	}
	check := func(name string, email *string) {
		t.Helper()
		equal(t, "member", c.member("bob"), &collab.Member{Role: collab.RoleMember, User: &collab.User{ID: "bob", Name: name, Email: email}})
	}
	if join(collab.Claims{Role: collab.RoleMember}) == nil {
		t.Error("joined without a change")
	}
	check("bob", nil) // without a name, the id is what others see
	if join(collab.Claims{Role: collab.RoleAdmin}) != nil || join(collab.Claims{Role: collab.RoleMember, Name: "bob"}) != nil {
		t.Error("nothing new was written")
	}
	check("bob", nil)
	if change := join(collab.Claims{Role: collab.RoleAdmin, Name: "Bob", Email: "bob@example.com", IssuedAt: c.now()}); change == nil || change.Cursor != c.head().Cursor {
		t.Errorf("a new name answers %v", change)
	}
	check("Bob", new("bob@example.com"))
	newer := c.now()
	if join(collab.Claims{Role: collab.RoleMember, Name: "Robert", IssuedAt: newer}) == nil {
		t.Error("a new name was not written")
	}
	equal(t, "learned", c.through(f.Other).member("bob").LearnedAt, newer)
	for _, issued := range []collab.Time{newer, collab.At(newer.Add(-time.Second)), {}} {
		if change := join(collab.Claims{Name: "Bob", IssuedAt: issued}); change != nil {
			t.Errorf("a token of %v, which is not newer, was learned from by %s", issued, inJSON(t, change))
		}
	}
	check("Robert", new("bob@example.com"))
	if got := c.head().Position; got != 4 {
		t.Errorf("the head is %d", got)
	}
}

func peopleRemoved(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	f.Remove(t, c.id, "bob")
	claims := collab.Claims{UserID: "bob", OrganizationID: c.id, Role: collab.RoleAdmin, Name: "Bob the second"}
	if change := must(Join(t.Context(), c.store, claims, c.now()))(t); change != nil {
		t.Errorf("joined again by %v", change)
	}
	equal(t, "member", c.member("bob"), &collab.Member{Role: collab.RoleAdmin, Removed: true, User: &collab.User{ID: "bob", Name: "bob"}})
	if got := must(c.store.CountMembers(t.Context(), c.id))(t); got != 1 {
		t.Errorf("there are %d members", got)
	}
}

func peopleJoinAtOnce(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	for round := range 10 {
		claims := collab.Claims{UserID: collab.ID(fmt.Sprint("bob", round)), OrganizationID: c.id, Role: collab.RoleMember}
		joinAtOnce(t, f, claims, int64(round+2))
	}
}

func peopleFoundAtOnce(t *testing.T, f StoreFixture) {
	for range 5 {
		org := found(t, f.Store).id + "new"
		joinAtOnce(t, f, collab.Claims{UserID: ann, OrganizationID: org, Role: collab.RoleAdmin}, 1)
	}
}

// joinAtOnce joins many times at once, and checks that one did, at a position.
func joinAtOnce(t *testing.T, f StoreFixture, claims collab.Claims, position int64) {
	t.Helper()
	var mu sync.Mutex
	var made []*collab.Change
	together(t, 2*writers, func(i int) error {
		change, err := Join(t.Context(), everySecond(f, i), claims, collab.At(founding))
		mu.Lock()
		defer mu.Unlock()
		if change != nil {
			made = append(made, change)
		}
		return err
	})
	if len(made) != 1 || made[0].Cursor.Position != position {
		t.Errorf("made %s", inJSON(t, made))
	}
	equal(t, "log", must(f.Other.Changes(t.Context(), claims.OrganizationID, position-1, 10))(t), made)
}

func peopleHidden(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	for _, hidden := range []bool{true, true, false} {
		c.through(f.Other).hide(hidden)
		if got := c.member(ann).PresenceHidden; got != hidden {
			t.Errorf("hidden is %v, want %v", got, hidden)
		}
		if c.member("bob").PresenceHidden {
			t.Error("somebody else is hidden")
		}
	}
	if m := c.member(ann); m.Role != collab.RoleAdmin || m.Removed {
		t.Errorf("it made the member %+v", m)
	}
}

// hide commits that the actor is hidden in rooms, or is not.
func (c *company) hide(hidden bool) {
	c.t.Helper()
	c.write(collab.Intent{Admins: true}, func(st *collab.State) (*collab.Decision, error) {
		return &collab.Decision{
			Change:     &collab.Change{Type: collab.ChangeMember, ActorID: c.actor, OccurredAt: c.now()},
			Membership: &collab.Membership{UserID: c.actor, Role: st.Actor.Role, PresenceHidden: hidden},
		}, nil
	})
}

func peopleByID(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob", "eve")
	f.Remove(t, c.id, "eve")
	got := must(f.Other.Users(t.Context(), c.id, []collab.ID{"bob", "eve", "nobody", "bob"}))(t)
	equal(t, "users", got, map[collab.ID]*collab.User{"bob": {ID: "bob", Name: "bob"}, "eve": {ID: "eve", Name: "eve"}})
	if got := must(f.Other.Users(t.Context(), c.id, nil))(t); len(got) > 0 {
		t.Errorf("without an id, found %v", got)
	}
}

func peopleListed(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	for id, name := range map[collab.ID]string{"u1": "Zoë", "u2": "Émile", "u3": "bob", "u4": "Bob", "u5": "_", "u6": "gone"} {
		claims := collab.Claims{UserID: id, OrganizationID: c.id, Role: collab.RoleMember, Name: name}
		must(Join(t.Context(), f.Store, claims, c.now()))(t)
	}
	f.Remove(t, c.id, "u6")
	want := []collab.ID{"u5", ann, "u3", "u4", "u1", "u2"}
	all := must(f.Other.Members(t.Context(), c.id, nil, 100))(t)
	equal(t, "members", idsOf(all, memberID), want)
	equal(t, "member", all[1], c.member(ann))
	var after *collab.SortKey
	var paged []collab.ID
	for range want {
		page := must(f.Other.Members(t.Context(), c.id, after, 1))(t)
		paged = append(paged, idsOf(page, memberID)...)
		after = &collab.SortKey{Name: collab.NameKey(page[0].User.Name), ID: page[0].User.ID}
	}
	equal(t, "members in pages", paged, want)
	if rest := must(f.Other.Members(t.Context(), c.id, after, 1))(t); len(rest) > 0 {
		t.Errorf("after the last there are %d", len(rest))
	}
	if got := must(f.Other.CountMembers(t.Context(), c.id))(t); got != len(want) {
		t.Errorf("there are %d members", got)
	}
	must(Join(t.Context(), f.Store, collab.Claims{UserID: "u1", OrganizationID: c.id, Name: "Aaron"}, c.now()))(t)
	if got := must(f.Other.Members(t.Context(), c.id, nil, 2))(t); got[1].User.ID != "u1" {
		t.Errorf("renamed, the second is %s", got[1].User.ID)
	}
}
