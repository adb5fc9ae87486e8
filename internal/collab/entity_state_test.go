package collab

import "testing"

// Ids of one kind that are made of other parts differ, wherever the parts are cut.
func TestDerivedIDsDiffer(t *testing.T) {
	t.Parallel()
	met := map[ID][]ID{}
	for _, parts := range [][]ID{{"a", "b"}, {"b", "a"}, {"a", "b:"}, {"a", "b%3a"}, {":a", "b"}, {"a", ""}, {"", "a"}, {"b:a", "c"}, {"a", "c:b"}} {
		id := deriveID("presence", parts[0], parts[1:]...)
		if other, has := met[id]; has {
			t.Errorf("%q and %q are both %s", parts, other, id)
		}
		met[id] = parts
	}
}
