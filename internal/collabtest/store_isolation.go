package collabtest

import (
	"testing"

	"tandem/internal/collab"
)

var isolationTests = []storeTest{
	{"Isolation/Reads", isolatedReads},
	{"Isolation/WriteState", isolatedStates},
	{"Isolation/SameIDsInBoth", isolatedIDs},
	{"Isolation/MarkRead", isolatedMarks},
}

// isolatedReads asks, as somebody of another organization, for everything by its
// ids. Of all that only what every organization has may come back.
func isolatedReads(t *testing.T, f StoreFixture) {
	a, b := found(t, f.Store), found(t, f.Store)
	acme := a.create(customer("Acme"))
	talk := a.create(call("talk", &acme))
	comment, conflict := a.comment(talk, "secret"), a.collide(acme)
	told := a.tell(acme, ann).Notifications[0]
	a.join("bob")
	browser := a.register(endpoint(t, "1"))

	ctx, scope := t.Context(), b.scope()
	ids := []collab.ID{acme, talk, comment.ID, conflict.ID, told.ID, "bob", a.id}
	customers := collab.EntityQuery{Type: collab.TypeCustomer, CustomerID: &acme, Limit: 10}
	calls := collab.EntityQuery{Type: collab.TypeCall, Limit: 10}
	listed, total, err := f.Store.ListAndCountEntities(ctx, scope, calls)
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]any{
		"Changes":              must(f.Store.Changes(ctx, b.id, 1, 10))(t),
		"EntityChanges":        must(f.Store.EntityChanges(ctx, scope, 0, collab.ChangeQuery{EntityID: &acme}, 10))(t),
		"Activity":             must(f.Store.Activity(ctx, scope, collab.ActivityQuery{Limit: 10}))(t),
		"activity by user":     must(f.Store.Activity(ctx, scope, collab.ActivityQuery{Feed: collab.ActivityFeed{Type: collab.FeedUser, EntityID: ann}, Limit: 10}))(t),
		"customer activity":    must(f.Store.Activity(ctx, scope, collab.ActivityQuery{Feed: collab.ActivityFeed{Type: collab.FeedCustomer, EntityID: acme}, Limit: 10}))(t),
		"Histories":            must(f.Store.Histories(ctx, scope, ids, collab.ActivityQuery{Limit: 10}))(t),
		"EntitiesAt":           len(must(f.Store.EntitiesAt(ctx, scope, []collab.EntityVersion{{ID: acme, Version: 1}}))(t)),
		"Entities":             must(f.Store.Entities(ctx, scope, ids))(t),
		"ListEntities":         must(f.Store.ListEntities(ctx, scope, customers))(t),
		"list of all calls":    must(f.Store.ListEntities(ctx, scope, calls))(t),
		"list with its count":  listed,
		"ListAndCountEntities": total.N,
		"CountEntities":        must(f.Store.CountEntities(ctx, scope, calls))(t).N,
		"RelatedEntities":      must(f.Store.RelatedEntities(ctx, scope, ids, calls))(t),
		"CountRelated":         must(f.Store.CountRelated(ctx, scope, ids, collab.TypeCall))(t),
		"Comments":             must(f.Store.Comments(ctx, scope, ids))(t),
		"EntityComments":       must(f.Store.EntityComments(ctx, scope, ids, nil, 10))(t),
		"CountComments":        must(f.Store.CountComments(ctx, scope, ids))(t),
		"Users":                must(f.Store.Users(ctx, b.id, ids))(t),
		"Members":              must(f.Store.Members(ctx, b.id, &collab.SortKey{Name: "ann", ID: ann}, 10))(t),
		"CountMembers":         must(f.Store.CountMembers(ctx, b.id))(t) - 1,
		"Conflicts":            must(f.Store.Conflicts(ctx, scope, ids))(t),
		"ListConflicts":        must(f.Store.ListConflicts(ctx, scope, collab.ConflictQuery{Limit: 10}))(t),
		"CountConflicts":       must(f.Store.CountConflicts(ctx, scope, collab.ConflictQuery{}))(t),
		"Notifications":        must(f.Store.Notifications(ctx, scope, ann, ids))(t),
		"ListNotifications":    must(f.Store.ListNotifications(ctx, scope, ann, collab.NotificationQuery{Limit: 10}))(t),
		"Hidden":               must(f.Store.Hidden(ctx, scope, ids))(t),
		"Grants":               must(f.Store.Grants(ctx, b.id, "bob", ids))(t),
		"CountUnread":          must(f.Store.CountUnread(ctx, scope, ann, collab.At(founding)))(t),
		"PushCheck":            b.check(browser, told, b.now()),
		"MarkRead":             must(f.Store.MarkRead(ctx, scope, ann, ids, collab.NoBound, 1<<60, b.now()))(t),
	} {
		switch encoded := inJSON(t, got); encoded {
		case "null", "[]", "{}", "0":
		default:
			t.Errorf("%s has %s", name, encoded)
		}
	}
	if got := a.unread(); got != 1 {
		t.Errorf("%d are unread", got)
	}
}

func isolatedStates(t *testing.T, f StoreFixture) {
	a, b := found(t, f.Store), found(t, f.Store)
	a.join("bob")
	acme := a.create(customer("Acme"))
	conflict := a.collide(acme)
	view := a.view(acme)
	earlier := collab.At(view.OccurredAt.Add(-1e9))
	st := b.state(collab.Intent{
		EntityID: acme, BaseVersion: 1, ConflictID: conflict.ID, UserIDs: []collab.ID{"bob"}, CustomerID: &acme,
		ViewedSince: &earlier, ClientMutationID: new(collab.ID("m1")),
	})
	st.Actor = nil
	equal(t, "state", st, collab.State{Members: map[collab.ID]*collab.Member{}})
}

// An id names something in its organization; another may have the same.
func isolatedIDs(t *testing.T, f StoreFixture) {
	a, b := found(t, f.Store), found(t, f.Store)
	for name, c := range map[string]*company{"of a": a, "of b": b} {
		e := customer(name)
		e.ID = "cus_same"
		c.create(e)
		c.keep(&collab.Conflict{ID: "cfl_same", EntityType: collab.TypeCustomer, EntityID: e.ID, DetectedForID: collab.ID(name)})
	}
	a.edit("cus_same", rename("edited"))
	if got := b.entity("cus_same"); got.DisplayName() != "of b" || got.Common().Version != 1 {
		t.Errorf("the other one is %v", got)
	}
	for name, c := range map[collab.ID]*company{"of a": a, "of b": b} {
		got := must(f.Store.Conflicts(t.Context(), c.scope(), []collab.ID{"cfl_same"}))(t)
		if got["cfl_same"].DetectedForID != name {
			t.Errorf("the conflict %s is %v", name, got["cfl_same"])
		}
	}
}

func isolatedMarks(t *testing.T, f StoreFixture) {
	a, b := found(t, f.Store), found(t, f.Store)
	mine := inbox(a)
	inbox(b)
	if got := b.markRead([]collab.ID{mine[0].ID}, 0); got != 0 {
		t.Errorf("marked %d", got)
	}
	if got := b.markRead(nil, 1<<60); got != 4 {
		t.Errorf("marked %d", got)
	}
	if got := a.unread(); got != 4 {
		t.Errorf("%d are unread", got)
	}
	b.hide(true)
	if a.member(ann).PresenceHidden {
		t.Errorf("hidden in the other organization: %v", a.member(ann).PresenceHidden)
	}
}
