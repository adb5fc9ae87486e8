package collab

import (
	"strings"
	"testing"
)

func TestListsOfFieldsAreBounded(t *testing.T) {
	t.Parallel()
	fields := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"}
	for number, want := range map[int]string{1: "a", 10: "a, b, c, d, e, f, g, h, i and j", 11: "a, b, c, d, e, f, g, h, i, j and 1 other", 12: "a, b, c, d, e, f, g, h, i, j and 2 others"} {
		if got := listed(fields[:number]); got != want {
			t.Errorf("%d fields: got %s, want %s", number, got, want)
		}
	}
}

// Long names of people and entities are shown without their ends.
func TestNamesInTextsAreShort(t *testing.T) {
	t.Parallel()
	long, short := strings.Repeat("ä", 1000), strings.Repeat("ä", 79)+"…"
	ada, e := &Member{User: &User{Name: long}}, &Customer{CustomerFields: CustomerFields{Name: long}}
	one, several := &Notification{Count: 1, Burst: &Burst{}}, &Notification{Count: 3, ActorIDs: []ID{"ada", "ben"}, Burst: &Burst{Act: actMixed, Records: []ID{"1", "2"}}}
	for got, want := range map[string]string{
		one.commented(ada, e):                short + " commented on " + short,
		one.disputed(e):                      short + ": ",
		several.changes(ada, shortNameOf(e)): short + " and 1 other made 3 changes to " + short,
		several.by(ada):                      short + " and 1 other",
		several.commented(ada, e):            short + " and 1 other wrote 3 comments on " + short,
		several.names(e):                     short + " and 1 other",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
