package textmerge

import (
	"slices"
	"strings"
)

// A merge is three texts, cut into chunks.
type merge struct {
	base, local, remote string
	chunks              []chunk
}

// A chunk is a stretch of each of the three texts, following that of the chunk before. Unless the sides clash, the merged
// text has the local stretch, or the remote one if isRemote.
type chunk struct {
	base, local, remote span
	isRemote, clash     bool
}

// A span is a stretch of a text.
type span struct{ from, to int32 }

func (s span) of(text string) string { return text[s.from:s.to] }

// chunkOf decides which side the merge takes, or that both clash.
func (g *merge) chunkOf(base, local, remote span) chunk {
	c := chunk{base: base, local: local, remote: remote}
	b, l, r := g.sides(c)
	switch {
	case l == r || r == b:
	case l == b:
		c.isRemote = true
	default:
		c.clash = true
	}
	return c
}

// sides returns the three texts of a chunk.
func (g *merge) sides(c chunk) (base, local, remote string) {
	return c.base.of(g.base), c.local.of(g.local), c.remote.of(g.remote)
}

// text returns what the merge has of a chunk that does not clash.
func (g *merge) text(c chunk) string {
	if c.isRemote {
		return c.remote.of(g.remote)
	}
	return c.local.of(g.local)
}

func clashes(chunks []chunk) bool {
	for _, c := range chunks {
		if c.clash {
			return true
		}
	}
	return false
}

// joined makes one clash of several chunks.
func joined(chunks []chunk) chunk {
	first, last := chunks[0], chunks[len(chunks)-1]
	return chunk{
		base:   span{first.base.from, last.base.to},
		local:  span{first.local.from, last.local.to},
		remote: span{first.remote.from, last.remote.to},
		clash:  true,
	}
}

// ambiguous makes one clash of what is between the unchanged ends.
func (g *merge) ambiguous() {
	unchanged := func(c chunk) bool {
		base, local, remote := g.sides(c)
		return base == local && base == remote
	}
	from, to := 0, len(g.chunks)
	for from < to && unchanged(g.chunks[from]) {
		from++
	}
	for from < to && unchanged(g.chunks[to-1]) {
		to--
	}
	g.chunks = slices.Replace(g.chunks, from, to, joined(g.chunks[from:to]))
}

// gather joins clashes with nothing but blanks and marks between them, and bounds the number of parts.
func (g *merge) gather() {
	out := g.chunks[:0]
	last := -1 // the last clash in out
	count := 0
	for _, c := range g.chunks {
		out = append(out, c)
		if !c.clash {
			continue
		}
		if last >= 0 && (count >= MaxParts-2 || g.isMinor(out[last+1:len(out)-1])) {
			out = append(out[:last], joined(out[last:]))
		} else {
			last = len(out) - 1
			count += 2
		}
	}
	g.chunks = out
}

// isMinor reports whether chunks have no word on any side.
func (g *merge) isMinor(chunks []chunk) bool {
	for _, c := range chunks {
		base, local, remote := g.sides(c)
		for _, side := range []string{base, local, remote} {
			if strings.ContainsFunc(side, isWordRune) || strings.ContainsAny(side, "\r\n") {
				return false
			}
		}
	}
	return true
}

// clean returns the merged text, and reports whether nothing clashes.
func (g *merge) clean() (string, bool) {
	if clashes(g.chunks) || g.cutsCluster() {
		return "", false
	}
	return g.joinedText(g.chunks), true
}

// joinedText returns the merged text of chunks that do not clash.
func (g *merge) joinedText(chunks []chunk) string {
	if len(chunks) == 1 {
		return g.text(chunks[0])
	}
	size := 0
	for _, c := range chunks {
		size += len(g.text(c))
	}
	var text strings.Builder
	text.Grow(size)
	for _, c := range chunks {
		text.WriteString(g.text(c))
	}
	return text.String()
}

// parts returns the parts that the chunks make. Lines that clash, and then other lines that do, are one part.
func (g *merge) parts() Merged {
	if g.cutsCluster() {
		g.chunks = []chunk{joined(g.chunks)}
	}
	var out Merged
	for rest := g.chunks; len(rest) > 0; {
		end := 1
		for end < len(rest) && rest[end].clash == rest[0].clash {
			end++
		}
		if rest[0].clash {
			base, local, remote := g.sides(joined(rest[:end]))
			out = append(out, Part{Clash: true, Base: base, Local: local, Remote: remote})
		} else if text := g.joinedText(rest[:end]); text != "" {
			out = append(out, Part{Text: text})
		}
		rest = rest[end:]
	}
	return out
}
