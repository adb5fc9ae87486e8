package search

import (
	"math"

	"tandem/internal/collab"
)

// Form is the version of what is derived from entities: the form that collab.FoldText returns, since 1,
// the amounts in rows and the kinds of keys, since 2. Rows in an earlier form are rewritten when an
// organization is first indexed, or when the keys of its index are rewritten: batch by batch, while the
// index is used.
const Form = 2

// mostBytes bounds the searched text of the entities of a batch. Their transaction is open while it is indexed, so a
// larger batch keeps other writers waiting, and may meet Postgres's bound on idle transactions.
const mostBytes = 256 << 10

// A State is the progress of an organization's index.
type State struct {
	Position int64
	Form     int
	// Keyed is the position up to which the index has keys of all kinds. It is behind Position only in an
	// index of an earlier form.
	Keyed int64
}

// LacksKeys reports whether the next batch adds keys to what the index has already.
func (s *State) LacksKeys() bool { return s.Keyed < s.Position }

// Stretch returns the positions between which the entities of the next batch are: after the first, up to
// the second.
func (s *State) Stretch() (after, upTo int64) {
	if s.LacksKeys() {
		return s.Keyed, s.Position
	}
	return s.Position, math.MaxInt64
}

// Covers reports whether a batch should be indexed. An organization with fewer than few entities
// needs no index, because scanning them is as fast. A batch that was cut short by long texts is
// always indexed, so that the next one begins after it.
func (s *State) Covers(lacking *Lacking, few int) bool {
	return s.Position > 0 || lacking.IsCut || len(lacking.Entities) >= few
}

// MoveOn advances the state past a batch that Covers.
func (s *State) MoveOn(lacking *Lacking, few int) {
	if s.LacksKeys() {
		if s.Keyed = s.Position; lacking.IsCut {
			s.Keyed = lacking.Entities[len(lacking.Entities)-1].Common().Cursor.Position
		}
		return
	}
	if n := len(lacking.Entities); n > 0 && s.Covers(lacking, few) {
		s.Position = lacking.Entities[n-1].Common().Cursor.Position
		s.Keyed = s.Position
	}
	if !lacking.IsCut {
		s.Form = Form
	}
}

// Lacking collects entities that changed since they were indexed, in the order of
// their positions.
type Lacking struct {
	// Most is the maximum number of entities in a batch.
	Most     int
	Entities []collab.Entity
	// IsCut reports that there are more.
	IsCut    bool
	outdated []collab.Entity
	bytes    int
}

// A Row is what the row of an entity has besides the snapshot, in the form in which it was written.
type Row struct {
	Text, Name string
	Amount     *collab.SafeInt
}

// isOf reports whether the row is that of the entity, in the present form.
func (r Row) isOf(e collab.Entity) bool {
	amount := e.Indexed().Amount
	return r.Text == e.SearchText() && r.Name == collab.NameKey(e.DisplayName()) &&
		(amount == nil) == (r.Amount == nil) && (amount == nil || *amount == *r.Amount)
}

// Add adds an entity with its row, unless the batch is full.
func (l *Lacking) Add(e collab.Entity, row Row) {
	if l.IsCut || len(l.Entities) == l.Most || l.bytes > mostBytes {
		l.IsCut = true
		return
	}
	l.bytes += len(row.Text)
	l.Entities = append(l.Entities, e)
	if !row.isOf(e) {
		l.outdated = append(l.outdated, e)
	}
}

// Outdated returns the entities whose rows are in an earlier form.
func (l *Lacking) Outdated() []collab.Entity { return l.outdated }
