package collab

import "slices"

// A Transition is what a change means for the list that a feed follows.
type Transition string

// The transitions.
const (
	TransitionEntered Transition = "ENTERED"
	TransitionStayed  Transition = "STAYED"
	TransitionLeft    Transition = "LEFT"
)

// A Placed is how a feed shows a change of an entity, or several that were folded into one: what its
// readers could see before the first and see after the last of them, and whether the entity was in
// the list of the feed then and is in it now.
type Placed struct {
	// At is the position of the change; of folded changes it is that of the last one.
	At                   int64
	SawBefore, SeesAfter bool
	WasIn, IsIn          bool
	// IsCurrent is set for an entity as it is where the feed begins, which is not a change.
	IsCurrent bool
	// tellsAll is set in a feed that also shows changes of entities outside its list.
	tellsAll bool
}

// IsNothing reports whether the entity was outside the list before and is so after, so that there is
// nothing to show.
func (s *Placed) IsNothing() bool { return !s.tellsAll && !s.WasIn && !s.IsIn }

func foldPlaced(a, b *Placed) *Placed {
	if a == nil || b == nil {
		return b
	}
	folded := *b
	// After a loss, the reader sees the entity anew: nobody tells them what changed while it was hidden.
	folded.SawBefore, folded.WasIn = a.SawBefore && a.SeesAfter, a.WasIn
	return &folded
}

// Transition is what the change means for the list of its feed.
func (c *Change) Transition() Transition {
	switch s := c.Placed; {
	case s == nil:
		return TransitionStayed
	case !s.IsIn:
		return TransitionLeft
	case !s.WasIn, !s.SawBefore:
		return TransitionEntered
	}
	return TransitionStayed
}

// isLost reports whether the reader may no longer see the entity after the change.
func (c *Change) isLost() bool { return c.Placed != nil && !c.Placed.SeesAfter }

// Leaves reports whether the entity, which the reader could see, leaves their list with the change. If it is hidden from
// them when they read the change, they are shown the change AsLost.
func (c *Change) Leaves() bool {
	s := c.Placed
	return s != nil && !s.tellsAll && s.WasIn && !s.IsIn && s.SeesAfter
}

// AsLost returns a change that Leaves as one by which the reader loses the entity, without contents.
func (c *Change) AsLost() *Change {
	lost, placed := *c, *c.Placed
	placed.SeesAfter = false
	lost.Fields, lost.Placed = nil, &placed
	return &lost
}

// sight reports whether the scope may see the entity of a change before and after it.
func (s Scope) sight(c *Change) (before, after bool) {
	if s.in(c.Audience) {
		return true, true
	}
	if c.AccessEffects == nil {
		return false, false
	}
	effect := c.AccessEffects.Others
	if named, is := c.AccessEffects.People[s.UserID]; is && s.UserID != "" {
		effect = named
	}
	return effect == EffectLost, effect == EffectGained
}

// A ListView decides which changes of entities a feed shows in a scope, and how. Without a filter and
// without Access it shows those that the scope sees before and after. Otherwise it shows those of the
// entities that are in its list before or after: the entities that the scope sees and the filter
// matches, without a filter those that are not deleted.
type ListView struct {
	Scope Scope
	Query ChangeQuery
	// Filter is nil for none. It was checked.
	Filter *EntityQuery
	// Access asks for what the reader gains and loses, also without a filter.
	Access bool
	// customers are those of the filter, with what the scope sees of each. The list lacks the records of a customer whom the
	// scope does not see.
	customers map[ID]visibleAt
}

// A visibleAt tells when a scope sees an entity.
type visibleAt struct {
	now bool
	// changes altered who may see it, oldest first. A view of customers is made again with each of them.
	changes []*Change
}

// visible reports whether the scope sees the entity after the change at a position.
func (a visibleAt) visible(s Scope, position int64) bool {
	if s.All || len(a.changes) == 0 {
		return s.All || a.now
	}
	is, _ := s.sight(a.changes[0])
	for _, c := range a.changes {
		if c.Cursor.Position <= position {
			_, is = s.sight(c)
		}
	}
	return is
}

// TellsAccess reports whether the view shows what the reader gains and loses.
func (v *ListView) TellsAccess() bool { return v.Filter != nil || v.Access }

// Show returns a change as the view shows it, or nil if it does not.
func (v *ListView) Show(c *Change) *Change {
	if c.OrgID != v.Scope.OrgID || !v.Query.Matches(c) || v.Filter != nil && !v.Filter.mayEverMatch(c.Snapshot) {
		return nil
	}
	before, after := v.Scope.sight(c)
	isNew := c.Type == ChangeCreate
	switch {
	case !before && !after, !v.TellsAccess() && !(before && after):
		return nil
	}
	s := &Placed{At: c.Cursor.Position, SawBefore: before && !isNew, SeesAfter: after, tellsAll: !v.TellsAccess()}
	s.IsIn = after && v.has(c.Snapshot, c.Cursor.Position)
	s.WasIn = s.SawBefore && v.had(c)
	if s.IsNothing() {
		return nil
	}
	shown := *c
	shown.Placed = s
	if before != after {
		shown.Fields = nil
	}
	return &shown
}

// has reports whether an entity that the scope sees is in the list at a position.
func (v *ListView) has(e Entity, position int64) bool {
	if v.Filter == nil {
		return e.Common().DeletedAt == nil
	}
	if customerID := e.Indexed().CustomerID; customerID != nil && *customerID != e.Common().ID {
		if of, is := v.customers[*customerID]; is && !of.visible(v.Scope, position) {
			return false
		}
	}
	return v.Filter.Matches(e)
}

// had reports whether the entity was in the list before a change, if the scope saw it then.
func (v *ListView) had(c *Change) bool {
	if v.Filter == nil {
		return c.Type != ChangeRestore
	}
	before, err := c.before()
	return err == nil && v.has(before, c.Cursor.Position-1)
}

// About returns the entity that must be visible now to a person who is shown the change; "" for a change
// by which they lose it.
func (c *Change) About() ID {
	if c.isLost() {
		return ""
	}
	return c.EntityID
}

// customers are those on which the list depends.
func (q *EntityQuery) customers() []ID {
	if q == nil {
		return nil
	}
	customers := slices.Clone(q.CustomerIDs)
	if q.CustomerID != nil {
		customers = append(customers, *q.CustomerID)
	}
	return customers
}
