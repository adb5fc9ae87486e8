package collab

import (
	"encoding/binary"
	"encoding/hex"
	"io"
)

// cursorVersion is the first byte of an encoded cursor. It changes when the
// encoding does, so that an old cursor is refused rather than misread.
const cursorVersion = 1

const cursorLength = 1 + 4 + 8

// A Cursor is a place in an organization's log: after the change at Position. Position 0 is before
// the first change. Epoch is the identity of the log. It changes when the log's history is
// replaced, for instance by a restored backup; older cursors are then meaningless.
type Cursor struct {
	Epoch    uint32
	Position int64
}

// String encodes the cursor. Encoded cursors of one log sort as their positions do.
func (c Cursor) String() string {
	b := make([]byte, 0, cursorLength)
	b = append(b, cursorVersion)
	b = binary.BigEndian.AppendUint32(b, c.Epoch)
	b = binary.BigEndian.AppendUint64(b, uint64(c.Position))
	return hex.EncodeToString(b)
}

// ParseCursor decodes a cursor that String encoded. Anything else is a BadInput error.
func ParseCursor(s string) (Cursor, error) {
	b, err := hex.DecodeString(s)
	// Clients compare cursors byte by byte, so each cursor has only one spelling.
	if err != nil || len(b) != cursorLength || b[0] != cursorVersion || b[5]&0x80 != 0 || hex.EncodeToString(b) != s {
		return Cursor{}, Errorf(BadInput, "this is not a cursor; send one exactly as an answer gave it to you")
	}
	return Cursor{
		Epoch:    binary.BigEndian.Uint32(b[1:5]),
		Position: int64(binary.BigEndian.Uint64(b[5:])),
	}, nil
}

// MarshalGQL writes the Cursor scalar.
func (c Cursor) MarshalGQL(w io.Writer) { writeJSONString(w, c.String()) }

// UnmarshalGQL reads the Cursor scalar.
func (c *Cursor) UnmarshalGQL(v any) error {
	s, _ := v.(string)
	parsed, err := ParseCursor(s)
	*c = parsed
	return err
}

// MarshalText encodes the cursor in JSON documents.
func (c Cursor) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText decodes a cursor of a JSON document.
func (c *Cursor) UnmarshalText(b []byte) error {
	parsed, err := ParseCursor(string(b))
	*c = parsed
	return err
}

// A Head is the end of a log.
type Head struct {
	Cursor
	// Oldest is the position of the oldest change that is kept; Position+1 if none is kept.
	Oldest int64
}

// Check checks that a log with this head can be read after c. It returns a ResyncRequired error for
// a cursor of another epoch, from the future, or from before the oldest change that is kept.
func (h Head) Check(c Cursor) error {
	switch {
	case c.Epoch != h.Epoch:
		return Errorf(ResyncRequired, "the log was replaced since this cursor was made; fetch afresh")
	case c.Position > h.Position:
		return Errorf(ResyncRequired, "this cursor is ahead of the log; fetch afresh")
	case c.Position < h.Oldest-1:
		return Errorf(ResyncRequired, "the log no longer reaches back to this cursor; fetch afresh")
	}
	return nil
}
