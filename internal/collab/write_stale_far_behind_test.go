package collab

import (
	"encoding/json"
	"testing"
)

// A person's own edits since the base version do not conflict while the authors of all edits are
// known. Edits further back than State.Since reaches count as other people's.
func TestOwnEditsFarBehind(t *testing.T) {
	t.Parallel()
	base, remote := Fields{"phone": json.RawMessage(`"1"`)}, Fields{"phone": json.RawMessage(`"2"`)}
	for _, test := range []struct {
		changes int
		saw     string
	}{{1, `"2"`}, {MostSince - 1, `"2"`}, {MostSince, `"1"`}} {
		entity := &Customer{Record: Record{Version: 1 + test.changes}}
		st := &State{Entity: entity}
		for i := range test.changes {
			st.Since = append(st.Since, &Change{ActorID: "ada", EntityVersion: 2 + i, Fields: []*FieldChange{{Field: "phone", OldValue: JSON(base["phone"])}}})
		}
		b, err := st.basis(newBaseVersions(1, nil), func(string) ID { return "ada" }, remote)
		if err != nil {
			t.Fatal(err)
		}
		if saw := string(b.saw["phone"]); saw != test.saw {
			t.Errorf("after %d own edits the editor saw %s, want %s", test.changes, saw, test.saw)
		}
	}
}
