package textmerge

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/rivo/uniseg"

	"tandem/internal/seeded"
)

// show writes a merge on one line: {base|local|remote} for a clash.
func show(m Merged) string {
	var b strings.Builder
	for _, p := range m {
		if p.Clash {
			fmt.Fprintf(&b, "{%s|%s|%s}", p.Base, p.Local, p.Remote)
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

func TestMerge(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, base, local, remote, want string }{
		{"nothing", "", "", "", ""},
		{"one side", "a\n", "b\n", "a\n", "b\n"},
		{"the same", "a\n", "b\n", "b\n", "b\n"},
		{"lines far apart", "a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", "A\nb\nC\n"},
		{"lines beside each other", "a\nb\n", "A\nb\n", "a\nB\n", "A\nB\n"},
		{"words of a line", "hello world", "hi world", "hello there", "hi there"},
		{"one word", "hello world", "hi world", "hey world", "{hello|hi|hey} world"},
		{"a line before one that changes", "a\nb\n", "a\nB\n", "a\nnew\nb\n", "a\nnew\nB\n"},
		{"a line after one that changes", "a\nb\n", "A\nb\n", "a\nnew\nb\n", "A\nnew\nb\n"},
		{"a line after the last, which changes", "a\nb\n", "a\nB\n", "a\nb\nnew\n", "a\nB\nnew\n"},
		{"a line after the last, which has no break and changes", "a\nb c", "a\nb d", "a\nb c\nnew", "a\nb d\nnew"},
		{"a line after the only one, and breaks at the end", "b c", "b d\n", "b c\nnew\n", "b d\nnew\n"},
		{"both after a last line without a break", "a", "a\nb", "a\nc", "a\n{|b|c}"},
		{"both at the end", "a\n", "a\nb\n", "a\nc\n", "a\n{|b|c}\n"},
		{"one more than the other at the end", "a\n", "a\nb\n", "a\nb\nc\n", "a\nb\nc\n"},
		{"both into nothing", "", "my text", "your text", "{|my|your} text"},
		{"deleted and changed", "a\nb c\nd\n", "a\nd\n", "a\nb x\nd\n", "a\n{b c\n||b x\n}d\n"},
		{"all deleted, and more at the end", "a\nb\n", "", "a\nb\nc\n", "{a\nb\n||a\nb\nc\n}"},
		{"different lines deleted", "a\nb\nc\n", "b\nc\n", "a\nb\n", "b\n"},
		{"lines beside each other deleted", "a\nb\nc\nd\n", "a\nc\nd\n", "a\nb\nd\n", "a\nd\n"},
		{"lines at the end deleted", "a\nb\nc", "a\nb", "a\nc", "a"},
		{"a line deleted beside one that changes", "a\nb\nc\nd\n", "a\nc\nd\n", "a\nb\nC\nd\n", "a\n{b\nc\n|c\n|b\nC\n}d\n"},
		{"a line deleted that the other replaced with the next", "a\nb\nc\nd\n", "a\nc\nd\n", "a\nX\nd\n", "a\n{b\nc\n|c|X}\nd\n"},
		{"words beside each other deleted", "one two three four", "one three four", "one two four", "one {two three |three|two} four"},
		{"without a break at the end", "a\nb", "a\nb c", "A\nb", "A\nb c"},
		{"the break at the end taken, and more after it", "a\nb\n", "a\nb", "a\nb\nc\n", "a\nb{\n||\nc\n}"},
		{"breaks of two kinds", "a\r\nb\r\n", "A\r\nb\r\n", "a\r\nB\r\n", "A\r\nB\r\n"},
		{"breaks changed, and a word", "a\r\nb\r\n", "a\nb\n", "a\r\nB\r\n", "a{\r\nb\r\n|\nb\n|\r\nB\r\n}"},
		{"a number is one word", "at 10:30", "at 11:30", "at 10:45", "at {10:30|11:30|10:45}"},
		{"an amount is one word", "1.50 EUR", "2.50 EUR", "1.75 EUR", "{1.50|2.50|1.75} EUR"},
		{"clusters stay whole", "👩‍👩‍👧 x", "👩‍👩‍👦 x", "👩‍👧 x", "{👩‍👩‍👧|👩‍👩‍👦|👩‍👧} x"},
		{"accents stay whole", "e\u0301 x", "e\u0300 x", "e\u0301 y", "e\u0300 y"},
		{"flags stay whole", "🇫🇮 🇸🇪", "🇫🇮🇳🇴 🇸🇪", "🇫🇮 🇩🇰", "🇫🇮🇳🇴 🇩🇰"},
		{"a script without blanks", "東京都に行く", "東京都へ行く", "東京都に来る", "東京都{に行く|へ行く|に来る}"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := show(Merge(test.base, test.local, test.remote)); got != test.want {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

// However many lines both sides changed, each of them is a clash of its own, as far as there is room for parts.
func TestManyLinesClashOneByOne(t *testing.T) {
	t.Parallel()
	for _, lineBreak := range []string{"\n", "\r\n"} {
		for _, lines := range []int{10, 300, 2000} {
			var base, local, remote, want strings.Builder
			for i := range lines {
				fmt.Fprintf(&base, "b%d%s", i, lineBreak)
				fmt.Fprintf(&local, "l%d%s", i, lineBreak)
				fmt.Fprintf(&remote, "r%d%s", i, lineBreak)
				if i < min(lines, MaxParts/2-2) {
					fmt.Fprintf(&want, "{b%d|l%d|r%d}%s", i, i, i, lineBreak)
				}
			}
			if got := show(Merge(base.String(), local.String(), remote.String())); !strings.HasPrefix(got, want.String()) {
				t.Errorf("%d lines with %q: got %q", lines, lineBreak, got)
			}
		}
	}
}

// A clean merge lacks everything that either side deleted, whichever words both deleted.
func TestDeletionsAreKept(t *testing.T) {
	t.Parallel()
	r := seeded.New(t).Rand(0)
	without := func(tokens []string, at map[int]bool) string {
		var kept []string
		for i, token := range tokens {
			if !at[i] {
				kept = append(kept, token)
			}
		}
		return strings.Join(kept, "")
	}
	for range 3000 {
		tokens := make([]string, 2+r.IntN(9))
		for i := range tokens {
			tokens[i] = fmt.Sprintf("w%d", i) + []string{" ", ", ", "\n"}[r.IntN(3)]
		}
		local, remote := map[int]bool{}, map[int]bool{}
		for range 1 + r.IntN(3) {
			local[r.IntN(len(tokens))], remote[r.IntN(len(tokens))] = true, true
		}
		base, mine, theirs := strings.Join(tokens, ""), without(tokens, local), without(tokens, remote)
		merged, clean := Merge(base, mine, theirs).Clean()
		if !clean {
			continue
		}
		for i, token := range tokens {
			word := strings.TrimRight(token, " ,\n")
			if there := strings.Contains(merged+" ", word); there == (local[i] || remote[i]) {
				t.Fatalf("%q merged with %q over %q is %q, and %s is there: %v", mine, theirs, base, merged, word, there)
			}
		}
	}
}

// edited changes a few tokens of a text.
func edited(r *rand.Rand, text string, alphabet []string, edits int) string {
	tokens := strings.SplitAfter(text, "")
	for range edits {
		at := r.IntN(len(tokens) + 1)
		switch end := min(len(tokens), at+r.IntN(3)); r.IntN(3) {
		case 0:
			tokens = slices.Delete(tokens, at, end)
		case 1:
			tokens = slices.Insert(tokens, at, alphabet[r.IntN(len(alphabet))])
		default:
			tokens = slices.Replace(tokens, at, end, alphabet[r.IntN(len(alphabet))])
		}
	}
	return strings.Join(tokens, "")
}

var alphabets = [][]string{
	{"a", "b", "\n"}, {"one", " ", "two", "\n", "three", "1", ".", "2"}, {"\r", "\n", "\r\n", "x", " "},
	{"e", "\u0301", "🇫", "🇮", "👩", "\u200d", "한", "ᆨ", "の", " ", "\n", "\ufe0f", "क", "\u094d"},
}

// Random merges have the properties that the comments of the package promise.
func TestMergeProperties(t *testing.T) {
	t.Parallel()
	r := seeded.New(t).Rand(0)
	clean := 0
	for range 20_000 {
		alphabet := alphabets[r.IntN(len(alphabets))]
		base := edited(r, "", alphabet, r.IntN(30))
		local, remote := edited(r, base, alphabet, r.IntN(4)), edited(r, base, alphabet, r.IntN(4))
		if checkMerge(t, base, local, remote) {
			clean++
		}
		if t.Failed() {
			return
		}
	}
	if clean < 2000 {
		t.Errorf("%d of the merges are clean", clean)
	}
}

// checkMerge checks a merge, and reports whether it is clean.
func checkMerge(t *testing.T, base, local, remote string) bool {
	t.Helper()
	m := Merge(base, local, remote)
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf("base %q, local %q, remote %q: %q: %s", base, local, remote, show(m), fmt.Sprintf(format, args...))
	}
	if other := Merge(base, remote, local); show(other) != show(exchanged(m)) {
		fail("the other way round: %q", show(other))
	}
	if len(m) > MaxParts {
		fail("%d parts", len(m))
	}
	for i, p := range m {
		if i > 0 && p.Clash == m[i-1].Clash || p.Clash && (p.Local == p.Remote || p.Text != "") || !p.Clash && p.Text == "" {
			fail("part %d", i)
		}
	}
	checkSide(fail, m, local, func(p Part) string { return p.Local })
	checkSide(fail, m, remote, func(p Part) string { return p.Remote })
	text, clean := m.Clean()
	if !clean {
		return false
	}
	for _, again := range [][3]string{{base, local, text}, {base, remote, text}, {base, text, text}} {
		if got, ok := Merge(again[0], again[1], again[2]).Clean(); !ok || got != text {
			fail("again: %q", show(Merge(again[0], again[1], again[2])))
		}
	}
	return true
}

// checkSide checks a text that is decided for one side: what clashes stands in the text of that side in this order, and
// each part begins with a cluster.
func checkSide(fail func(string, ...any), m Merged, side string, of func(Part) string) {
	rest, whole, ends := side, "", map[int]bool{0: true}
	for _, p := range m {
		piece := p.Text
		if p.Clash {
			piece = of(p)
			_, after, found := strings.Cut(rest, piece)
			if !found {
				fail("%q does not stand in %q", piece, rest)
			}
			rest = after
		}
		whole += piece
		ends[len(whole)] = true
	}
	at := 0
	clusters := map[int]bool{0: true}
	for g := uniseg.NewGraphemes(whole); g.Next(); {
		at += len(g.Str())
		clusters[at] = true
	}
	for end := range ends {
		if !clusters[end] {
			fail("a cluster is cut at %d of %q", end, whole)
		}
	}
}

func exchanged(m Merged) (out Merged) {
	for _, p := range m {
		p.Local, p.Remote = p.Remote, p.Local
		out = append(out, p)
	}
	return out
}

// Edits of different words merge to one text, in whatever order they arrive, each made against the same base or against
// what it found; and everything that anybody added is in it.
func TestMergesConverge(t *testing.T) {
	t.Parallel()
	r := seeded.New(t).Rand(0)
	for range 500 {
		var words []string
		for i := range 30 + r.IntN(30) {
			words = append(words, fmt.Sprintf("w%d", i), []string{" ", "\n", ", ", "\r\n"}[r.IntN(4)])
		}
		base := strings.Join(words, "")
		var edits []string
		for i := range 4 {
			edit := slices.Clone(words)
			at := 2 * (1 + 3*i + r.IntN(2) + (len(words)/2-14)/4*i)
			edit[at] = []string{"", fmt.Sprintf("new%d", i), edit[at] + fmt.Sprintf(" new%d", i), fmt.Sprintf("new%d ", i) + edit[at]}[r.IntN(4)]
			edits = append(edits, strings.Join(edit, ""))
		}
		want := ""
		for range 6 {
			r.Shuffle(len(edits), func(i, j int) { edits[i], edits[j] = edits[j], edits[i] })
			text := base
			for _, edit := range edits {
				got, clean := Merge(base, edit, text).Clean()
				if !clean {
					t.Fatalf("%q clashes with %q: %q", edit, text, show(Merge(base, edit, text)))
				}
				for _, again := range [][3]string{{base, edit, got}, {base, got, text}, {edit, got, edit}, {base, got, got}} {
					if same, clean := Merge(again[0], again[1], again[2]).Clean(); !clean || same != got {
						t.Fatalf("of %q, merged again: %q", got, show(Merge(again[0], again[1], again[2])))
					}
				}
				text = got
			}
			if want == "" {
				want = text
			}
			if text != want {
				t.Fatalf("of %q came %q, and in another order %q", base, text, want)
			}
		}
	}
}

// The clusters of common characters are those of uniseg, which is slower.
func TestClusters(t *testing.T) {
	t.Parallel()
	check := func(runes ...rune) {
		text := string(runes)
		want, _, _, _ := uniseg.FirstGraphemeClusterInString(text, -1)
		if size, _ := cluster(text); size != len(want) {
			t.Fatalf("%+q begins with a cluster of %d bytes, want %+q", text, size, want)
		}
	}
	for r := rune(1); r < 0x20000; r++ {
		check(r)
		check(r, 'a')
		check(r, r, r)
		check(r, 0x301)
		check(0x1f469, r)
		check(0x1f469, joiner, r, joiner, r)
		check(0x1f1eb, r, r)
	}
	r := seeded.New(t).Rand(0)
	some := []rune("👩👧🇫🇮🏽\u200d\u200d\ufe0f❤a\r\n\u0301\u0600\u0e33क\u094d\u1100한\u11a8東é\x00\u20e3\U000e0067")
	for range 200_000 {
		runes := make([]rune, 1+r.IntN(8))
		for i := range runes {
			runes[i] = some[r.IntN(len(some)/(1+r.IntN(3)))]
		}
		check(runes...)
	}
}

func FuzzMerge(f *testing.F) {
	f.Add("a\nb\n", "A\nb\n", "a\nB\n")
	f.Add("e\u0301", "e\u0300", "\r\n")
	f.Fuzz(func(t *testing.T, base, local, remote string) {
		base, local, remote = strings.ToValidUTF8(base, "?"), strings.ToValidUTF8(local, "?"), strings.ToValidUTF8(remote, "?")
		checkMerge(t, base, local, remote)
	})
}
