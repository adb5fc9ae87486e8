package collab

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
)

// A mutationKey tells whether a mutation was made before: the clientMutationId, and
// a fingerprint of the input. Inputs that mean the same have the same fingerprint.
type mutationKey struct {
	id          *ID
	fingerprint string
}

// newKey returns the key of a mutation. want is the type of change that it makes,
// input is what the client sent, in canonical form.
func newKey(id *ID, want ChangeType, input ...any) (mutationKey, error) {
	if id == nil {
		return mutationKey{}, nil
	}
	encoded, err := json.Marshal([]any{want, *id, input})
	sum := sha256.Sum256(encoded)
	return mutationKey{id, base64.RawURLEncoding.EncodeToString(sum[:])}, err
}

// mark notes the key in the change that the mutation makes.
func (k mutationKey) mark(c *Change) { c.ClientMutationID, c.Fingerprint = k.id, k.fingerprint }

// An expected change describes the earlier change if the same mutation made it. A value that is not
// known beforehand is "".
type expected struct {
	change     ChangeType
	entityID   ID
	entityType EntityType
	conflictID ID // of a resolution
}

// check rejects a clientMutationId that was used for another mutation. A change without a
// fingerprint is compared by its effect.
func (k mutationKey) check(earlier *Change, want expected) error {
	if earlier.Fingerprint == k.fingerprint || earlier.Fingerprint == "" && want.madeBy(earlier) {
		return nil
	}
	return invalid("clientMutationId", "was already used with another input; make a new one for another mutation")
}

// madeBy reports whether an earlier change may be the expected one.
func (want expected) madeBy(earlier *Change) bool {
	switch {
	case want.entityID != "" && earlier.EntityID != want.entityID,
		want.entityType != "" && earlier.EntityType != want.entityType:
		return false
	case want.change == ChangeResolve:
		return earlier.ConflictID != nil && *earlier.ConflictID == want.conflictID
	case want.change == ChangeUpdate && earlier.Type == ChangeConflict:
		return true
	}
	return earlier.Type == want.change && earlier.ConflictID == nil
}

// repeat is the decision on a mutation that was made before: nothing is written. The error is an
// EntityGone if the entity was hidden from the actor since.
func (st *State) repeat(actor *Member, key mutationKey, want expected) (*Decision, error) {
	if err := key.check(st.Earlier, want); err != nil {
		return nil, err
	}
	_, err := st.visible(actor, want.entityID)
	return &Decision{Earlier: st.Earlier, Entity: st.Entity}, err
}
