package english

import (
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Excerpt returns a text, or its beginning and an ellipsis, in at most most code points. It cuts where a character ends as people see
// it: never inside a flag, an emoji of several parts, or a letter and its accents (Unicode Standard Annex 29, grapheme clusters). Only a
// first character that is too long by itself is cut, so that the text does not disappear.
func Excerpt(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	end, left, state, rest := 0, most-1, -1, text
	for {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if left -= utf8.RuneCountInString(cluster); left < 0 {
			if end == 0 {
				return string([]rune(cluster)[:max(0, most-1)]) + "…"
			}
			return strings.TrimSpace(text[:end]) + "…"
		}
		end += len(cluster)
	}
}
