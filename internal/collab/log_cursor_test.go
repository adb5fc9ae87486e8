package collab_test

import (
	"cmp"
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"tandem/internal/collab"
)

func TestCursorComesBack(t *testing.T) {
	t.Parallel()
	for _, want := range []collab.Cursor{
		{}, {Position: 1}, {Epoch: 1}, {Epoch: 7, Position: 1 << 40}, {Epoch: math.MaxUint32, Position: math.MaxInt64},
	} {
		got, err := collab.ParseCursor(want.String())
		if err != nil || got != want {
			t.Errorf("%+v came back as %+v: %v", want, got, err)
		}
		var document struct{ Cursor collab.Cursor }
		encoded, _ := json.Marshal(map[string]any{"Cursor": want})
		if err := json.Unmarshal(encoded, &document); err != nil || document.Cursor != want {
			t.Errorf("%+v came back from %s as %+v: %v", want, encoded, document.Cursor, err)
		}
		var written strings.Builder
		want.MarshalGQL(&written)
		if written.String() != `"`+want.String()+`"` {
			t.Errorf("%s is written %s", want, written.String())
		}
	}
}

// Clients compare cursors as texts, and may keep the greater one.
func TestCursorsSortAsTheirPositions(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	position := func() int64 { return r.Int64() >> r.IntN(63) } // of every length
	for range 10_000 {
		a := collab.Cursor{Epoch: r.Uint32N(3), Position: position()}
		b := collab.Cursor{Epoch: r.Uint32N(3), Position: position()}
		want := cmp.Or(cmp.Compare(a.Epoch, b.Epoch), cmp.Compare(a.Position, b.Position))
		if got := cmp.Compare(a.String(), b.String()); got != want {
			t.Fatalf("%+v and %+v compare as %d, and as texts as %d", a, b, want, got)
		}
	}
}

// Text that no answer gave is rejected, rather than taken for another place.
func TestParseCursorRefusesGarbage(t *testing.T) {
	t.Parallel()
	good := collab.Cursor{Epoch: 1, Position: 2}.String()
	for name, text := range map[string]string{
		"nothing":              "",
		"a number":             "42",
		"a word":               "latest",
		"capital letters":      strings.ToUpper(collab.Cursor{Epoch: 0xabcdef, Position: 2}.String()),
		"a cursor cut short":   good[:len(good)-2],
		"half a byte too few":  good[:len(good)-1],
		"a cursor and more":    good + "00",
		"a blank before":       " " + good,
		"no hexadecimal digit": "g" + good[1:],
		"a later version":      "02" + good[2:],
		"version 0":            "00" + good[2:],
		"a negative position":  good[:10] + "80" + good[12:],
		"the place of a list":  "eyJvIjoiTkFNRV9BU0MiLCJpIjoiY3VzXzEifQ",
	} {
		if _, err := collab.ParseCursor(text); collab.CodeOf(err) != collab.BadInput {
			t.Errorf("%s, %q: %v", name, text, err)
		}
		if err := new(collab.Cursor).UnmarshalGQL(text); collab.CodeOf(err) != collab.BadInput {
			t.Errorf("%s, %q, in a request: %v", name, text, err)
		}
	}
	for _, value := range []any{nil, 42, true, []string{good}} {
		if err := new(collab.Cursor).UnmarshalGQL(value); collab.CodeOf(err) != collab.BadInput {
			t.Errorf("%v: %v", value, err)
		}
	}
}

func FuzzParseCursor(f *testing.F) {
	f.Add("")
	f.Add(collab.Cursor{}.String())
	f.Add(collab.Cursor{Epoch: math.MaxUint32, Position: math.MaxInt64}.String())
	f.Add(strings.ToUpper(collab.Cursor{Epoch: 0xabcdef, Position: 0xabcdef}.String()))
	f.Add("0100000001ffffffffffffffff")
	f.Fuzz(func(t *testing.T, text string) {
		cursor, err := collab.ParseCursor(text)
		if err != nil {
			if collab.CodeOf(err) != collab.BadInput || cursor != (collab.Cursor{}) {
				t.Errorf("%q is %+v: %v", text, cursor, err)
			}
			return
		}
		if cursor.Position < 0 || !strings.EqualFold(cursor.String(), text) {
			t.Errorf("%q was read as %+v, which is %q", text, cursor, cursor.String())
		}
	})
}

// A log of which the changes 5 to 9 are kept, in epoch 2.
func TestHeadCheck(t *testing.T) {
	t.Parallel()
	kept := collab.Head{Cursor: collab.Cursor{Epoch: 2, Position: 9}, Oldest: 5}
	whole := collab.Head{Cursor: collab.Cursor{Epoch: 2, Position: 9}, Oldest: 1}
	pruned := collab.Head{Cursor: collab.Cursor{Epoch: 2, Position: 9}, Oldest: 10}
	young := collab.Head{Cursor: collab.Cursor{Epoch: 2}, Oldest: 1}
	tests := []struct {
		name  string
		head  collab.Head
		after collab.Cursor
		ok    bool
	}{
		{"the newest", kept, collab.Cursor{Epoch: 2, Position: 9}, true},
		{"in the middle", kept, collab.Cursor{Epoch: 2, Position: 7}, true},
		{"right before the oldest", kept, collab.Cursor{Epoch: 2, Position: 4}, true},
		{"before what is kept", kept, collab.Cursor{Epoch: 2, Position: 3}, false},
		{"the beginning, of which nothing is kept", kept, collab.Cursor{Epoch: 2}, false},
		{"the future", kept, collab.Cursor{Epoch: 2, Position: 10}, false},
		{"an older epoch", kept, collab.Cursor{Epoch: 1, Position: 7}, false},
		{"a later epoch", kept, collab.Cursor{Epoch: 3, Position: 7}, false},
		{"the beginning of a whole log", whole, collab.Cursor{Epoch: 2}, true},
		{"the newest, and no change is kept", pruned, collab.Cursor{Epoch: 2, Position: 9}, true},
		{"older, and no change is kept", pruned, collab.Cursor{Epoch: 2, Position: 8}, false},
		{"the beginning of a log without changes", young, collab.Cursor{Epoch: 2}, true},
		{"the future of a log without changes", young, collab.Cursor{Epoch: 2, Position: 1}, false},
	}
	for _, test := range tests {
		err := test.head.Check(test.after)
		if test.ok && err != nil || !test.ok && collab.CodeOf(err) != collab.ResyncRequired {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// An activity event is named by its place.
func TestChangeCursor(t *testing.T) {
	t.Parallel()
	want := collab.Cursor{Epoch: 3, Position: 77}
	if got, ok := collab.ChangeCursor((&collab.Change{Cursor: want}).ID()); !ok || got != want {
		t.Errorf("%+v came back as %+v, %t", want, got, ok)
	}
	for _, id := range []collab.ID{"", "act_", "act", "cus_" + collab.ID(want.String()), collab.ID(want.String()), "act_act_" + collab.ID(want.String())} {
		if _, ok := collab.ChangeCursor(id); ok {
			t.Errorf("%q names a place in the log", id)
		}
	}
}
