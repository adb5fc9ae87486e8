package english

import (
	"strings"

	"golang.org/x/text/unicode/bidi"
)

// Isolated returns text, which is part of an English sentence, so that its letters and digits do not change the order of the words
// around it. Text that is written from right to left stands between FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE (Unicode Standard
// Annex 9, section 2.4.1); other text does not. Isolates of its own are dropped, as they could end that one.
func Isolated(text string) string {
	text = strings.Map(withoutIsolates, text)
	if strings.ContainsFunc(text, isRightToLeft) {
		return "\u2068" + text + "\u2069"
	}
	return text
}

func withoutIsolates(r rune) rune {
	if r >= '\u2066' && r <= '\u2069' {
		return -1
	}
	return r
}

// isRightToLeft reports whether r orders what is beside it from right to left, as letters of Arabic and Hebrew do, and Arabic digits.
func isRightToLeft(r rune) bool {
	properties, _ := bidi.LookupRune(r)
	switch properties.Class() {
	case bidi.R, bidi.AL, bidi.AN:
		return true
	}
	return false
}
