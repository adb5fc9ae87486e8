package collab

import (
	"encoding/json"
	"io"
	"strconv"
)

// A SafeInt is an integer that a JSON number holds exactly in every language.
type SafeInt int64

// maxSafeInt is the largest of them, 2^53 - 1.
const maxSafeInt = 1<<53 - 1

// MarshalGQL writes the SafeInt scalar.
func (n SafeInt) MarshalGQL(w io.Writer) { _, _ = io.WriteString(w, strconv.FormatInt(int64(n), 10)) }

// UnmarshalGQL reads the SafeInt scalar.
func (n *SafeInt) UnmarshalGQL(v any) error {
	var read int64
	var err error
	switch v := v.(type) {
	case int64:
		read = v
	case int:
		read = int64(v)
	case json.Number:
		read, err = v.Int64()
	default:
		err = strconv.ErrSyntax
	}
	if err != nil || read > maxSafeInt || read < -maxSafeInt {
		return Errorf(BadInput, "a SafeInt must be an integer of at most %d in either direction", maxSafeInt)
	}
	*n = SafeInt(read)
	return nil
}
