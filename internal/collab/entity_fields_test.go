package collab

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// A patch is converted to the form of documents, so that equal values are equal bytes.
func TestCanonical(t *testing.T) {
	t.Parallel()
	evening := time.Date(2026, 5, 4, 20, 0, 0, 123456789, time.FixedZone("", 2*3600))
	tests := []struct {
		name string
		of   EntityType
		sent Patch
		want string
	}{
		{"nothing", TypeCustomer, Patch{}, `{}`},
		{"only what was sent", TypeCustomer, Patch{"name": "Acme"}, `{"name":"Acme"}`},
		{"pointers, as GraphQL gives them", TypeCustomer, Patch{"phone": new("1"), "email": (*string)(nil)}, `{"email":null,"phone":"1"}`},
		{"a null for a list is an empty one", TypeCustomer, Patch{"tags": nil}, `{"tags":[]}`},
		{"a null for another list is an empty one", TypeMeeting, Patch{"attendeeIds": nil}, `{"attendeeIds":[]}`},
		{"a null for what must have a value", TypeCustomer, Patch{"name": nil, "status": nil}, `{"name":"","status":""}`},
		{"a null for a time that may be missing", TypeCall, Patch{"startedAt": nil}, `{"startedAt":null}`},
		{"a null for a time that may not", TypeMeeting, Patch{"startsAt": nil}, `{"startsAt":"0001-01-01T00:00:00.000Z"}`},
		{"a time is in UTC, to the millisecond", TypeCall, Patch{"startedAt": At(evening)}, `{"startedAt":"2026-05-04T18:00:00.123Z"}`},
		{"a time as text likewise", TypeCall, Patch{"startedAt": "2026-05-04T20:00:00.1239+02:00"}, `{"startedAt":"2026-05-04T18:00:00.123Z"}`},
		{"an id", TypeCall, Patch{"customerId": ID("cus_1")}, `{"customerId":"cus_1"}`},
		{"a number", TypeCall, Patch{"durationSeconds": 60}, `{"durationSeconds":60}`},
		{"signs that HTML escapes", TypeCustomer, Patch{"name": "<R&D>"}, `{"name":"\u003cR\u0026D\u003e"}`},
		{"what no document has is null", TypeCustomer, Patch{"version": 7}, `{"version":null}`},
	}
	for _, test := range tests {
		fields, err := canonical(test.of, test.sent)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
		} else if got := string(mustJSON(t, fields)); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
	if _, err := canonical(TypeCall, Patch{"durationSeconds": "an hour"}); err == nil {
		t.Error("a text was taken for a number")
	}
	if _, err := canonical(TypeCall, Patch{"notes": make(chan int)}); err == nil || !strings.Contains(err.Error(), "notes") {
		t.Errorf("the error does not name the field: %v", err)
	}
}

// Two spellings of the same input are the same patch.
func TestCanonicalIsStable(t *testing.T) {
	t.Parallel()
	for _, of := range EntityTypes {
		once := mustFields(t, validEntity(of))
		sent := Patch{}
		for name, value := range once {
			sent[name] = value
		}
		if twice := mustCanonical(t, of, sent); !maps.EqualFunc(once, twice, equalValues) {
			t.Errorf("%s became %s", mustJSON(t, once), mustJSON(t, twice))
		}
	}
}

// Laying fields over an entity makes another one, and leaves the first as it was.
func TestOverlay(t *testing.T) {
	t.Parallel()
	before := validEntity(TypeCustomer).(*Customer)
	before.Tags, before.Phone, before.Cursor = []string{"vip"}, new("1"), Cursor{Epoch: 3, Position: 7}
	snapshot := mustJSON(t, before)

	laid, err := overlay(before, Fields{"tags": []byte(`["fair"]`), "phone": []byte("null"), "email": []byte(`"ada@example.com"`)})
	if err != nil {
		t.Fatal(err)
	}
	after := laid.(*Customer)
	if after.Phone != nil || *after.Email != "ada@example.com" || !slices.Equal(after.Tags, []string{"fair"}) || after.Name != "Acme" {
		t.Errorf("got %s", mustJSON(t, after))
	}
	if after.ID != before.ID || after.Version != before.Version || after.Cursor != before.Cursor {
		t.Errorf("the record is another one: %+v", after.Record)
	}
	after.Tags[0] = "changed"
	if got := mustJSON(t, before); string(got) != string(snapshot) {
		t.Errorf("the first entity is now %s", got)
	}
}

// No document ever has a null list: neither a new one, nor one whose list was cleared.
func TestOverlayKeepsListsFromNull(t *testing.T) {
	t.Parallel()
	for of, list := range map[EntityType]string{TypeCustomer: "tags", TypeMeeting: "attendeeIds"} {
		for _, value := range []string{"null", "[]"} {
			e, err := overlay(validEntity(of), Fields{list: []byte(value)})
			if err != nil {
				t.Fatal(err)
			}
			if got := mustFields(t, e)[list]; string(got) != "[]" {
				t.Errorf("%s of a %s became %s", list, of, got)
			}
		}
		blank := newEntity(of)
		if err := setFields(blank, nil); err != nil || string(mustFields(t, blank)[list]) != "[]" {
			t.Errorf("a blank %s has %s: %v", of, mustFields(t, blank)[list], err)
		}
	}
}

// A snapshot is the whole entity except its cursor, which comes from the place where it was found.
func TestSnapshot(t *testing.T) {
	t.Parallel()
	at := Cursor{Epoch: 1, Position: 42}
	for _, of := range EntityTypes {
		e := validEntity(of)
		e.Common().Cursor = Cursor{Epoch: 9, Position: 9}
		snapshot, err := EncodeEntity(e)
		if err != nil {
			t.Fatal(err)
		}
		back, err := DecodeEntity(of, snapshot, at)
		if err != nil {
			t.Fatal(err)
		}
		e.Common().Cursor = at
		if *back.Common() != *e.Common() || !maps.EqualFunc(mustFields(t, back), mustFields(t, e), equalValues) {
			t.Errorf("%s came back as %s", mustJSON(t, e), mustJSON(t, back))
		}
	}
	for _, damaged := range []string{"", "null-", "[]", `{"fields":7}`} {
		if _, err := DecodeEntity(TypeCall, []byte(damaged), at); err == nil {
			t.Errorf("read a call from %q", damaged)
		}
	}
	if _, err := DecodeEntity("LETTER", []byte("{}"), at); err == nil {
		t.Error("read an entity of an unknown type")
	}
}

func TestDiff(t *testing.T) {
	t.Parallel()
	before := Fields{"name": []byte(`"Acme"`), "phone": []byte(`"1"`), "notes": []byte("null"), "tags": []byte("[]")}
	after := Fields{"name": []byte(`"Acme"`), "phone": []byte("null"), "notes": []byte(`"x"`), "tags": []byte("[]"), "email": []byte("null")}
	want := `[{"field":"notes","oldValue":null,"newValue":"x"},{"field":"phone","oldValue":"1","newValue":null}]`
	if got := string(mustJSON(t, diff(before, after))); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := diff(after, after); got != nil {
		t.Errorf("equal documents differ in %s", mustJSON(t, got))
	}
}

// Laying the difference of two documents over the first one gives the second one.
func TestDiffRoundTrips(t *testing.T) {
	checkMerges(t, func(t *testing.T, m randomMerge) {
		reached := maps.Clone(m.base)
		for _, f := range diff(m.base, m.remote) {
			if !equalValues(reached[f.Field], json.RawMessage(f.OldValue)) {
				t.Errorf("%s was not %s", f.Field, f.OldValue)
			}
			reached[f.Field] = json.RawMessage(f.NewValue)
		}
		if !maps.EqualFunc(reached, m.remote, equalValues) {
			t.Errorf("reached %s", mustJSON(t, reached))
		}
	})
}

func TestEqualValues(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b string
		want bool
	}{
		{`"a"`, `"a"`, true}, {`"a"`, `"A"`, false}, {`"a"`, `null`, false}, {`null`, `null`, true},
		{``, `null`, true}, {``, ``, true}, {`""`, `null`, false}, {`[]`, `null`, false}, {`0`, `null`, false}, {`1`, `"1"`, false},
	}
	for _, test := range tests {
		a, b := json.RawMessage(test.a), json.RawMessage(test.b)
		if equalValues(a, b) != test.want || equalValues(b, a) != test.want {
			t.Errorf("%s and %s: equal is not %t", a, b, test.want)
		}
	}
}

// Times are the same text everywhere, and sort as they follow each other.
func TestTime(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]string{
		"2026-05-04T09:30:00Z":                "2026-05-04T09:30:00.000Z",
		"2026-05-04T09:30:00.1Z":              "2026-05-04T09:30:00.100Z",
		"2026-05-04T09:30:00.123999999+14:00": "2026-05-03T19:30:00.123Z",
		"0001-01-01T00:00:00Z":                "0001-01-01T00:00:00.000Z",
		"9999-12-31T23:59:59.999Z":            "9999-12-31T23:59:59.999Z",
	} {
		var got Time
		if err := got.UnmarshalGQL(sent); err != nil {
			t.Errorf("%s: %v", sent, err)
			continue
		}
		var written strings.Builder
		got.MarshalGQL(&written)
		if written.String() != `"`+want+`"` || string(mustJSON(t, got)) != written.String() {
			t.Errorf("%s became %s, and %s in documents", sent, written.String(), mustJSON(t, got))
		}
	}
	for _, wrong := range []any{
		"", "yesterday", "2026-05-04", "2026-05-04 09:30:00Z", "2026-05-04T09:30:00", "2026-02-30T09:30:00Z",
		"9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00", 1777887000, nil,
	} {
		if err := new(Time).UnmarshalGQL(wrong); CodeOf(err) != BadInput {
			t.Errorf("%v: %v", wrong, err)
		}
	}
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	encoded, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

func mustFields(t *testing.T, e Entity) Fields {
	t.Helper()
	fields, err := fieldsOf(e)
	if err != nil {
		t.Fatal(err)
	}
	return fields
}

func mustCanonical(t *testing.T, of EntityType, patch Patch) Fields {
	t.Helper()
	fields, err := canonical(of, patch)
	if err != nil {
		t.Fatal(err)
	}
	return fields
}

// validEntity is an entity of ann's with nothing wrong in it, and little else.
func validEntity(of EntityType) Entity {
	begin := At(time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC))
	record := Record{ID: ID(of.noun().Prefix + "_1"), Type: of, Version: 1, CreatedBy: "ann", UpdatedBy: "ann", CreatedAt: begin, UpdatedAt: begin}
	switch of {
	case TypeCustomer:
		return &Customer{record, CustomerFields{
			Name: "Acme", Status: CustomerLead, Tags: []string{}, Visibility: VisibleToOrganization,
		}}
	case TypeCall:
		return &Call{record, CallFields{
			Subject: "Offer", Direction: CallOutbound, Status: CallScheduled, Visibility: VisibleToOrganization,
		}}
	case TypeDeal:
		return &Deal{record, DealFields{Title: "Renewal", Stage: DealOpen, Visibility: VisibleToOrganization}}
	case TypeMeeting:
		return &Meeting{record, MeetingFields{
			Title: "Kickoff", Status: MeetingScheduled, StartsAt: begin, EndsAt: At(begin.Add(time.Hour)),
			AttendeeIDs: []ID{}, Visibility: VisibleToOrganization,
		}}
	}
	// A type that has no example here.
	e := of.noun().New()
	*e.Common() = record
	document := maps.Clone(of.noun().Defaults)
	document["title"] = []byte(`"An example"`)
	if err := setFields(e, document); err != nil {
		panic(err)
	}
	return e
}
