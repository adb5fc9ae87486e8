package collab

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tandem/internal/seeded"
)

// An edit between states of which each field is a, b, c, or null.
type randomMerge struct{ base, remote, patch Fields }

func newRandomMerge(r *rand.Rand) randomMerge {
	names := []string{"company", "email", "name", "phone", "status"}
	values := []string{`"a"`, `"b"`, `"c"`, `null`}
	value := func() json.RawMessage { return json.RawMessage(values[r.IntN(len(values))]) }
	m := randomMerge{Fields{}, Fields{}, Fields{}}
	for _, name := range names {
		m.base[name] = value()
		m.remote[name] = m.base[name]
		if r.IntN(2) == 0 {
			m.remote[name] = value()
		}
		if r.IntN(3) > 0 {
			m.patch[name] = value()
		}
	}
	return m
}

// mergeFields merges an edit of somebody who changed nothing since the base.
func mergeFields(base, remote, patch Fields) (apply Fields, conflicts []string) {
	return basis{base: base, saw: base}.merge(customerNoun, remote, patch)
}

// laidOver returns fields with others laid over them.
func laidOver(fields, over Fields) Fields {
	out := maps.Clone(fields)
	maps.Copy(out, over)
	return out
}

func checkMerges(t *testing.T, check func(t *testing.T, m randomMerge)) {
	t.Helper()
	t.Parallel()
	r := seeded.New(t).Rand(0)
	for range 5000 {
		m := newRandomMerge(r)
		check(t, m)
		if t.Failed() {
			t.Fatalf("base %s, remote %s, patch %s", mustJSON(t, m.base), mustJSON(t, m.remote), mustJSON(t, m.patch))
		}
	}
}

// It does not matter who was first: the same two edits conflict over the same fields.
func TestMergeConflictsAreSymmetric(t *testing.T) {
	checkMerges(t, func(t *testing.T, m randomMerge) {
		theirs := Fields{}
		for name, value := range m.remote {
			if !equalValues(value, m.base[name]) {
				theirs[name] = value
			}
		}
		_, conflicts := mergeFields(m.base, laidOver(m.base, theirs), m.patch)
		_, reversed := mergeFields(m.base, laidOver(m.base, m.patch), theirs)
		if !slices.Equal(conflicts, reversed) {
			t.Errorf("a conflict over %v one way and over %v the other", conflicts, reversed)
		}
	})
}

// Fields that only one side changed have its value in the result, whichever side it was, and fields
// that nobody changed stay as they were.
func TestMergeLosesNothing(t *testing.T) {
	checkMerges(t, func(t *testing.T, m randomMerge) {
		apply, conflicts := mergeFields(m.base, m.remote, m.patch)
		result := laidOver(m.remote, apply)
		for name, base := range m.base {
			local, edited := m.patch[name]
			edited = edited && !equalValues(local, base)
			changed := !equalValues(m.remote[name], base)
			inConflict := slices.Contains(conflicts, name)
			switch {
			case edited && changed && !equalValues(local, m.remote[name]):
				if !inConflict {
					t.Errorf("%s is in no conflict", name)
				}
			case inConflict:
				t.Errorf("%s is in conflict", name)
			case edited && !equalValues(result[name], local):
				t.Errorf("%s lost the edit", name)
			case !edited && !equalValues(result[name], m.remote[name]):
				t.Errorf("%s lost what was there", name)
			}
		}
	})
}

// Against the newest version nothing is in conflict, and everything is applied that is a change at all.
func TestMergeWithoutOthersAppliesEverything(t *testing.T) {
	checkMerges(t, func(t *testing.T, m randomMerge) {
		apply, conflicts := mergeFields(m.base, m.base, m.patch)
		if len(conflicts) > 0 || !maps.EqualFunc(laidOver(m.base, apply), laidOver(m.base, m.patch), equalValues) {
			t.Errorf("applied %s, in conflict %v", mustJSON(t, apply), conflicts)
		}
		for name := range apply {
			if equalValues(apply[name], m.base[name]) {
				t.Errorf("%s is applied and changes nothing", name)
			}
		}
	})
}

// An edit that was applied, and is merged again, finds nothing left to do.
func TestMergeTwiceIsMergeOnce(t *testing.T) {
	checkMerges(t, func(t *testing.T, m randomMerge) {
		apply, conflicts := mergeFields(m.base, m.remote, m.patch)
		again, conflictsAgain := mergeFields(m.base, laidOver(m.remote, apply), m.patch)
		if len(again) > 0 || !slices.Equal(conflicts, conflictsAgain) {
			t.Errorf("the second time applied %s, in conflict %v and then %v", mustJSON(t, again), conflicts, conflictsAgain)
		}
	})
}

// With an unknown base nothing is ever applied: it is the same, or it is a conflict.
func TestMergeWithUnknownBaseGuessesNothing(t *testing.T) {
	checkMerges(t, func(t *testing.T, m randomMerge) {
		apply, conflicts := mergeFields(nil, m.remote, m.patch)
		if len(apply) > 0 {
			t.Errorf("applied %s", mustJSON(t, apply))
		}
		for name, local := range m.patch {
			if equalValues(local, m.remote[name]) == slices.Contains(conflicts, name) {
				t.Errorf("%s: in conflict are %v", name, conflicts)
			}
		}
	})
}

func TestMergeNamesConflictsInOrder(t *testing.T) {
	checkMerges(t, func(t *testing.T, m randomMerge) {
		_, conflicts := mergeFields(m.base, m.remote, m.patch)
		if !slices.IsSorted(conflicts) {
			t.Errorf("in conflict are %v", conflicts)
		}
	})
}

// A deletion conflicts over whatever others changed since its base.
func TestChangedByOthers(t *testing.T) {
	t.Parallel()
	remote := Fields{"name": []byte(`"Acme"`), "notes": []byte("null"), "phone": []byte(`"2"`), "email": nil}
	tests := []struct {
		name string
		base Fields
		want []string
	}{
		{"nothing changed", Fields{"name": []byte(`"Acme"`), "phone": []byte(`"2"`)}, nil},
		{"one changed", Fields{"name": []byte(`"Acme"`), "phone": []byte(`"1"`)}, []string{"phone"}},
		{"one was cleared", Fields{"name": []byte(`"Acme"`), "phone": []byte(`"2"`), "notes": []byte(`"x"`)}, []string{"notes"}},
		{"an unknown base: all that have a value", nil, []string{"name", "phone"}},
	}
	for _, test := range tests {
		b := basis{base: test.base, others: map[string]bool{"name": true, "notes": true, "phone": true}}
		if got := b.changedByOthers(remote); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

// Of several people who changed a field since, the last one is named, and only for fields that they changed.
func TestFieldConflictsNameWhoChangedLast(t *testing.T) {
	t.Parallel()
	noon := At(time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC))
	since := []*Change{
		{ActorID: "bob", OccurredAt: noon, Fields: []*FieldChange{{Field: "phone"}, {Field: "name"}}},
		{ActorID: "cleo", OccurredAt: At(noon.Add(time.Minute)), Fields: []*FieldChange{{Field: "phone"}}},
		{ActorID: "dan", OccurredAt: At(noon.Add(time.Hour))},
	}
	got := fieldConflicts([]string{"name", "notes", "phone"}, nil, nil, nil, since)
	who := func(f *FieldConflict) ID {
		if f.RemoteChangedByID == nil {
			return ""
		}
		return *f.RemoteChangedByID
	}
	if who(got[0]) != "bob" || who(got[1]) != "" || who(got[2]) != "cleo" || *got[2].RemoteChangedAt != since[1].OccurredAt {
		t.Errorf("name by %q, notes by %q, phone by %q", who(got[0]), who(got[1]), who(got[2]))
	}
}
