package collab

import (
	"strings"
	"testing"
)

// A name that nobody can be asked to correct keeps what a name may have.
func TestCleanLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Ada\u2028\u200b\ufeff\u3164 L.": "Ada L.", "A\x1b[2J\n": "A[2J", "a\xffb": "a\ufffdb",
		"\u200d\u200dAda\u200d": "Ada", "Ada \u202eneB": "Ada neB",
		" Ada \u00a0": "Ada", " \u3000\u200b": "", "\U0001d159\ufffe\ue000": "", "\u200b Ada\ue000": "Ada",
		"می\u200cخواهم": "می\u200cخواهم", "👩\u200d🚀": "👩\u200d🚀", "דנה\u200f!": "דנה\u200f!",
	} {
		got := CleanLine(text)
		if got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
		if wrong := formLine.wrong(got); wrong != "" {
			t.Errorf("%q, from %q, %s", got, text, wrong)
		}
	}
}

// A cleaned text is a valid line, and cleaning it again changes nothing.
func FuzzCleanLine(f *testing.F) {
	for _, seed := range []string{"Ada", "👩\u200d🚀\u200d", "🏴\U000e0067\U000e0062\U000e007f\U000e007f", "می\u200c\u3164\u200cخ", "a\u200d\ufe0f\u200d❤"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if clean := CleanLine(text); CleanLine(clean) != clean || formLine.wrong(clean) != "" {
			t.Errorf("%q became %q, which becomes %q", text, clean, CleanLine(clean))
		}
	})
}

// The time that a text takes grows with its length only.
func BenchmarkHides(b *testing.B) {
	for name, text := range map[string]string{
		"marks": "א" + strings.Repeat("\u200f", 100_000), "flags": "🏴" + strings.Repeat("\U000e0067", 100_000), "joiners": strings.Repeat("\u200d", 100_000),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				hides(text)
			}
		})
	}
}
