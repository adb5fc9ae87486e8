package collab

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"
)

// An AuditEnd is where an audit trail and the log beside it end.
type AuditEnd struct {
	// Number and Hash are the newest row's; 0 and "" if there is none.
	Number int64
	Hash   string
	// Position is the head of the log.
	Position int64
}

// SealAudit appends entries to a trail, in order: it gives them numbers, salts, digests and hashes,
// and returns the new end of the trail. position is the position of the log row that is written
// with them, or 0.
func SealAudit(orgID ID, end AuditEnd, position int64, entries []*AuditEntry) AuditEnd {
	for _, e := range entries {
		if e.Action == AuditDataErased && e.ActorID == e.SubjectID {
			e.Origin = Origin{} // it is theirs, and nothing of theirs is kept
		}
		e.Number, e.Position, e.PreviousHash = end.Number+1, position, end.Hash
		e.OriginSalt, e.DetailsSalt = newSalt(), newSalt()
		e.OriginDigest, e.DetailsDigest = e.digestOrigin(), e.digestDetails()
		e.Hash = e.digest(orgID)
		end.Number, end.Hash = e.Number, e.Hash
	}
	return end
}

// digest is the hash of the row. It covers no value that an erasure empties.
func (e *AuditEntry) digest(orgID ID) string {
	return digest("tandem audit 1", e.PreviousHash, string(orgID), strconv.FormatInt(e.Number, 10),
		e.OccurredAt.UTC().Format(timeLayout), string(e.Action), string(e.ActorID), string(e.SubjectID), string(e.EntityID),
		strconv.FormatInt(e.Position, 10), e.OriginDigest, e.DetailsDigest)
}

func (e *AuditEntry) digestOrigin() string {
	return digest("tandem audit origin 1", e.OriginSalt, e.Origin.Address, e.Origin.Agent, e.Origin.Client)
}

func (e *AuditEntry) digestDetails() string {
	return digest("tandem audit details 1", e.DetailsSalt, string(e.Details))
}

// digest returns the SHA-256 of texts in hexadecimal. Each text is preceded by its length in bytes
// as a big-endian 64-bit number, so that no two lists of texts have the same input.
func digest(texts ...string) string {
	var input []byte
	for _, text := range texts {
		input = binary.BigEndian.AppendUint64(input, uint64(len(text)))
		input = append(input, text...)
	}
	sum := sha256.Sum256(input)
	return hex.EncodeToString(sum[:])
}

// newSalt returns 128 random bits: somebody who has a digest but not its salt can't find the value
// by guessing.
func newSalt() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, by its documentation
	return hex.EncodeToString(b[:])
}
