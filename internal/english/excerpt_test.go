package english

import (
	"strings"
	"testing"
)

func TestExcerpt(t *testing.T) {
	t.Parallel()
	const family, rainbow, finland, wave, accented = "👨‍👩‍👧", "🏳️‍🌈", "🇫🇮", "👋🏽", "e\u0301"
	for _, tc := range []struct {
		text string
		most int
		want string
	}{
		{"", 3, ""},
		{"a b", 3, "a b"},
		{"a b", 2, "a…"},
		{"a bc", 3, "a…"}, // no blank before the ellipsis
		{family, 5, family},
		{"a" + family, 5, "a…"},
		{"a" + family + "b", 7, "a" + family + "b"},
		{"a" + family + "bc", 7, "a" + family + "…"},
		{"a" + rainbow + "b", 5, "a…"},
		{"a" + finland + finland, 4, "a" + finland + "…"},
		{"a" + wave + "b", 3, "a…"},
		{"a" + accented + "b", 3, "a…"},
		{"a" + accented + "bc", 4, "a" + accented + "…"},
		{"한국어", 2, "한…"},
		{"a" + strings.Repeat("\u0301", 100), 80, "a" + strings.Repeat("\u0301", 78) + "…"},
		{"a" + strings.Repeat("\u0301", 100), 1, "…"},
		{strings.Repeat("a", 1000), 80, strings.Repeat("a", 79) + "…"},
	} {
		if got := Excerpt(tc.text, tc.most); got != tc.want {
			t.Errorf("Excerpt(%q, %d) = %q, expected %q", tc.text, tc.most, got, tc.want)
		}
	}
}
