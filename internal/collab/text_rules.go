package collab

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A textForm defines which characters a text may contain. Each form is stricter than the one
// before. All text that people enter has one of these forms.
type textForm int

const (
	// formBlock is a text of several lines: no control characters.
	formBlock textForm = iota
	// formLine is a text of one line that others search for and read in lists: no line breaks of
	// any kind, and nothing that is invisible or reverses the text around it.
	formLine
	// formWord is text that programs read, such as an address: no blanks, nothing invisible.
	formWord
)

// wrong returns what is wrong with a text, or "".
func (f textForm) wrong(s string) string {
	switch {
	case !utf8.ValidString(s):
		return "must not contain bytes that are not UTF-8"
	case f == formBlock && strings.ContainsFunc(s, isControlInBlock):
		return "must not contain control characters"
	case f >= formLine && strings.ContainsFunc(s, breaksLine):
		return "must not contain control characters or line breaks"
	case f >= formLine && hides(s):
		return "must not contain invisible characters or characters that change the direction of text"
	case f == formWord && strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || ignorable(r) }):
		return "must not contain blanks or invisible characters"
	}
	return ""
}

func isControlInBlock(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t'
}

// breaksLine reports whether r is a control character or separates lines or paragraphs.
func breaksLine(r rune) bool { return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp) }

// hides reports whether a text of valid UTF-8 contains something invisible that it must not
// contain.
func hides(s string) bool { return len(withoutHidden(s)) < len(s) }

// ignorable reports whether r shows nothing by itself, or nothing that people agree on: characters for
// private use look different, or are missing, on each device.
func ignorable(r rune) bool {
	const blankBraille, nullNotehead = '\u2800', '\U0001d159'
	return r == blankBraille || r == nullNotehead ||
		unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector,
			unicode.Co, unicode.Noncharacter_Code_Point) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
}

// isBlank reports whether a text shows nothing.
func isBlank(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsSpace(r) && !unicode.IsControl(r) && !ignorable(r)
	})
}
