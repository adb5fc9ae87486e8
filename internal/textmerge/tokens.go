package textmerge

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// A splitter returns from, followed by the end of each token of text[from:to]. It reuses out.
type splitter func(out []int32, text string, from, to int) []int32

// lines splits after line breaks: a line feed, or a carriage return without a line feed after it.
func lines(out []int32, text string, from, to int) []int32 {
	text = text[:to]
	out = append(slices.Grow(out[:0], strings.Count(text[from:], "\n")+2), place(from))
	hasReturns := strings.IndexByte(text[from:], '\r') >= 0
	for from < to {
		end := from + strings.IndexByte(text[from:], '\n') + 1
		if end == from {
			end = to
		}
		if hasReturns {
			if r := from + strings.IndexByte(text[from:end], '\r') + 1; r > from && (r == to || text[r] != '\n') {
				end = r
			}
		}
		out, from = append(out, place(end)), end
	}
	return out
}

// place is a place in a text.
func place(i int) int32 { return int32(i) } // #nosec G115 -- no text has 2 GB

// words splits into words, and single clusters of everything else. A mark within a word or a number, as in 10:30, 1.5 and
// don't, is a part of it, so that no merge makes a number that nobody entered. In scripts that put no blanks between words
// each cluster stands for itself.
func words(out []int32, text string, from, to int) []int32 {
	s := text[:to]
	out = slices.Grow(out[:0], to-from+1)[:to-from+1] // as many as there can be
	n := 0
	before := other // the kind of the cluster before
	for i := from; i < to; {
		for i+1 < to && kinds[s[i]] != special && s[i+1] < utf8.RuneSelf { // the common case
			kind := kinds[s[i]]
			out[n] = place(i)
			n += int(1 - kind&before) // without a branch, which the processor could not predict
			before = kind
			i++
		}
		size, kind := cluster(s[i:])
		if before == ofWord && kind == other && size == 1 && strings.IndexByte(marks, s[i]) >= 0 && i+size < to {
			if next, follows := cluster(s[i+size:]); follows == ofWord {
				size, kind = size+next, ofWord
			}
		}
		out[n] = place(i)
		n += int(1 - kind&before)
		before = kind
		i += size
	}
	out[n] = place(to)
	return out[:n+1]
}

// marks can stand within words.
const marks = ".,:;/-_'@"

// The kinds of bytes and clusters: words consist of ofWord, other stands for itself, and a special byte needs a closer look.
const (
	other, ofWord, special uint8 = 0, 1, 2
)

var kinds = func() (kinds [256]uint8) {
	for i := range kinds {
		switch b := byte(i); {
		case b >= utf8.RuneSelf || b == '\r' || strings.IndexByte(marks, b) >= 0:
			kinds[i] = special
		case isWordByte(b):
			kinds[i] = ofWord
		}
	}
	return kinds
}()

// cluster returns the length and the kind of the grapheme cluster at the beginning of a text.
func cluster(s string) (size int, kind uint8) {
	if len(s) > 1 && s[0]|s[1] < utf8.RuneSelf && s[0] != '\r' {
		return 1, kindOf(rune(s[0]))
	}
	r, size := utf8.DecodeRuneInString(s)
	if isEmoji(r) || isFlag(r) {
		if size := emoji(s); size > 0 {
			return size, other
		}
	}
	next, _ := utf8.DecodeRuneInString(s[size:])
	if !standsAlone(r) || len(s) > size && !standsAlone(next) {
		first, _, _, _ := uniseg.FirstGraphemeClusterInString(s, -1)
		size = len(first)
	}
	return size, kindOf(r)
}

// kindOf returns the kind of a cluster that begins with r.
func kindOf(r rune) uint8 {
	switch {
	case r >= 0x4e00 && r < 0xa000: // Han, which is unspaced
		return other
	case isWordRune(r) && !isUnspaced(r):
		return ofWord
	}
	return other
}

// emoji returns the length of the cluster at the beginning of a text that begins with an emoji or half a flag, or 0 if
// only uniseg can tell. The rules are GB9, GB11 and GB12 of UAX #29.
func emoji(s string) int {
	first, size := utf8.DecodeRuneInString(s)
	open, joins := isEmoji(first), false // whether a joiner may follow, and whether another emoji after it
	for i := size; i < len(s); i += size {
		var r rune
		r, size = utf8.DecodeRuneInString(s[i:])
		switch {
		case r == joiner:
			open, joins = false, open
		case r == 0xfe0f || r >= 0x1f3fb && r <= 0x1f3ff: // in color
			joins = false
		case isEmoji(r) && joins:
			open, joins = true, false
		case isFlag(r) && isFlag(first) && i == utf8.UTFMax: // the other half
		case isEmoji(r) || isFlag(r) || standsAlone(r):
			return i
		default:
			return 0
		}
	}
	return len(s)
}

const joiner = 0x200d // zero width joiner

// isEmoji reports whether r is one of the common emoji.
func isEmoji(r rune) bool {
	return r >= 0x1f300 && r <= 0x1f3fa || r >= 0x1f400 && r <= 0x1f53d || r >= 0x1f546 && r <= 0x1f64f ||
		r >= 0x1f947 && r <= 0x1f9ff
}

// isFlag reports whether r is one of the letters of which two make a flag.
func isFlag(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }

// standsAlone reports whether r is one of the common characters that are clusters of their own beside each other.
func standsAlone(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return r != '\r'
	case r < 0x250:
		return r >= 0xc0
	case r < 0x530:
		return r >= 0x370 && (r < 0x483 || r > 0x489)
	case r < 0xa000:
		return r >= 0x4e00 || r >= 0x3041 && r <= 0x3096 || r >= 0x30a1 && r <= 0x30fa
	}
	return r >= 0xac00 && r <= 0xd7a3
}

func isWordRune(r rune) bool {
	return r < utf8.RuneSelf && isWordByte(byte(r)) || r >= utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsNumber(r))
}

func isWordByte(b byte) bool { return '0' <= b && b <= '9' || 'a' <= b|0x20 && b|0x20 <= 'z' }

// isUnspaced reports whether r is of a script that puts no blanks between words.
func isUnspaced(r rune) bool {
	return r >= 0xe00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// cutsCluster reports whether a cluster of the merge, with the clashes decided for any one side, reaches over the end of
// a chunk. A chunk ends where a cluster of its own text ends, but another text may follow it in the merge.
func (g *merge) cutsCluster() bool {
	before := [3]string{} // by side: what is before the chunk
	for _, c := range g.chunks {
		var sides [3]string
		if c.clash {
			sides[0], sides[1], sides[2] = g.sides(c)
		} else {
			text := g.text(c)
			sides = [3]string{text, text, text}
		}
		for i, side := range sides {
			switch {
			case side == "":
			case before[i] != "" && !endsCluster(before[i], side):
				return true
			default:
				before[i] = side
			}
		}
	}
	return false
}

// endsCluster reports whether a cluster ends between two texts.
func endsCluster(before, after string) bool {
	last, size := utf8.DecodeLastRuneInString(before)
	first, _ := utf8.DecodeRuneInString(after)
	if last == '\n' || standsAlone(last) && standsAlone(first) {
		return true
	}
	start := len(before) - size
	for start > 0 && !standsAlone(last) {
		last, size = utf8.DecodeLastRuneInString(before[:start])
		start -= size
	}
	rest, state := before[start:]+after, -1
	for end := len(before) - start; end > 0; {
		var first string
		first, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if end -= len(first); end < 0 {
			return false
		}
	}
	return true
}
