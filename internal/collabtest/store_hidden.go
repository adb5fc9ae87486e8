package collabtest

import (
	"testing"
	"time"

	"tandem/internal/collab"
)

var hiddenTests = []storeTest{
	{"Access/HiddenIsInNoRead", accessReads},
	{"Access/OfHiddenCustomerIsIndependent", accessOfCustomer},
	{"Access/ChangesNeedAccessBeforeAndAfter", accessBefore},
	{"Access/DeletedStayHidden", accessDeleted},
	{"MarkRead/OnlyOfVisibleEntities", accessMarks},
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
	if got := must(f.Store.MarkRead(t.Context(), blind, "oscar", nil, collab.NoBound, 1<<60, now))(t); got != 1 {
		t.Errorf("marked %d", got)
	}
	v.grant(v.secret, "oscar", collab.AccessRead)
	if got := must(f.Store.CountUnread(t.Context(), blind, "oscar", collab.At(time.Now())))(t); got != 1 {
		t.Errorf("let in, %d are unread", got)
	}
}
