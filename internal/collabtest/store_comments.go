package collabtest

import (
	"testing"

	"tandem/internal/collab"
)

var commentTests = []storeTest{
	{"Comments/ByID", commentsByID},
	{"EntityComments/Pages", commentsByEntity},
	{"EntityComments/OrdersTies", commentsTied},
}

func commentsByID(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(customer("Acme"))
	first, second := c.comment(id, awkwardText, ann, "bob"), c.comment(id, "no mention")
	got := must(f.Other.Comments(t.Context(), c.scope(), []collab.ID{first.ID, second.ID, "com_none", first.ID}))(t)
	equal(t, "comments", got, map[collab.ID]*collab.Comment{first.ID: first, second.ID: second})
}

func commentsByEntity(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	a, b, none := c.create(customer("a")), c.create(call("b", nil)), c.create(customer("none"))
	var ofA []*collab.Comment
	for range 5 {
		ofA = append(ofA, c.comment(a, "of a"))
	}
	ofB := c.comment(b, "of b")
	ids := []collab.ID{a, b, none, "ent_none", a}
	list := func(after *collab.SortKey, limit int) map[collab.ID][]*collab.Comment {
		t.Helper()
		return must(f.Other.EntityComments(t.Context(), c.scope(), ids, after, limit))(t)
	}
	equal(t, "comments", list(nil, 3), map[collab.ID][]*collab.Comment{a: ofA[:3], b: {ofB}})
	after := &collab.SortKey{Time: ofA[2].CreatedAt, ID: ofA[2].ID}
	c.comment(a, "of a, later")
	equal(t, "comments after a place", list(after, 2), map[collab.ID][]*collab.Comment{a: ofA[3:], b: {ofB}})
	counts := must(f.Other.CountComments(t.Context(), c.scope(), ids))(t)
	if counts[a] != 6 || counts[b] != 1 || counts[none] != 0 {
		t.Errorf("counts are %v", counts)
	}
}

func commentsTied(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(customer("Acme"))
	at := c.now()
	for _, commentID := range []collab.ID{"com_b", "com_a", "com_c"} {
		c.write(collab.Intent{EntityID: id}, func(st *collab.State) (*collab.Decision, error) {
			comment := &collab.Comment{ID: commentID, EntityType: collab.TypeCustomer, EntityID: id, AuthorID: ann, Body: "at once", CreatedAt: at}
			return &collab.Decision{Change: c.event(collab.ChangeComment, st.Entity), Comment: comment}, nil
		})
	}
	equal(t, "comments", idsOf(c.comments(id), commentID), []collab.ID{"com_a", "com_b", "com_c"})
	got := must(f.Store.EntityComments(t.Context(), c.scope(), []collab.ID{id}, &collab.SortKey{Time: at, ID: "com_a"}, 10))(t)
	equal(t, "comments after the first", idsOf(got[id], commentID), []collab.ID{"com_b", "com_c"})
}
