package textmerge

import "slices"

// A hunk says that b[b0:b1] stands in the place of a[a0:a1].
type hunk struct{ a0, a1, b0, b1 int }

// maxEdits bounds the edits of a stretch that are searched for the fewest; longer ways are cut at tokens that both texts
// have once.
const maxEdits = 250

// diff appends to out how b differs from a: hunks in order, with tokens that are equal between any two.
func (m *merger) diff(a, b []int32, out []hunk) []hunk {
	d := &differ{m: m, a: a, b: b, out: m.found[:0]}
	d.between(0, len(a), 0, len(b))
	m.found, d.out = d.out, out
	d.slide(m.found)
	return d.out
}

type differ struct {
	m    *merger
	a, b []int32
	out  []hunk
}

// add appends a hunk, as a part of the one before where they touch.
func (d *differ) add(a0, a1, b0, b1 int) {
	if n := len(d.out); n > 0 && d.out[n-1].a1 == a0 && d.out[n-1].b1 == b0 {
		d.out[n-1].a1, d.out[n-1].b1 = a1, b1
		return
	}
	d.out = append(d.out, hunk{a0, a1, b0, b1})
}

// between compares two stretches.
func (d *differ) between(a0, a1, b0, b1 int) {
	for a0 < a1 && b0 < b1 && d.a[a0] == d.b[b0] {
		a0, b0 = a0+1, b0+1
	}
	for a0 < a1 && b0 < b1 && d.a[a1-1] == d.b[b1-1] {
		a1, b1 = a1-1, b1-1
	}
	switch {
	case a0 == a1 && b0 == b1:
	case a0 == a1 || b0 == b1:
		d.add(a0, a1, b0, b1)
	case d.fewest(a0, a1, b0, b1):
	default:
		d.anchored(a0, a1, b0, b1)
	}
}

// fewest finds the fewest edits, by the greedy algorithm of Myers. It reports false, and adds nothing, if there are too
// many of them.
func (d *differ) fewest(a0, a1, b0, b1 int) bool {
	a, b := d.a[a0:a1], d.b[b0:b1]
	var before, row []int32 // how far in a the edits lead, by every other diagonal from the lowest
	ways := d.m.ways[:0]    // all rows
	defer func() { d.m.ways = ways }()
	for edits := 0; edits <= min(len(a)+len(b), maxEdits); edits++ {
		ways = slices.Grow(ways, max(edits+1, len(ways)))[:len(ways)+edits+1]
		row = ways[len(ways)-edits-1:]
		for i := range row {
			x := 0
			if edits > 0 {
				x = step(before, i)
			}
			y := x - (2*i - edits)
			from := x
			for x < len(a) && y < len(b) && a[x] == b[y] {
				x, y = x+1, y+1
			}
			row[i] = place(x)
			d.m.steps -= x - from + 1
			if x >= len(a) && y >= len(b) {
				d.follow(ways, edits, len(a), len(b), a0, b0)
				return true
			}
		}
		if d.m.steps < 0 {
			return false
		}
		before = row
	}
	return false
}

// step returns how far in a one more edit leads, at index i of the next row.
func step(before []int32, i int) int {
	if inserts(before, i) {
		return int(before[i])
	}
	return int(before[i-1]) + 1
}

// inserts reports whether that edit is an insertion.
func inserts(before []int32, i int) bool {
	return i == 0 || i < len(before) && before[i-1] < before[i]
}

// follow adds the hunks of the way that fewest went.
func (d *differ) follow(ways []int32, edits, x, y, a0, b0 int) {
	back := d.m.back[:0]
	for ; edits > 0; edits-- {
		before := ways[edits*(edits-1)/2:][:edits]
		diagonal := x - y
		if i := (diagonal + edits) / 2; inserts(before, i) {
			x = int(before[i])
			y = x - diagonal - 1
			back = append(back, hunk{x, x, y, y + 1})
		} else {
			x = int(before[i-1])
			y = x - diagonal + 1
			back = append(back, hunk{x, x + 1, y, y})
		}
	}
	for _, h := range slices.Backward(back) {
		d.add(a0+h.a0, a0+h.a1, b0+h.b0, b0+h.b1)
	}
	d.m.back = back
}

// anchored compares what is between tokens that both stretches have once, in the longest order that both have.
func (d *differ) anchored(a0, a1, b0, b1 int) {
	if d.m.steps -= a1 - a0 + b1 - b0; d.m.steps < -maxSteps {
		d.add(a0, a1, b0, b1)
		return
	}
	anchors := d.anchors(a0, a1, b0, b1)
	if len(anchors) == 0 {
		anchors = d.breaks(a0, a1, b0, b1)
	}
	if len(anchors) == 0 {
		d.add(a0, a1, b0, b1)
		return
	}
	for _, at := range anchors {
		d.between(a0, at[0], b0, at[1])
		a0, b0 = at[0]+1, at[1]+1
	}
	d.between(a0, a1, b0, b1)
}

// places are where a token stands, in each text the last time, and how often.
type places struct{ a, b, inA, inB int }

func (d *differ) anchors(a0, a1, b0, b1 int) [][2]int {
	if missing := d.m.numbers.count - len(d.m.places); missing > 0 {
		d.m.places = append(d.m.places, make([]places, missing)...)
	}
	found := d.m.places
	for i := a0; i < a1; i++ {
		p := &found[d.a[i]]
		p.a, p.inA = i, p.inA+1
	}
	for i := b0; i < b1; i++ {
		p := &found[d.b[i]]
		p.b, p.inB = i, p.inB+1
	}
	var once [][2]int
	for i := a0; i < a1; i++ {
		if p := found[d.a[i]]; p.inA == 1 && p.inB == 1 {
			once = append(once, [2]int{p.a, p.b})
		}
	}
	for i := a0; i < a1; i++ {
		found[d.a[i]] = places{}
	}
	for i := b0; i < b1; i++ {
		found[d.b[i]] = places{}
	}
	return longestRising(once)
}

// breaks returns the line breaks of two stretches in pairs, if both have equally many: lines that are all different are
// compared one by one.
func (d *differ) breaks(a0, a1, b0, b1 int) (pairs [][2]int) {
	isBreak := func(number int32) bool { return number == d.m.breaks[0] || number == d.m.breaks[1] }
	j := b0
	for i := a0; i < a1; i++ {
		if !isBreak(d.a[i]) {
			continue
		}
		for j < b1 && !isBreak(d.b[j]) {
			j++
		}
		if j == b1 || d.a[i] != d.b[j] {
			return nil
		}
		pairs, j = append(pairs, [2]int{i, j}), j+1
	}
	if slices.ContainsFunc(d.b[j:b1], isBreak) {
		return nil
	}
	return pairs
}

// longestRising returns the longest selection of pairs, in order, whose second numbers rise.
func longestRising(pairs [][2]int) [][2]int {
	ends, before := []int{}, make([]int, len(pairs)) // by length, the pair that ends such a selection with the least number
	for i, pair := range pairs {
		at, _ := slices.BinarySearchFunc(ends, pair[1], func(end, number int) int { return pairs[end][1] - number })
		before[i] = -1
		if at > 0 {
			before[i] = ends[at-1]
		}
		if at == len(ends) {
			ends = append(ends, i)
		} else {
			ends[at] = i
		}
	}
	if len(ends) == 0 {
		return nil
	}
	out := make([][2]int, len(ends))
	for at, i := len(ends)-1, ends[len(ends)-1]; i >= 0; at, i = at-1, before[i] {
		out[at] = pairs[i]
	}
	return out
}

// split takes what was inserted or deleted out of a hunk that also replaces something: a new line after one that
// changed is not a part of that change.
func (d *differ) split(h hunk, end int) (first, rest hunk, splits bool) {
	replaced := min(h.a1-h.a0, h.b1-h.b0)
	if replaced == 0 || h.a1-h.a0 == h.b1-h.b0 || h.a1 >= end {
		return h, h, false
	}
	next := d.a[h.a1] // which follows in both
	if at := slices.Index(d.b[h.b0+replaced:h.b1], next); replaced == h.a1-h.a0 && at >= 0 {
		at += h.b0 + replaced
		return hunk{h.a0, h.a1, h.b0, at}, hunk{h.a1 + 1, h.a1 + 1, at + 1, h.b1 + 1}, true
	}
	if at := slices.Index(d.a[h.a0+replaced:h.a1], next); replaced == h.b1-h.b0 && at >= 0 {
		at += h.a0 + replaced
		return hunk{h.a0, at, h.b0, h.b1}, hunk{at + 1, h.a1 + 1, h.b1 + 1, h.b1 + 1}, true
	}
	return h, h, false
}

// slide adds the hunks. It moves an insertion or a deletion as far to the end as it means the same, so that equal edits
// are found at equal places.
func (d *differ) slide(hunks []hunk) {
	for i, h := range hunks {
		end := len(d.a)
		if i+1 < len(hunks) {
			end = hunks[i+1].a0
		}
		if first, rest, splits := d.split(h, end); splits {
			d.add(first.a0, first.a1, first.b0, first.b1)
			h = rest
		}
		for h.a0 == h.a1 && h.a1 < end && d.a[h.a1] == d.b[h.b0] {
			h = hunk{h.a0 + 1, h.a1 + 1, h.b0 + 1, h.b1 + 1}
		}
		for h.b0 == h.b1 && h.a1 < end && d.a[h.a0] == d.a[h.a1] {
			h = hunk{h.a0 + 1, h.a1 + 1, h.b0 + 1, h.b1 + 1}
		}
		d.add(h.a0, h.a1, h.b0, h.b1)
	}
}
