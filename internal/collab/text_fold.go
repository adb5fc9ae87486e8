package collab

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// FoldText returns the form of a text that is used for searching and sorting: two texts that differ
// only in case, or in how their accents are encoded, have the same form. It is Unicode's canonical
// caseless matching, in no particular language, so ß is ss, ﬁ is fi, and ς is σ. Every comparison
// of text that ignores case uses it. Stored text is not folded.
func FoldText(text string) string {
	if isASCII(text) {
		return strings.ToLower(text)
	}
	return norm.NFC.String(strings.Map(upperCherokee, cases.Fold().String(norm.NFD.String(text))))
}

// upperCherokee converts small Cherokee letters to capitals, as Unicode folds them. cases.Fold
// swaps the two instead, so that they would never match.
func upperCherokee(r rune) rune {
	switch {
	case 0xab70 <= r && r <= 0xabbf:
		return r - 0xab70 + 0x13a0
	case 0x13f8 <= r && r <= 0x13fd:
		return r - 8
	}
	return r
}

// isASCII reports whether text is ASCII, as most of it is.
func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
