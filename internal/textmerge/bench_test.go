package textmerge

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// BenchmarkMerge merges texts of 64 kB.
func BenchmarkMerge(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	sentence := func() string {
		words := make([]string, 12)
		for i := range words {
			words[i] = fmt.Sprintf("word%d", r.IntN(500))
		}
		return strings.Join(words, " ") + ".\n"
	}
	var lines []string
	for size := 0; size < 64<<10; size += len(lines[len(lines)-1]) {
		lines = append(lines, sentence())
	}
	change := func(every, offset int, text func() string) string {
		out := append([]string{}, lines...)
		for i := offset; i < len(out); i += every {
			out[i] = text()
		}
		return strings.Join(out, "")
	}
	base := strings.Join(lines, "")
	oneLine := func(s string) string { return strings.ReplaceAll(s, "\n", " ") }
	random := func(alphabet string) string {
		var b strings.Builder
		runes := []rune(alphabet)
		for b.Len() < 64<<10 {
			b.WriteRune(runes[r.IntN(len(runes))])
		}
		return b.String()
	}
	for _, test := range []struct{ name, base, local, remote string }{
		{"few lines", base, change(200, 3, sentence), change(200, 100, sentence)},
		{"many lines", base, change(7, 1, sentence), change(7, 4, sentence)},
		{"all lines", base, change(1, 0, sentence), change(1, 0, sentence)},
		{"one line", oneLine(base), oneLine(change(100, 1, sentence)), oneLine(change(100, 50, sentence))},
		{"rewritten line", oneLine(base), oneLine(change(1, 0, sentence)), oneLine(change(1, 0, sentence))},
		{"letters", random("ab\n"), random("ab\n"), random("ab\n")},
		{"breaks", random("a\n"), random("a\n"), random("b\n")},
		{"blanks", random("a b"), random("a b"), random(" ba")},
		{"han", random("東京都に行く来"), random("東京都に行く来"), random("東京都へ行く来")},
		{"emoji", random("👩\u200d🇫🇮👧\ufe0f"), random("👩\u200d🇫🇮👧\ufe0f"), random("👩\u200d🇫🇮👧")},
	} {
		b.Run(test.name, func(b *testing.B) {
			for b.Loop() {
				Merge(test.base, test.local, test.remote)
			}
		})
	}
}
