package search

import (
	"slices"
	"unicode/utf8"

	"tandem/internal/collab"
)

// A Plan says which bitmaps answer a query.
type Plan struct {
	// Narrows tells that fewer entities than all of the type are asked for.
	Narrows bool
	// exact tells that the bitmaps let through just what is asked for.
	exact bool
	// all are keys that an entity has to have, anyOf lists of which it has to have one.
	all   []string
	anyOf [][]string
	scope collab.Scope
}

// NewPlan plans a query, in a scope.
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
	if len(query.Status) > 0 {
		var any []string
		for _, status := range query.Status {
			any = append(any, keyStatus+status)
		}
		p.anyOf = append(p.anyOf, any)
	}
	p.Narrows = term != "" || query.OwnerID != nil || query.Tag != nil || len(query.Status) > 0
	p.exact = utf8.RuneCountInString(term) <= longest && !query.IsRange()
	return p
}

// Keys are those whose bitmaps have to be read.
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

// A Reading is what was read of the index for a plan, in one state of the store.
type Reading struct {
	// Position is up to where the log is in the index; 0 is nowhere. Epoch is the log's.
	Position int64
	Epoch    uint32
	// Pending are the ids of the entities that changed since, at most MaxPending + 1.
	Pending []collab.ID
	bitmaps map[string]set
	pending []int
	granted set
}

// MaxPending is how many entities that are not in the index a reader looks at by
// themselves. With more of them the index is of no use.
const MaxPending = 2000

// AddPending notes an entity that changed since, and the number that it has in the
// index, if it is there.
func (r *Reading) AddPending(id collab.ID, number *int) {
	r.Pending = append(r.Pending, id)
	if number != nil {
		r.pending = append(r.pending, *number)
	}
}

// AddChunk notes a chunk of the bitmap of a key.
func (r *Reading) AddChunk(key string, at int, kept []byte) {
	if r.bitmaps == nil {
		r.bitmaps = map[string]set{}
	}
	if r.bitmaps[key] == nil {
		r.bitmaps[key] = set{}
	}
	r.bitmaps[key][at] = decode(kept)
}

// AddGranted notes the number of an entity that the scope's person has a grant for.
func (r *Reading) AddGranted(number int) {
	if r.granted == nil {
		r.granted = set{}
	}
	r.granted.add(number)
}

func (r *Reading) version() version { return version{r.Epoch, r.Position} }

// IsUsable reports whether the index reaches far enough.
func (r *Reading) IsUsable() bool { return r.Position > 0 && len(r.Pending) <= MaxPending }

// A Found is what a plan finds in the index, but for the entities that are pending.
type Found struct {
	// Count is how many there are. It is at least as many as are asked for, and
	// exactly as many if IsExact.
	Count   int
	IsExact bool
	members set
}

// Find evaluates a plan.
func (p Plan) Find(r *Reading) Found {
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
	members = without(members, p.hidden(r))
	for _, n := range r.pending {
		members.remove(n)
	}
	return Found{Count: members.count(), IsExact: p.exact, members: members}
}

// hidden are the entities that the scope does not see.
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

// Numbers are the numbers of what was found.
func (f Found) Numbers() []int { return f.members.numbers() }

// MostGathered is how many entities are looked at one by one, wherever they are.
const MostGathered = 1000

const (
	// mostWalked is how many entities at the beginning of an order are looked at, before
	// all that were found are. Of 200,000 of which 1,000 match it is enough for a page.
	mostWalked = 5000
	// mostSorted is how many are sorted. With more, the order is walked to its end.
	mostSorted = 50_000
)

// Walk is how many entities at the beginning of the order to look at; 0 is all.
func (f Found) Walk() int {
	if f.Count > mostSorted {
		return 0
	}
	return mostWalked
}
