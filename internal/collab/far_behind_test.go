package collab

import (
	"encoding/json"
	"testing"
)

// Own edits since the base version are no conflict, as long as it is known whose all edits are. Further
// back than State.Since reaches they count as other people's.
func TestOwnEditsFarBehind(t *testing.T) {
	t.Parallel()
	base, remote := Fields{"phone": json.RawMessage(`"1"`)}, Fields{"phone": json.RawMessage(`"2"`)}
	for _, test := range []struct {
		changes int
		saw     string
	}{{1, `"2"`}, {MostSince - 1, `"2"`}, {MostSince, `"1"`}} {
		st := &State{}
		for range test.changes {
			st.Since = append(st.Since, &Change{ActorID: "ada", Fields: []*FieldChange{{Field: "phone"}}})
		}
		b := st.basis(func(string) ID { return "ada" }, base, remote)
		if saw := string(b.saw["phone"]); saw != test.saw {
			t.Errorf("after %d own edits the editor saw %s, want %s", test.changes, saw, test.saw)
		}
	}
}
