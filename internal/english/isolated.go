package english

import (
	"strings"

	"golang.org/x/text/unicode/bidi"
)

// Isolated returns text, which is part of an English sentence, so that its letters do not change the order of the words around
// it. Text that is written from right to left stands between FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE (Unicode Standard
// Annex 9, section 2.4.1); other text is unchanged.
func Isolated(text string) string {
	if strings.ContainsFunc(text, isRightToLeft) {
		return "\u2068" + text + "\u2069"
	}
	return text
}

func isRightToLeft(r rune) bool {
	properties, _ := bidi.LookupRune(r)
	return properties.Class() == bidi.R || properties.Class() == bidi.AL
}
