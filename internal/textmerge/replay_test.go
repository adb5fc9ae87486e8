package textmerge

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tandem/internal/seeded"
)

// Replaying what a merge added to another edit makes the first edit of the base again, in texts that repeat only blanks
// and breaks.
func TestReplay(t *testing.T) {
	t.Parallel()
	r := seeded.New(t).Rand(0)
	next := 0
	word := func() string { next++; return fmt.Sprintf("w%d", next) + []string{" ", " ", "\n"}[r.IntN(3)] }
	insert := func(tokens []string, at int) string {
		return strings.Join(slices.Insert(slices.Clone(tokens), at, word()), "")
	}
	merges, replays := 0, 0
	for range 5000 {
		tokens := make([]string, 4+r.IntN(20))
		for i := range tokens {
			tokens[i] = word()
		}
		base, own, others := strings.Join(tokens, ""), insert(tokens, r.IntN(len(tokens))), insert(tokens, r.IntN(len(tokens)))
		merged, clean := Merge(base, own, others).Clean()
		if !clean {
			continue
		}
		merges++
		replayed, ok := Replay(others, merged, base)
		if ok {
			replays++
		}
		if ok && replayed != own {
			t.Fatalf("%q, edited as from %q to %q, is %q instead of %q", base, others, merged, replayed, own)
		}
	}
	if merges < 3000 || replays*100 < merges*99 {
		t.Errorf("%d of %d merges were replayed", replays, merges)
	}
}
