// Package wellformed reads text from outside unambiguously: it refuses text that is not Unicode,
// and JSON that has a name twice. Names count byte for byte.
package wellformed

import (
	"bytes"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// ErrText means that a text is not Unicode: its bytes are not UTF-8, or it has an escape of half a
// character. Decoders replace either with U+FFFD, and would silently lose what the client sent.
var ErrText = errors.New("texts must be valid UTF-8, without a lone surrogate like \\ud83d")

// Document returns ErrText for a GraphQL document with text that is not
// Unicode. Comments and block strings have no escapes.
func Document(document string) error {
	if !utf8.ValidString(document) {
		return ErrText
	}
	for rest := document; ; {
		i := strings.IndexAny(rest, `#"`)
		if i < 0 {
			return nil
		}
		var length int
		switch rest = rest[i:]; {
		case rest[0] == '#':
			length = end(rest, 1, "\n", "")
		case strings.HasPrefix(rest, `"""`):
			length = end(rest, 3, `"""`, `\"""`)
		default:
			if length = end(rest, 1, `"`, `\`); halves([]byte(rest[:length])) {
				return ErrText
			}
		}
		rest = rest[length:]
	}
}

// end returns the index behind the closing mark of a text. escape is a sequence after
// which the mark does not close the text: the backslash with its character.
func end(text string, from int, mark, escape string) int {
	for i := from; i < len(text); i++ {
		switch {
		case escape == `\` && text[i] == '\\':
			i++
		case escape != "" && strings.HasPrefix(text[i:], escape):
			i += len(escape) - 1
		case strings.HasPrefix(text[i:], mark):
			return i + len(mark)
		}
	}
	return len(text)
}

// halves reports whether a text has an escape of a surrogate without its other half.
func halves(text []byte) bool {
	for {
		i := bytes.IndexByte(text, '\\')
		if i < 0 || i+1 >= len(text) {
			return false
		}
		unit, escaped := escapedUnit(text[i:])
		switch {
		case !escaped && bracedHalf.Match(text[i:]):
			return true
		case !escaped:
			text = text[i+2:]
			continue
		case utf16.IsSurrogate(unit):
			next, paired := escapedUnit(text[i+6:])
			if !paired || utf16.DecodeRune(unit, next) == utf8.RuneError {
				return true
			}
			i += 6
		}
		text = text[i+6:]
	}
}

// bracedHalf is a surrogate in the escape that only GraphQL has, \u{…}, where it is always invalid.
var bracedHalf = regexp.MustCompile(`^\\u\{0*[dD][89a-fA-F][0-9a-fA-F]{2}\}`)

// escapedUnit reads an escape of four digits at the beginning of a text.
func escapedUnit(text []byte) (unit rune, found bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return rune(n), err == nil
}
