package textmerge

// A merger merges with a bound on the steps of all comparisons together. Its slices are reused by the next comparison.
type merger struct {
	steps        int
	numbers      numbers
	breaks       [2]int32  // the numbers of the line breaks \n and \r\n
	ends         []int32   // of the text being split
	lines, words []tokens  // of whole texts
	parts        [3]tokens // of clashing parts, by side
	hunks        [2][]hunk // of the local and the remote side
	found, back  []hunk    // used by diff and follow
	ways         []int32   // used by fewest
	places       []places  // by number of a token, for anchors
}

func newMerger() *merger {
	m := &merger{steps: maxSteps}
	for i, text := range []string{"\n", "\r\n"} {
		m.breaks[i] = m.numbers.of(text, []int32{0, place(len(text))}, nil)[0]
	}
	return m
}

// maxSteps bounds the steps, to a few milliseconds.
const maxSteps = 100_000

// tokens are a text, or a part of one, split into tokens: token i is text[ends[i]:ends[i+1]].
type tokens struct {
	text    string
	ends    []int32
	numbers []int32 // of the tokens
}

func (t *tokens) count() int { return len(t.numbers) }

// span returns the stretch of the text that the tokens from:to take up.
func (t *tokens) span(from, to int) span { return span{t.ends[from], t.ends[to]} }

// endsLine reports whether the tokens from:to, if any, end with a line.
func (t *tokens) endsLine(from, to int) bool { return from == to || t.text[t.ends[to]-1] == '\n' }

// linesOf and wordsOf split a whole text. They split each text only once.
func (m *merger) linesOf(text string) *tokens { return m.known(&m.lines, text, lines) }
func (m *merger) wordsOf(text string) *tokens { return m.known(&m.words, text, words) }

func (m *merger) known(before *[]tokens, text string, split splitter) *tokens {
	for i := range *before {
		if t := &(*before)[i]; t.text == text {
			return t
		}
	}
	*before = append(*before, tokens{})
	t := &(*before)[len(*before)-1]
	m.split(t, text, span{0, place(len(text))}, split)
	return t
}

// wordsIn splits a part of a text into words. The result is valid until the next call for the same side.
func (m *merger) wordsIn(side int, text string, part span) *tokens {
	if int(part.to-part.from) == len(text) {
		return m.wordsOf(text)
	}
	m.split(&m.parts[side], text, part, words)
	return &m.parts[side]
}

// split splits a part of a text into t, whose slices are used again.
func (m *merger) split(t *tokens, text string, part span, split splitter) {
	m.ends = split(m.ends, text, int(part.from), int(part.to))
	t.text, t.ends = text, append(t.ends[:0], m.ends...)
	t.numbers = m.numbers.of(text, t.ends, t.numbers)
}

// merge merges by line, and where lines clash by word.
func (m *merger) merge(base, local, remote string) merge {
	g := merge{base: base, local: local, remote: remote}
	byLine := weaver{merge: g, tokens: [3]tokens{*m.linesOf(base), *m.linesOf(local), *m.linesOf(remote)}}
	m.weave(&byLine)
	if !clashes(byLine.chunks) {
		return byLine.merge
	}
	byWord := weaver{merge: g, agreedEnds: true}
	for _, c := range byLine.chunks {
		if !c.clash {
			byWord.chunks = append(byWord.chunks, c)
			continue
		}
		byWord.tokens = [3]tokens{*m.wordsIn(0, base, c.base), *m.wordsIn(1, local, c.local), *m.wordsIn(2, remote, c.remote)}
		byWord.at = [3]int{}
		m.weave(&byWord)
	}
	return byWord.merge
}

// A weaver builds the chunks of a merge from the tokens of its three texts.
type weaver struct {
	merge
	tokens     [3]tokens
	at         [3]int // how many tokens of each text have their chunk
	agreedEnds bool   // whether to take off a clash the tokens at its ends that both sides have
}

// weave appends the chunks of the tokens.
func (m *merger) weave(w *weaver) {
	b, l, r := &w.tokens[0], &w.tokens[1], &w.tokens[2]
	m.hunks[0] = m.diff(b.numbers, l.numbers, m.hunks[0][:0])
	m.hunks[1] = m.diff(b.numbers, r.numbers, m.hunks[1][:0])
	whole := func(h hunk, isLocal bool) bool {
		return b.endsLine(h.a0, h.a1) && (isLocal && l.endsLine(h.b0, h.b1) || !isLocal && r.endsLine(h.b0, h.b1))
	}
	for locals, remotes := m.hunks[0], m.hunks[1]; len(locals)+len(remotes) > 0; {
		var g region
		g, locals, remotes = nextRegion(locals, remotes, whole)
		unchanged := g.a0 - w.at[0]
		w.stretch(g.a0, w.at[1]+unchanged, w.at[2]+unchanged)
		w.stretch(g.a1, w.at[1]+g.a1-g.a0+g.growth[0], w.at[2]+g.a1-g.a0+g.growth[1])
	}
	w.stretch(b.count(), l.count(), r.count())
}

// stretch appends the chunks of the tokens from w.at up to a place in each text.
func (w *weaver) stretch(toBase, toLocal, toRemote int) {
	at := w.at
	w.at = [3]int{toBase, toLocal, toRemote}
	if w.at == at {
		return
	}
	c := w.chunkOf(w.tokens[0].span(at[0], toBase), w.tokens[1].span(at[1], toLocal), w.tokens[2].span(at[2], toRemote))
	if c.clash && w.agreedEnds {
		w.withoutAgreedEnds(c, at[1], at[2])
	} else {
		w.chunks = append(w.chunks, c)
	}
}

// withoutAgreedEnds appends a clash without the tokens at its ends that both sides have. The clash has the tokens from
// fromLocal and fromRemote up to w.at.
func (w *weaver) withoutAgreedEnds(c chunk, fromLocal, fromRemote int) {
	local, remote := &w.tokens[1], &w.tokens[2]
	l, r := local.numbers[fromLocal:w.at[1]], remote.numbers[fromRemote:w.at[2]]
	from, to := 0, 0
	for from < min(len(l), len(r)) && l[from] == r[from] {
		from++
	}
	for to < min(len(l), len(r))-from && l[len(l)-1-to] == r[len(r)-1-to] {
		to++
	}
	if from+to == 0 {
		w.chunks = append(w.chunks, c)
		return
	}
	between := func(base span, i, j, k, n int) chunk {
		return w.chunkOf(base, local.span(fromLocal+i, fromLocal+j), remote.span(fromRemote+k, fromRemote+n))
	}
	w.chunks = append(w.chunks,
		between(span{c.base.from, c.base.from}, 0, from, 0, from),
		between(c.base, from, len(l)-to, from, len(r)-to),
		between(span{c.base.to, c.base.to}, len(l)-to, len(l), len(r)-to, len(r)))
}

// A region is hunks of both sides that touch one another: a stretch of the base, and by how many tokens each side is
// longer.
type region struct {
	a0, a1 int
	growth [2]int
}

// nextRegion takes the first region off the hunks of both sides.
func nextRegion(locals, remotes []hunk, whole func(h hunk, isLocal bool) bool) (region, []hunk, []hunk) {
	sides := [2][]hunk{locals, remotes}
	first := 0
	if len(locals) == 0 || len(remotes) > 0 && remotes[0].before(locals[0]) {
		first = 1
	}
	last := sides[first][0]
	g := region{a0: last.a0, a1: last.a0}
	take := func(i int) {
		h := sides[i][0]
		g.a1, g.growth[i] = max(g.a1, h.a1), g.growth[i]+h.b1-h.b0-(h.a1-h.a0)
		sides[i] = sides[i][1:]
	}
	take(first)
	alone := true // so far the region is one hunk
	for {
		other := 1 - first
		if alone && len(sides[other]) > 0 {
			if h := sides[other][0]; h.a0 == g.a1 && whole(last, first == 0) && whole(h, other == 0) && last.isApartFrom(h) {
				return g, sides[0], sides[1]
			}
		}
		taken := false
		for i := range sides {
			for len(sides[i]) > 0 && sides[i][0].a0 <= g.a1 {
				take(i)
				taken, alone = true, false
			}
		}
		if !taken {
			return g, sides[0], sides[1]
		}
	}
}

// before orders hunks: what is inserted comes before what is replaced at the same place.
func (h hunk) before(other hunk) bool {
	return h.a0 < other.a0 || h.a0 == other.a0 && h.a1 < other.a1
}

// isApartFrom reports whether hunks of whole lines that only touch are edits of different lines: of lines that were
// inserted, deleted, or each replaced by one. Lines that are inserted where others were deleted may replace them.
func (h hunk) isApartFrom(next hunk) bool {
	inserts := func(h hunk) bool { return h.a0 == h.a1 }
	deletes := func(h hunk) bool { return h.b0 == h.b1 }
	replaces := func(h hunk) bool { return h.a1-h.a0 == h.b1-h.b0 }
	return replaces(h) && (replaces(next) || inserts(next) || deletes(next)) || replaces(next) && (inserts(h) || deletes(h)) ||
		deletes(h) && deletes(next)
}
