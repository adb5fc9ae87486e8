package collabtest

import (
	"testing"
	"time"

	"tandem/internal/collab"
)

var accessTests = []storeTest{
	{"Grants/AddedReplacedAndRevoked", accessGrants},
	{"Member/ChangedRemovedAndReturned", accessMembership},
	{"WriteState/Admins", accessAdmins},
	{"Changes/KeepAudience", accessAudience},
	{"Member/HasRestrictedAccess", accessInsiders},
	{"Access/HiddenIsInNoRead", accessReads},
	{"Access/OfHiddenCustomerIsIndependent", accessOfCustomer},
	{"Access/ChangesNeedAccessBeforeAndAfter", accessBefore},
	{"Access/DeletedStayHidden", accessDeleted},
	{"MarkRead/OnlyOfVisibleEntities", accessMarks},
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

// A vault is an organization where something is hidden.
type vault struct {
	*company
	secret, open, talk collab.ID // a restricted customer, one that is for all, and a call of the first that is for all
	comment            *collab.Comment
	conflict           *collab.Conflict
}

// insiders see what is hidden in a vault: its creator, owner and who was granted it.
var insiders = []collab.ID{ann, "greta", "olga"}

func fill(t *testing.T, f StoreFixture) *vault {
	t.Helper()
	v := &vault{company: found(t, f.Store)}
	v.join("olga", "greta", "oscar")
	secret := customer("Secret")
	secret.Visibility, secret.OwnerID = collab.VisibleRestricted, new(collab.ID("olga"))
	v.secret, v.open = v.create(secret), v.create(customer("Open"))
	v.grant(v.secret, "greta", collab.AccessRead)
	v.talk = v.create(call("talk", &v.secret))
	v.comment, v.conflict = v.remark(v.secret), v.collide(v.secret)
	v.tell(v.secret, ann, "olga", "greta", "oscar")
	v.tell(v.open, ann, "olga", "greta", "oscar")
	return v
}

func (v *vault) remark(id collab.ID) *collab.Comment { return v.company.comment(id, "secret") }

// scopes returns the scopes that see all of a vault, and those that do not.
func (v *vault) scopes() (see, blind map[collab.ID]collab.Scope) {
	see = map[collab.ID]collab.Scope{"oscar": {OrgID: v.id, All: true}}
	for _, id := range insiders {
		see[id] = collab.Scope{OrgID: v.id, UserID: id}
	}
	return see, map[collab.ID]collab.Scope{ann: v.scope(), "oscar": {OrgID: v.id, UserID: "oscar"}}
}

func accessReads(t *testing.T, f StoreFixture) {
	v := fill(t, f)
	see, blind := v.scopes()
	ctx, s := t.Context(), f.Other
	ids := []collab.ID{v.secret, v.open, v.talk}
	things := []collab.ID{v.comment.ID, v.conflict.ID}
	customers := collab.EntityQuery{Type: collab.TypeCustomer, Limit: 10}
	about := collab.ConflictQuery{EntityID: &v.secret, Limit: 10}
	told := v.log(0)[len(v.log(0))-2].Notifications
	mine := idsOf(told, notificationID)
	for _, read := range []struct {
		name       string
		see, blind int
		count      func(scope collab.Scope, who collab.ID) int
	}{
		{"EntityChanges", 3, 2, func(scope collab.Scope, _ collab.ID) int {
			return len(must(s.EntityChanges(ctx, scope, 0, collab.ChangeQuery{}, 10))(t))
		}},
		{"EntityChanges of one", 1, 0, func(scope collab.Scope, _ collab.ID) int {
			return len(must(s.EntityChanges(ctx, scope, 0, collab.ChangeQuery{EntityID: &v.secret}, 10))(t))
		}},
		{"Activity", 6, 3, func(scope collab.Scope, _ collab.ID) int {
			return len(must(s.Activity(ctx, scope, collab.ActivityQuery{Limit: 10}))(t))
		}},
		{"Activity of somebody", 6, 3, func(scope collab.Scope, _ collab.ID) int {
			return len(must(s.Activity(ctx, scope, collab.ActivityQuery{Feed: collab.ActivityFeed{Type: collab.FeedUser, EntityID: ann}, Limit: 10}))(t))
		}},
		{"Activity of the customer", 4, 0, func(scope collab.Scope, _ collab.ID) int {
			return len(must(s.Activity(ctx, scope, collab.ActivityQuery{Feed: collab.ActivityFeed{Type: collab.FeedCustomer, EntityID: v.secret}, Limit: 10}))(t))
		}},
		{"Histories", 3, 0, func(scope collab.Scope, _ collab.ID) int {
			return len(must(s.Histories(ctx, scope, ids, collab.ActivityQuery{Limit: 10}))(t)[v.secret])
		}},
		{"Histories in the customer's feed", 1, 0, func(scope collab.Scope, _ collab.ID) int {
			query := collab.ActivityQuery{Feed: collab.ActivityFeed{Type: collab.FeedCustomer, EntityID: v.secret}, Limit: 10}
			return len(must(s.Histories(ctx, scope, []collab.ID{v.talk}, query))(t)[v.talk])
		}},
		{"EntitiesAt", 2, 1, func(scope collab.Scope, _ collab.ID) int {
			return len(must(s.EntitiesAt(ctx, scope, []collab.EntityVersion{{ID: v.secret, Version: 1}, {ID: v.open, Version: 1}}))(t))
		}},
		{"Entities", 3, 2, func(scope collab.Scope, _ collab.ID) int { return len(must(s.Entities(ctx, scope, ids))(t)) }},
		{"ListEntities", 2, 1, func(scope collab.Scope, _ collab.ID) int { return len(must(s.ListEntities(ctx, scope, customers))(t)) }},
		{"ListEntities by text", 1, 0, func(scope collab.Scope, _ collab.ID) int {
			return len(must(s.ListEntities(ctx, scope, collab.EntityQuery{Type: collab.TypeCustomer, Search: "secret", Limit: 10}))(t))
		}},
		{"ListAndCountEntities", 4, 2, func(scope collab.Scope, _ collab.ID) int {
			list, total, err := s.ListAndCountEntities(ctx, scope, customers)
			if err != nil {
				t.Error(err)
			}
			return len(list) + total.N
		}},
		{"CountEntities", 2, 1, func(scope collab.Scope, _ collab.ID) int { return must(s.CountEntities(ctx, scope, customers))(t).N }},
		{"Comments", 1, 0, func(scope collab.Scope, _ collab.ID) int { return len(must(s.Comments(ctx, scope, things))(t)) }},
		{"EntityComments", 1, 0, func(scope collab.Scope, _ collab.ID) int {
			return len(must(s.EntityComments(ctx, scope, ids, nil, 10))(t))
		}},
		{"CountComments", 1, 0, func(scope collab.Scope, _ collab.ID) int { return len(must(s.CountComments(ctx, scope, ids))(t)) }},
		{"Conflicts", 1, 0, func(scope collab.Scope, _ collab.ID) int { return len(must(s.Conflicts(ctx, scope, things))(t)) }},
		{"ListConflicts", 1, 0, func(scope collab.Scope, _ collab.ID) int { return len(must(s.ListConflicts(ctx, scope, about))(t)) }},
		{"CountConflicts", 1, 0, func(scope collab.Scope, _ collab.ID) int { return must(s.CountConflicts(ctx, scope, about))(t) }},
		{"Notifications", 1, 0, func(scope collab.Scope, who collab.ID) int {
			return len(must(s.Notifications(ctx, scope, who, mine))(t))
		}},
		{"ListNotifications", 2, 1, func(scope collab.Scope, who collab.ID) int {
			return len(must(s.ListNotifications(ctx, scope, who, collab.NotificationQuery{Limit: 10}))(t))
		}},
		{"CountUnread", 2, 1, func(scope collab.Scope, who collab.ID) int {
			return must(s.CountUnread(ctx, scope, who, collab.At(time.Now())))(t)
		}},
		{"Hidden", 0, 1, func(scope collab.Scope, _ collab.ID) int {
			return len(must(s.Hidden(ctx, scope, append(ids, "cus_none")))(t))
		}},
	} {
		for who, scope := range see {
			if got := read.count(scope, who); got != read.see {
				t.Errorf("%s: %s sees %d as %+v, want %d", read.name, who, got, scope, read.see)
			}
		}
		for who, scope := range blind {
			if got := read.count(scope, who); got != read.blind {
				t.Errorf("%s: %s sees %d as %+v, want %d", read.name, who, got, scope, read.blind)
			}
		}
	}
}

// A call that everybody sees does not give away the customer that it belongs to.
func accessOfCustomer(t *testing.T, f StoreFixture) {
	v := fill(t, f)
	v.edit(v.talk, func(e collab.Entity) { e.(*collab.Call).CustomerID = &v.open })
	v.create(call("another", &v.secret))
	see, blind := v.scopes()
	calls := collab.EntityQuery{Type: collab.TypeCall, CustomerID: &v.secret, Limit: 10}
	left := collab.ActivityQuery{Feed: collab.ActivityFeed{Type: collab.FeedCustomer, EntityID: v.secret}, Filter: collab.ActivityFilter{Types: []collab.ChangeType{collab.ChangeUpdate}}, Limit: 10}
	count := func(scope collab.Scope) []int {
		ids := []collab.ID{v.secret}
		return []int{
			len(must(f.Store.ListEntities(t.Context(), scope, calls))(t)),
			must(f.Store.CountEntities(t.Context(), scope, calls))(t).N,
			len(must(f.Store.RelatedEntities(t.Context(), scope, ids, calls))(t)),
			must(f.Store.CountRelated(t.Context(), scope, ids, collab.TypeCall))(t)[v.secret],
			len(must(f.Store.Activity(t.Context(), scope, left))(t)),
		}
	}
	for _, scope := range see {
		equal(t, "seen", count(scope), []int{1, 1, 1, 1, 1})
	}
	for _, scope := range blind {
		equal(t, "hidden", count(scope), []int{0, 0, 0, 0, 0})
	}
}

// Events from before somebody gained access stay with those who could see them, also once everybody
// sees the entity.
func accessBefore(t *testing.T, f StoreFixture) {
	v := fill(t, f)
	before := v.addressed(v.secret, []collab.ID{ann, "olga"}, nil)
	after := v.addressed(v.secret, insiders, nil)
	v.edit(v.secret, func(e collab.Entity) { e.(*collab.Customer).Visibility = collab.VisibleToOrganization })
	query := collab.ActivityQuery{Filter: collab.ActivityFilter{Types: []collab.ChangeType{collab.ChangeView}, EntityIDs: []collab.ID{v.secret}}, Limit: 2}
	see := func(scope collab.Scope) []int64 {
		return positionsOf(must(f.Store.Activity(t.Context(), scope, query))(t))
	}
	told := v.log(0)[len(v.log(0))-5].Cursor.Position // a view that was for all
	equal(t, "ann", see(collab.Scope{OrgID: v.id, UserID: ann}), []int64{after.Cursor.Position, before.Cursor.Position})
	equal(t, "an admin", see(collab.Scope{OrgID: v.id, All: true}), []int64{after.Cursor.Position, before.Cursor.Position})
	equal(t, "greta", see(collab.Scope{OrgID: v.id, UserID: "greta"}), []int64{after.Cursor.Position, told})
	equal(t, "everybody", see(v.scope()), []int64{told})
}

func accessDeleted(t *testing.T, f StoreFixture) {
	v := fill(t, f)
	v.remove(v.secret)
	for _, scope := range []collab.Scope{v.scope(), {OrgID: v.id, UserID: "oscar"}} {
		if got := must(f.Store.Hidden(t.Context(), scope, []collab.ID{v.secret}))(t); !got[v.secret] {
			t.Errorf("%+v: hidden are %v", scope, got)
		}
		if got := must(f.Store.ListNotifications(t.Context(), scope, "oscar", collab.NotificationQuery{Limit: 10}))(t); len(got) != 1 {
			t.Errorf("%+v: there are %d notifications", scope, len(got))
		}
	}
	scope := collab.Scope{OrgID: v.id, UserID: "greta"}
	if got := must(f.Store.Hidden(t.Context(), scope, []collab.ID{v.secret}))(t); len(got) > 0 {
		t.Errorf("hidden from greta are %v", got)
	}
	if got := must(f.Store.CountUnread(t.Context(), scope, "greta", collab.At(time.Now())))(t); got != 2 {
		t.Errorf("greta has %d notifications", got)
	}
}

func accessMarks(t *testing.T, f StoreFixture) {
	v := fill(t, f)
	blind := collab.Scope{OrgID: v.id, UserID: "oscar"}
	now := collab.At(founding.Add(time.Hour))
	if got := must(f.Store.MarkRead(t.Context(), blind, "oscar", nil, 1<<60, now))(t); got != 1 {
		t.Errorf("marked %d", got)
	}
	v.grant(v.secret, "oscar", collab.AccessRead)
	if got := must(f.Store.CountUnread(t.Context(), blind, "oscar", collab.At(time.Now())))(t); got != 1 {
		t.Errorf("let in, %d are unread", got)
	}
}
