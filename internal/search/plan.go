package search

import (
	"slices"
	"unicode/utf8"

	"tandem/internal/collab"
)

// A Plan lists the bitmaps that answer a query.
type Plan struct {
	// Narrows reports that the query does not match all entities of the type.
	Narrows bool
	// exact reports that the bitmaps contain exactly the matching entities.
	exact bool
	// ranged reports that the query has a range of time, for which there are no bitmaps.
	ranged bool
	// later reports that the plan has keys of kinds that an index of an earlier form lacks.
	later bool
	// all are the keys that an entity must have; it must also have one key of each list of anyOf.
	all   []string
	anyOf [][]string
	scope collab.Scope
}

// NewPlan returns the plan of a query in a scope.
func NewPlan(scope collab.Scope, query collab.EntityQuery) Plan {
	p := Plan{scope: scope, all: []string{keyEvery}}
	term := collab.FoldText(query.Search)
	if term != "" {
		p.all = keysOfTerm(term)
	}
	if query.OwnerID != nil {
		p.all = append(p.all, keyOwner+string(*query.OwnerID))
	}
	if query.Tag != nil {
		p.all = append(p.all, keyTag+*query.Tag)
	}
	p.addAnyOf(keyStatus, query.Status)
	p.addAnyOf(keyTag, query.Tags)
	p.addAnyOf(keyPerson, texts(query.AttendeeIDs))
	owners := withPrefix(keyOwner, texts(query.OwnerIDs))
	if query.Unowned {
		owners = append(owners, keyUnowned)
	}
	if owners != nil {
		p.anyOf = append(p.anyOf, owners)
	}
	p.later = query.Unowned || query.AttendeeIDs != nil
	p.Narrows = term != "" || query.OwnerID != nil || query.Tag != nil || len(p.anyOf) > 0
	p.ranged = query.IsRange()
	p.exact = utf8.RuneCountInString(term) <= longest && !p.ranged
	return p
}

// addAnyOf narrows to entities with one of the keys of values. Nil does not narrow.
func (p *Plan) addAnyOf(kind string, values []string) {
	if values != nil {
		p.anyOf = append(p.anyOf, withPrefix(kind, values))
	}
}

// withPrefix returns the keys of a kind for values; nil for nil.
func withPrefix(kind string, values []string) []string {
	if values == nil {
		return nil
	}
	keys := make([]string, len(values))
	for i, value := range values {
		keys[i] = kind + value
	}
	return keys
}

// texts returns ids as texts; nil for nil.
func texts(ids []collab.ID) []string {
	if ids == nil {
		return nil
	}
	values := make([]string, len(ids))
	for i, id := range ids {
		values[i] = string(id)
	}
	return values
}

// Keys returns the keys of the bitmaps to read.
func (p Plan) Keys() []string {
	keys := slices.Clone(p.all)
	for _, any := range p.anyOf {
		keys = append(keys, any...)
	}
	if !p.scope.All {
		keys = append(keys, keyRestricted)
	}
	if p.scope.UserID != "" {
		keys = append(keys, keyCreator+string(p.scope.UserID), keyOwner+string(p.scope.UserID))
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// A Reading has the parts of the index that a plan needs, from one state of the store.
type Reading struct {
	// Position is the position of the log up to which the index is complete; 0 if there is no index.
	// Epoch is the epoch of the log.
	Position int64
	Epoch    uint32
	// HasAllKeys reports whether the index has keys of all kinds; one of an earlier form lacks some
	// until it was rewritten.
	HasAllKeys bool
	// Pending are the ids of the entities that changed after Position, at most MaxPending + 1.
	Pending []collab.ID
	bitmaps map[string]set
	pending []int
	granted set
	later   bool // the plan needs keys of all kinds
}

// NewReading returns an empty reading for the plan.
func (p Plan) NewReading() *Reading { return &Reading{later: p.later} }

// MaxPending is the maximum number of entities outside the index that a reader compares
// one by one. With more of them, the index is not used.
const MaxPending = 2000

// AddPending adds an entity that changed after Position, with its number in the index if
// it has one.
func (r *Reading) AddPending(id collab.ID, number *int) {
	r.Pending = append(r.Pending, id)
	if number != nil {
		r.pending = append(r.pending, *number)
	}
}

// AddChunk adds a chunk of the bitmap of a key.
func (r *Reading) AddChunk(key string, at int, kept []byte) {
	if r.bitmaps == nil {
		r.bitmaps = map[string]set{}
	}
	if r.bitmaps[key] == nil {
		r.bitmaps[key] = set{}
	}
	r.bitmaps[key][at] = decode(kept)
}

// AddGranted adds the number of an entity that the scope's person has a grant for.
func (r *Reading) AddGranted(number int) {
	if r.granted == nil {
		r.granted = set{}
	}
	r.granted.add(number)
}

func (r *Reading) version() version { return version{r.Epoch, r.Position} }

// IsAsExpected reports whether the reading is of the version that Cache.Expect returned
// before, so that its bitmaps were current.
func (r *Reading) IsAsExpected(expected *Reading) bool {
	return r.IsUsable() && r.version() == expected.version()
}

// IsUsable reports whether the index exists, is recent enough, and has the keys of the plan.
func (r *Reading) IsUsable() bool {
	return r.Position > 0 && len(r.Pending) <= MaxPending && (r.HasAllKeys || !r.later)
}

// A Found is the set of entities that a plan finds in the index, without the pending ones.
type Found struct {
	// Count is their number. It is at least the number of matching entities, and equal to it
	// if IsExact.
	Count   int
	IsExact bool
	members set
}

// Find evaluates a plan.
func (p Plan) Find(r *Reading) Found {
	members := without(p.matching(r), p.hidden(r))
	for _, n := range r.pending {
		members.remove(n)
	}
	return Found{Count: members.count(), IsExact: p.exact, members: members}
}

// Candidates returns a superset of Find's result that does not depend on pending entities and grants.
func (p Plan) Candidates(r *Reading) Found {
	members := p.matching(r)
	return Found{Count: members.count(), members: members}
}

// Counts reports whether the bitmaps alone give the count: exactly, or as an estimate because there
// are too many candidates to compare.
func (p Plan) Counts(r *Reading) bool {
	return p.exact || !p.ranged && p.Candidates(r).Count > MostGathered
}

// matching returns the entities that have the keys of the plan.
func (p Plan) matching(r *Reading) set {
	members := r.bitmaps[p.all[0]]
	for _, key := range p.all[1:] {
		members = both(members, r.bitmaps[key])
	}
	for _, any := range p.anyOf {
		one := set{}
		for _, key := range any {
			one = either(one, r.bitmaps[key])
		}
		members = both(members, one)
	}
	return members
}

// hidden returns the entities that the scope may not see.
func (p Plan) hidden(r *Reading) set {
	if p.scope.All {
		return nil
	}
	hidden := r.bitmaps[keyRestricted]
	if p.scope.UserID == "" {
		return hidden
	}
	for _, own := range []set{r.bitmaps[keyCreator+string(p.scope.UserID)], r.bitmaps[keyOwner+string(p.scope.UserID)], r.granted} {
		hidden = without(hidden, own)
	}
	return hidden
}

// Numbers returns the numbers of the entities found.
func (f Found) Numbers() []int { return f.members.numbers() }

// MostGathered is the maximum number of candidates that are read and compared one by one.
const MostGathered = 1000

const (
	// mostWalked is the number of entities at the beginning of an order that are compared before
	// all candidates are read. If 1,000 of 200,000 match, it is enough for a page.
	mostWalked = 5000
	// mostSorted is the maximum number of candidates that are sorted. With more, the order is walked to its end.
	mostSorted = 50_000
)

// Walk returns the number of entities at the beginning of the order to compare; 0 means all.
func (f Found) Walk() int {
	if f.Count > mostSorted {
		return 0
	}
	return mostWalked
}
