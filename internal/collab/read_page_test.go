package collab

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestPageSize(t *testing.T) {
	t.Parallel()
	tests := []struct {
		first *int
		want  int
	}{
		{nil, 25}, {new(0), 0}, {new(1), 1}, {new(25), 25}, {new(100), 100},
		{new(-1), -1}, {new(101), -1}, {new(1 << 40), -1}, {new(-1 << 40), -1},
	}
	for _, test := range tests {
		got, err := PageSize(test.first)
		switch {
		case test.want < 0 && CodeOf(err) != BadInput:
			t.Errorf("%d: %d, %v", *test.first, got, err)
		case test.want >= 0 && (err != nil || got != test.want):
			t.Errorf("got %d, want %d: %v", got, test.want, err)
		}
	}
}

// One more than the size is read, and is not shown: it only tells that there is more.
func TestCut(t *testing.T) {
	t.Parallel()
	tests := []struct {
		items   []string
		size    int
		want    []string
		hasNext bool
	}{
		{nil, 2, nil, false},
		{[]string{"a"}, 2, []string{"a"}, false},
		{[]string{"a", "b"}, 2, []string{"a", "b"}, false},
		{[]string{"a", "b", "c"}, 2, []string{"a", "b"}, true},
		{[]string{"a"}, 0, nil, true},
		{nil, 0, nil, false},
	}
	for _, test := range tests {
		for _, paged := range []bool{false, true} {
			page := paginate(test.items, test.size, paged, strings.ToUpper)
			var keys []string
			for _, item := range test.want {
				keys = append(keys, strings.ToUpper(item))
			}
			if !slices.Equal(page.Items, test.want) || !slices.Equal(page.Keys, keys) || page.HasNext != test.hasNext || page.HasPrevious != paged {
				t.Errorf("%d of %v: %+v", test.size, test.items, page)
			}
		}
	}
}

var entityOrders = []EntityOrder{OrderUpdatedDesc, OrderUpdatedAsc, OrderNameAsc, OrderCreatedDesc}

// The place of an entity holds what its order sorts by, and the id.
func TestPlacesOfEntities(t *testing.T) {
	t.Parallel()
	created := At(time.Date(2026, 5, 4, 9, 30, 0, 123e6, time.UTC))
	updated := At(created.Add(time.Hour))
	e := &Customer{Record{ID: "cus_1", CreatedAt: created, UpdatedAt: updated}, CustomerFields{Name: `ÄRGER & "Söhne" 東京 🎂`}}
	for order, want := range map[EntityOrder]SortKey{
		OrderUpdatedDesc: {ID: "cus_1", Time: updated},
		OrderUpdatedAsc:  {ID: "cus_1", Time: updated},
		OrderCreatedDesc: {ID: "cus_1", Time: created},
		OrderNameAsc:     {ID: "cus_1", Name: `ärger & "söhne" 東京 🎂`},
		"":               {ID: "cus_1", Time: updated}, // by default, what was changed last comes first
	} {
		query := EntityQuery{Order: order}
		if _, err := query.prepare(PageRequest{}); err != nil {
			t.Fatal(err)
		}
		key := query.key(e)
		if _, err := query.prepare(PageRequest{After: &key}); err != nil || *query.After != want {
			t.Errorf("%s: %+v, want %+v: %v", order, query.After, want, err)
		}
	}
}

// A place in one order says nothing in another one. It would silently leave
// entities out, or show them twice, so it is refused.
func TestPlacesOfAnotherOrderAreRefused(t *testing.T) {
	t.Parallel()
	orders := []string{CommentOrder, MemberOrder, ConflictOrder}
	for _, order := range entityOrders {
		orders = append(orders, string(order))
	}
	for _, from := range orders {
		place := encodeSortKey(from, SortKey{ID: "x", Name: "x"})
		for _, to := range orders {
			got, err := decodeSortKey(to, &place)
			if from == to && (err != nil || *got != SortKey{ID: "x", Name: "x"}) {
				t.Errorf("%s: %+v, %v", to, got, err)
			}
			if from != to && CodeOf(err) != BadInput {
				t.Errorf("a place in %s was taken for one in %s: %v", from, to, err)
			}
		}
	}
}

func TestNoPlaceIsTheBeginning(t *testing.T) {
	t.Parallel()
	if place, err := decodeSortKey(MemberOrder, nil); place != nil || err != nil {
		t.Errorf("%+v, %v", place, err)
	}
}

// A client that lost its place must get an error: starting again would look as if the list had no
// end.
func TestGarbagePlacesAreRefused(t *testing.T) {
	t.Parallel()
	encode := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	for name, text := range map[string]string{
		"nothing":               "",
		"no base64":             "§",
		"a cursor of the log":   Cursor{Epoch: 1, Position: 2}.String(),
		"no JSON":               encode("members"),
		"null":                  encode("null"),
		"a list":                encode(`["members"]`),
		"no order":              encode(`{"i":"x"}`),
		"an id of another type": encode(`{"o":"members","i":7}`),
		"no time":               encode(`{"o":"members","t":"today","i":"x"}`),
		"a NUL in the name":     encode(`{"o":"members","n":"a\u0000","i":"x"}`),
		"a NUL in the id":       encode(`{"o":"members","i":"\u0000"}`),
		"a line break":          encode(`{"o":"members","n":"a\nb","i":"x"}`),
		"cut short":             encodeSortKey(MemberOrder, SortKey{ID: "x"})[:10],
		"padded":                encodeSortKey(MemberOrder, SortKey{ID: "x"}) + "==",
	} {
		if place, err := decodeSortKey(MemberOrder, &text); CodeOf(err) != BadInput || place != nil {
			t.Errorf("%s: %+v, %v", name, place, err)
		}
	}
}

func FuzzDecodePlace(f *testing.F) {
	f.Add(encodeSortKey(MemberOrder, SortKey{ID: "x", Name: "x"}))
	f.Add(encodeSortKey(MemberOrder, SortKey{ID: "x", Time: At(time.Unix(0, 0))}))
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		place, err := decodeSortKey(MemberOrder, &text)
		switch {
		case err != nil && CodeOf(err) != BadInput:
			t.Errorf("%q: %v", text, err)
		case err == nil && (!printable(place.Name) || !printable(string(place.ID))):
			t.Errorf("%q is %+v", text, place)
		}
	})
}

func TestEntityQueryIsChecked(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		query EntityQuery
		first *int
		ok    bool
	}{
		{"nothing is asked for", EntityQuery{}, nil, true},
		{"a search as long as can be", EntityQuery{Search: strings.Repeat("茶", 200)}, nil, true},
		{"a search too long", EntityQuery{Search: strings.Repeat("x", 201)}, nil, false},
		{"a search with a NUL", EntityQuery{Search: "a\x00"}, nil, false},
		{"a search with a line break", EntityQuery{Search: "a\nb"}, nil, false},
		{"a search that is not UTF-8", EntityQuery{Search: "\xff"}, nil, false},
		{"a tag", EntityQuery{Tag: new("vip")}, nil, true},
		{"a tag with a NUL", EntityQuery{Tag: new("\x00")}, nil, false},
		{"too many", EntityQuery{}, new(101), false},
	}
	for _, test := range tests {
		_, err := test.query.prepare(PageRequest{First: test.first})
		if test.ok && err != nil || !test.ok && CodeOf(err) != BadInput {
			t.Errorf("%s: %v", test.name, err)
		}
	}

	query := EntityQuery{Search: "ÄRGER 100%_"}
	if size, err := query.prepare(PageRequest{First: new(7)}); err != nil || size != 7 || query.Limit != 8 || query.Search != "ärger 100%_" {
		t.Errorf("a page of %d from %+v: %v", size, query, err)
	}
}

// A page of the log ends where the next one has to go on, also when a filter
// let nothing through.
func TestLogPage(t *testing.T) {
	t.Parallel()
	at := func(position int64) *Change { return &Change{Cursor: Cursor{Epoch: 1, Position: position}} }
	tests := []struct {
		name    string
		changes []*Change // of which one more than two is asked for
		after   int64
		head    int64
		end     int64
		hasMore bool
	}{
		{"nothing matches", nil, 3, 9, 9, false},
		{"nothing is there yet", nil, 0, 0, 0, false},
		{"the rest of the log", []*Change{at(5), at(6)}, 3, 9, 9, false},
		{"up to the head", []*Change{at(8), at(9)}, 3, 9, 9, false},
		{"a full page", []*Change{at(5), at(6), at(8)}, 3, 9, 6, true},
		{"what committed after the head was read", []*Change{at(9), at(11)}, 8, 9, 9, false},
	}
	for _, test := range tests {
		page := logPage(test.changes, 2, at(test.after).Cursor, at(test.head).Cursor)
		if page.End != at(test.end).Cursor || page.HasMore != test.hasMore || len(page.Changes) > 2 {
			t.Errorf("%s: %d changes, ends at %d, more: %t", test.name, len(page.Changes), page.End.Position, page.HasMore)
		}
	}
	empty := logPage([]*Change{at(5)}, 0, at(3).Cursor, at(9).Cursor)
	if empty.End != at(3).Cursor || !empty.HasMore {
		t.Errorf("a page of none ends at %d, more: %t", empty.End.Position, empty.HasMore)
	}
}
