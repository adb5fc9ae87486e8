package search

import "tandem/internal/collab"

// Form is the number of the form that collab.FoldText gives. Rows of an earlier
// form are written anew when an organization is first indexed.
const Form = 1

// mostBytes bounds the searched text of the entities of a batch.
const mostBytes = 1 << 20

// A State is how far the index of an organization has come.
type State struct {
	Position int64
	Form     int
}

// MoveOn notes that a batch was indexed. If an organization has fewer than few
// entities they are not, since looking through them takes no longer.
func (s *State) MoveOn(lacking *Lacking, few int) {
	if n := len(lacking.Entities); n > 0 && (s.Position > 0 || n >= few) {
		s.Position = lacking.Entities[n-1].Common().Cursor.Position
	}
	if !lacking.IsCut {
		s.Form = Form
	}
}

// Lacking are entities that changed after the index had them, in the order of
// their positions.
type Lacking struct {
	// Most bounds how many there are in a batch.
	Most     int
	Entities []collab.Entity
	// IsCut tells that there are more.
	IsCut    bool
	outdated []collab.Entity
	bytes    int
}

// Add notes an entity, and the folded texts that are kept of it. What is too much
// for a batch it leaves out.
func (l *Lacking) Add(e collab.Entity, text, name string) {
	if l.IsCut || len(l.Entities) == l.Most || l.bytes > mostBytes {
		l.IsCut = true
		return
	}
	l.bytes += len(text)
	l.Entities = append(l.Entities, e)
	if text != e.SearchText() || name != collab.NameKey(e.DisplayName()) {
		l.outdated = append(l.outdated, e)
	}
}

// Outdated are the entities whose folded texts are kept in an earlier form.
func (l *Lacking) Outdated() []collab.Entity { return l.outdated }
