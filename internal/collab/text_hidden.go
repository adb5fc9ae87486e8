package collab

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// CleanLine returns a text of one line without the characters that such a text must not have, and
// without blanks at its ends; "" if it shows nothing. It is for text that nobody can be asked to
// correct, such as a name in a token.
func CleanLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if breaksLine(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, string(utf8.RuneError)))
	return strings.TrimSpace(withoutHidden(s))
}

// withoutHidden returns a text without invisible characters that have no effect on visible ones:
// they can make two names look the same, or reverse the text around them. Joiners, selectors, tags
// and marks of direction stay where a script or an emoji needs them.
func withoutHidden(s string) string {
	if !strings.ContainsFunc(s, ignorable) {
		return s
	}
	rightToLeft := strings.ContainsFunc(s, isRightToLeft)
	var shown strings.Builder
	before := rune(-1)
	for at, r := range s {
		size := utf8.RuneLen(r)
		if ignorable(r) && !(isMark(r) && rightToLeft) && !needed(before, r, s[at+size:]) {
			continue
		}
		shown.WriteRune(r)
		before = r
	}
	return shown.String()
}

// needed reports whether an ignorable character does something between the character
// before it (-1 for none) and the text after it.
func needed(before, r rune, after string) bool {
	next, size := utf8.DecodeRuneInString(after)
	switch {
	case r == zeroWidthJoiner && size > 0 && unicode.IsSymbol(next):
		return endsEmoji(before)
	case r == zeroWidthJoiner || r == zeroWidthNonJoiner:
		return joins(before) || joins(next)
	case unicode.Is(unicode.Variation_Selector, r):
		return varies(before, r)
	case isTag(r):
		return (before == blackFlag || isTag(before)) && closesFlag(r, after)
	}
	return false
}

const (
	zeroWidthNonJoiner = '\u200c'
	zeroWidthJoiner    = '\u200d'
	blackFlag          = '\U0001F3F4' // the flags of England, Scotland and others are it with tags
	firstTag, endTag   = '\U000E0020', '\U000E007F'
)

// endsEmoji reports whether an emoji may end with a character.
func endsEmoji(r rune) bool {
	return unicode.IsSymbol(r) || unicode.Is(unicode.Variation_Selector, r) || r == endTag || r == '\u20e3'
}

// joins reports whether r is of a script whose letters have several forms, between
// which joiners choose.
func joins(r rune) bool {
	return unicode.In(r, unicode.L, unicode.M) &&
		!unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Han, unicode.Hiragana, unicode.Katakana,
			unicode.Hangul, unicode.Common, unicode.Inherited) && !ignorable(r)
}

// isMark reports whether r is a directional mark, which text with right-to-left letters may need.
func isMark(r rune) bool { return r == '\u200e' || r == '\u200f' || r == '\u061c' }

func isRightToLeft(r rune) bool {
	return unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko,
		unicode.Samaritan, unicode.Mandaic, unicode.Adlam, unicode.Hanifi_Rohingya) && unicode.IsLetter(r)
}

// varies reports whether a selector may choose another form of a character.
func varies(r, selector rune) bool {
	const firstIdeographic = '\U000E0100'
	switch {
	case selector >= firstIdeographic:
		return unicode.Is(unicode.Han, r)
	case selector < '\ufe00':
		return unicode.Is(unicode.Mongolian, r)
	}
	const information = 'ℹ' // an emoji, and by its category a letter
	return unicode.IsSymbol(r) || unicode.IsPunct(r) || unicode.IsNumber(r) || r == information ||
		unicode.In(r, unicode.Han, unicode.Myanmar, unicode.Phags_Pa, unicode.Manichaean) && !ignorable(r)
}

func isTag(r rune) bool { return r >= firstTag && r <= endTag }

// maxFlagTags bounds the tags of one flag: the codes of regions are shorter.
const maxFlagTags = 16

// closesFlag reports whether a tag ends a flag, or is followed by tags that do.
func closesFlag(r rune, after string) bool {
	for range maxFlagTags {
		if r == endTag || !isTag(r) {
			break
		}
		next, size := utf8.DecodeRuneInString(after)
		r, after = next, after[size:]
	}
	return r == endTag
}
