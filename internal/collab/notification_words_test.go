package collab

import "testing"

func TestListsOfFieldsAreBounded(t *testing.T) {
	t.Parallel()
	fields := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"}
	for number, want := range map[int]string{1: "a", 10: "a, b, c, d, e, f, g, h, i and j", 11: "a, b, c, d, e, f, g, h, i, j and 1 other", 12: "a, b, c, d, e, f, g, h, i, j and 2 others"} {
		if got := listed(fields[:number]); got != want {
			t.Errorf("%d fields: got %s, want %s", number, got, want)
		}
	}
}
