package collab

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxIDLength bounds an id in bytes. Ids of people and organizations come from
// the tokens of an identity provider, so they are longer than our own.
const maxIDLength = 255

// An ID names a node. It is opaque to clients. Ids of people and organizations come from the
// identity provider; NewID makes all others.
type ID string

// Prefixes of the ids that NewID makes; they tell a node's type. The prefixes of entities are in
// Nouns.
const (
	prefixComment      = "com"
	prefixConflict     = "cfl"
	prefixNotification = "ntf"
	prefixActivity     = "act"
	prefixBatch        = "bat"
	prefixPush         = "psh"
	prefixDigest       = "dig"
)

const (
	// prefixLength is the length of each prefix. madeIDLength is the length of an id that NewID
	// makes: the prefix, the underscore, and 16 bytes in base32.
	prefixLength = 3
	madeIDLength = prefixLength + 1 + 26
)

var idEncoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// NewID returns a fresh id that starts with prefix. Ids made later sort later,
// to the millisecond, which keeps inserts at the end of an index. The rest is
// 80 random bits.
func NewID(prefix string, now time.Time) ID {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(now.UnixMilli())<<16)
	_, _ = rand.Read(b[6:]) // never fails, by its documentation
	return ID(prefix + "_" + idEncoding.EncodeToString(b[:]))
}

// Prefix returns the text before the first underscore, or "".
func (id ID) Prefix() string {
	prefix, _, found := strings.Cut(string(id), "_")
	if !found {
		return ""
	}
	return prefix
}

// MarshalGQL writes the id as a GraphQL string.
func (id ID) MarshalGQL(w io.Writer) {
	writeJSONString(w, string(id))
}

// UnmarshalGQL accepts a string or an integer, as GraphQL's ID does. It rejects ids that no node
// can have, so that no store has to deal with them, and so that different ids look different.
func (id *ID) UnmarshalGQL(v any) error {
	switch v := v.(type) {
	case nil: // where an id may be left out
		*id = ""
	case string:
		*id = ID(v)
	case fmt.Stringer: // json.Number
		*id = ID(v.String())
	case int64:
		*id = ID(strconv.FormatInt(v, 10))
	case int:
		*id = ID(strconv.Itoa(v))
	default:
		return Errorf(BadInput, "an ID must be a string")
	}
	if wrong := id.wrong(); wrong != "" {
		return Errorf(BadInput, "an ID %s", wrong)
	}
	return nil
}

// wrong returns what is wrong with an id, or "". A person whose token has no name is shown by their
// id, so the rules are those of a line.
func (id ID) wrong() string {
	text := string(id)
	switch {
	case len(text) > maxIDLength:
		return fmt.Sprintf("must have at most %d bytes", maxIDLength)
	case strings.TrimSpace(text) != text:
		return "must not begin or end with a blank"
	}
	return formLine.wrong(text)
}

// printable reports whether s is valid UTF-8 without control characters.
func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}
