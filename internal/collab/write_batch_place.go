package collab

import (
	"crypto/sha256"
	"encoding/json"
	"maps"
	"strings"
	"time"
)

// A Batch is the place of a change in a batch: one mutation with several inputs.
type Batch struct {
	ID ID `json:"id"`
	// Index is that of the input, from 0. Size is the number of inputs.
	Index int `json:"index"`
	Size  int `json:"size"`
	// Follows is set if an earlier change of the batch has the same audience.
	Follows bool `json:"follows,omitempty"`
}

// Follow reports whether an earlier change of the batch has the same audience; for nil it does not.
func (b *Batch) Follow() bool { return b != nil && b.Follows }

// batchPlaces gives the changes of a batch their places, and makes one of the notifications of a person for the same reason. nil
// does neither.
type batchPlaces struct {
	id   ID
	size int
	// leads are the inputs whose changes come first, by audience.
	leads   map[string]int
	notices *batchNotices
	// pushLater is how much time the transactions after the one under way are given.
	pushLater time.Duration
}

// newBatchPlaces returns the places of a batch, or nil if it has one input only. A batch that is sent again has the
// same id: key is the first that it has.
func newBatchPlaces(v *Viewer, t ChangeType, size int, key *ID, now time.Time) *batchPlaces {
	if size == 1 {
		return nil
	}
	id := NewID(prefixBatch, now)
	if key != nil {
		encoded, _ := json.Marshal([]any{v.Organization.ID, v.User.ID, t, *key}) // texts always encode
		sum := sha256.Sum256(encoded)
		id = ID(prefixBatch + "_" + idEncoding.EncodeToString(sum[:16]))
	}
	return &batchPlaces{id: id, size: size, leads: map[string]int{}, notices: newBatchNotices()}
}

// mark gives a planned write the place of its input; isFirst says that its transaction begins with it. The inputs are decided in
// order; those of a transaction that fails are decided again.
func (p *batchPlaces) mark(input int, isFirst bool, planned Planned) Planned {
	if p == nil {
		return planned
	}
	decide := planned.Decide
	if isFirst {
		planned.Intent.UnreadIDs = p.notices.committed()
	}
	planned.Decide = func(st *State) (*Decision, error) {
		forget(p.leads, input)
		if isFirst {
			p.notices.begin(st.UnreadOfIDs)
		}
		st.notices = p.notices
		decision, err := decide(st)
		if err != nil {
			return decision, err
		}
		if earlier := decision.Earlier; earlier != nil && earlier.Batch != nil && earlier.Batch.ID == p.id && earlier.IsActivity() {
			claim(p.leads, audienceKey(earlier.Audience), input)
		}
		if decision.Change != nil {
			p.place(input, decision.Change)
			decision.PushLater = p.pushLater
		}
		return decision, nil
	}
	return planned
}

// begin notes that a transaction begins, after which a number of inputs are left. How many transactions write those shows only
// when they are planned.
func (p *batchPlaces) begin(left int) {
	if p == nil {
		return
	}
	p.pushLater = 0
	if left > 0 {
		p.pushLater = min(max(inputTime*time.Duration(left), leastPushWait), mostPushWait)
	}
}

// commit notes that a transaction committed.
func (p *batchPlaces) commit() {
	if p != nil {
		p.notices.commit()
	}
}

func (p *batchPlaces) place(input int, change *Change) {
	change.Batch = &Batch{ID: p.id, Index: input, Size: p.size}
	if change.IsActivity() {
		change.Batch.Follows = !claim(p.leads, audienceKey(change.Audience), input)
	}
}

// claim makes an input the first one with a key, and reports whether it is that.
func claim(first map[string]int, key string, input int) bool {
	if at, taken := first[key]; taken {
		return at == input
	}
	first[key] = input
	return true
}

// forget drops what an input claimed when it was decided before.
func forget(first map[string]int, input int) {
	maps.DeleteFunc(first, func(_ string, at int) bool { return at == input })
}

func audienceKey(audience []ID) string {
	if audience == nil {
		return ""
	}
	var key strings.Builder
	for _, id := range audience {
		key.WriteByte('\n')
		key.WriteString(string(id))
	}
	return key.String() + "\n"
}
