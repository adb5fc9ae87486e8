// Package textmerge merges two edits of a text, by line, and by word where both edited the same lines.
//
// The time that a merge takes is bounded: where two texts differ too much to be compared token by token, they are
// compared more coarsely, which finds more clashes and never a wrong merge. No result cuts a grapheme cluster in two.
package textmerge

import (
	"slices"
	"strings"
)

// MaxParts bounds the parts of a merge. If a text has more clashes, the rest of it is one clash.
const MaxParts = 100

// A Part is a stretch of a merged text: Text, or three sides of a clash.
type Part struct {
	Clash               bool
	Text                string // what the sides agree on: unchanged, changed by one side, or by both alike
	Base, Local, Remote string // of a clash
}

// A Merged is a merged text in parts, in order. Two agreed parts never follow each other, nor do two clashes.
type Merged []Part

// Clean returns the merged text, and reports whether nothing clashes.
func (m Merged) Clean() (string, bool) {
	switch {
	case len(m) == 0:
		return "", true
	case len(m) == 1 && !m[0].Clash:
		return m[0].Text, true
	}
	return "", false
}

// Merge merges two edits of base. Exchanging local and remote exchanges only the two sides of the clashes.
//
// Edits clash if they touch: if no token that both leave as it is lies between them. They also clash where the same tokens
// are repeated so often that merging one of them again would change something. An edit that the other side already has
// clashes with nothing.
func Merge(base, local, remote string) Merged {
	switch {
	case local == remote || remote == base:
		return agreed(local)
	case local == base:
		return agreed(remote)
	}
	m := newMerger()
	merged := m.merge(base, local, remote)
	if !clashes(merged.chunks) {
		text, clean := merged.clean()
		if clean && (len(text) > longText || m.isStable(base, local, remote, text)) {
			return agreed(text)
		}
		merged.ambiguous()
	}
	if whole, ok := m.whole(base, local, remote); ok {
		return agreed(whole)
	}
	if text, ok := m.withLastBreak(base, local, remote); ok && m.isStable(base, local, remote, text) {
		return agreed(text)
	}
	merged.gather()
	return merged.parts()
}

// Replay makes the change from old to edited in another text, and reports whether it could. It may be less certain than
// Merge where the text repeats itself: to replay an edit twice need not be the same as once.
func Replay(old, edited, text string) (string, bool) {
	if merged, ok := Merge(old, edited, text).Clean(); ok {
		return merged, true
	}
	m := newMerger()
	g := m.merge(old, edited, text)
	return g.clean()
}

// withLastBreak merges the texts as if each ended with one more line break. So a line that one side adds after a last line
// without a break is apart from what the other side edits in that line.
func (m *merger) withLastBreak(base, local, remote string) (string, bool) {
	if base == "" || strings.HasSuffix(base, "\n") || len(local)+len(remote) > longText {
		return "", false
	}
	g := m.merge(base+"\n", local+"\n", remote+"\n")
	text, clean := g.clean()
	text, ends := strings.CutSuffix(text, "\n")
	return text, clean && ends
}

// isStable reports whether merging either edit into a merged text changes nothing. If it would, the tokens around the edit
// stand in the text so often that nobody can tell what was edited.
func (m *merger) isStable(base, local, remote, text string) bool {
	return m.again(base, local, text) && m.again(base, remote, text)
}

func (m *merger) again(base, edit, text string) bool {
	g := m.merge(base, edit, text)
	same, ok := g.clean()
	if !ok {
		same, ok = m.whole(base, edit, text)
	}
	if !ok {
		same, ok = m.withLastBreak(base, edit, text)
	}
	return ok && same == text
}

// whole returns the one of two edits that contains the other, if one does.
func (m *merger) whole(base, local, remote string) (string, bool) {
	if m.steps < 0 { // too different
		return "", false
	}
	inRemote, inLocal := m.contains(base, local, remote), m.contains(base, remote, local)
	if inLocal {
		return local, !inRemote
	}
	return remote, inRemote
}

// longText is the length above which a merge is not tried again: that takes as long as several merges.
const longText = 16 << 10

func agreed(text string) Merged {
	if text == "" {
		return nil
	}
	return Merged{{Text: text}}
}

// contains reports whether whole is a merge of an edit of base with another one.
func (m *merger) contains(base, edit, whole string) bool {
	if !m.deletes(base, edit, whole) {
		return false
	}
	if onlyDelete(m.hunks[1], m.hunks[0]) {
		return true
	}
	without := m.merge(edit, base, whole)
	other, clean := without.clean()
	if !clean {
		return false
	}
	with := m.merge(base, edit, other)
	again, clean := with.clean()
	return clean && again == whole
}

// onlyDelete reports whether hunks only delete tokens, and the hunks of another text put nothing in their place.
func onlyDelete(hunks, others []hunk) bool {
	for _, h := range hunks {
		if h.b0 < h.b1 {
			return false
		}
		for len(others) > 0 && others[0].a1 <= h.a0 {
			others = others[1:]
		}
		for _, other := range others {
			if other.a0 >= h.a1 {
				break
			}
			if other.b0 < other.b1 {
				return false
			}
		}
	}
	return true
}

// deletes reports whether whole lacks every token of base that an edit deleted. Without this, "b c" would contain "a c" as
// edits of "a b c", and the deletion of b would be lost. Afterwards m.hunks has the hunks of whole and of edit.
func (m *merger) deletes(base, edit, whole string) bool {
	b, e, w := *m.wordsOf(base), *m.wordsOf(edit), *m.wordsOf(whole)
	gone := make([]bool, b.count())
	m.hunks[0] = m.diff(b.numbers, w.numbers, m.hunks[0][:0])
	for _, h := range m.hunks[0] {
		for i := h.a0; i < h.a1; i++ {
			gone[i] = true
		}
	}
	m.hunks[1] = m.diff(b.numbers, e.numbers, m.hunks[1][:0])
	for _, h := range m.hunks[1] {
		if slices.Contains(gone[h.a0:h.a1], false) {
			return false
		}
	}
	return true
}
