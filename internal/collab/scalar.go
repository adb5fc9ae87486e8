package collab

import (
	"encoding/json"
	"io"
	"time"
)

// timeLayout is how a DateTime is written: RFC 3339 in UTC, with milliseconds.
const timeLayout = "2006-01-02T15:04:05.000Z"

// A Time is a moment to the millisecond, in UTC, everywhere the same: in
// answers, in documents, in the log and in the databases.
type Time struct{ time.Time }

// At returns t as a Time.
func At(t time.Time) Time { return Time{t.UTC().Truncate(time.Millisecond)} }

// MarshalJSON writes RFC 3339 in UTC with milliseconds.
func (t Time) MarshalJSON() ([]byte, error) {
	return []byte(`"` + t.UTC().Format(timeLayout) + `"`), nil
}

// UnmarshalJSON reads RFC 3339.
func (t *Time) UnmarshalJSON(b []byte) error {
	var parsed time.Time
	if err := json.Unmarshal(b, &parsed); err != nil {
		return err
	}
	*t = At(parsed)
	return nil
}

// MarshalGQL writes the DateTime scalar.
func (t Time) MarshalGQL(w io.Writer) {
	_, _ = io.WriteString(w, `"`+t.UTC().Format(timeLayout)+`"`)
}

// UnmarshalGQL reads the DateTime scalar: RFC 3339, in a year of four digits.
func (t *Time) UnmarshalGQL(v any) error {
	s, ok := v.(string)
	parsed, err := time.Parse(time.RFC3339Nano, s)
	if !ok || err != nil || parsed.UTC().Year() > 9999 || parsed.UTC().Year() < 1 {
		return Errorf(BadInput, "a DateTime must be RFC 3339, for example 2026-05-04T09:30:00Z")
	}
	*t = At(parsed)
	return nil
}

// JSON is a value of the JSON scalar, already encoded. The zero value is null.
type JSON json.RawMessage

// MarshalJSON writes the value as it is.
func (j JSON) MarshalJSON() ([]byte, error) {
	if len(j) == 0 {
		return []byte("null"), nil
	}
	return j, nil
}

// UnmarshalJSON keeps a copy of the value.
func (j *JSON) UnmarshalJSON(b []byte) error {
	*j = append((*j)[:0:0], b...)
	return nil
}

// MarshalGQL writes the JSON scalar.
func (j JSON) MarshalGQL(w io.Writer) {
	b, _ := j.MarshalJSON()
	_, _ = w.Write(b)
}

// UnmarshalGQL takes any value.
func (j *JSON) UnmarshalGQL(v any) error {
	b, err := json.Marshal(v)
	*j = b
	return err
}

// writeJSONString writes s as a JSON string.
func writeJSONString(w io.Writer, s string) {
	b, _ := json.Marshal(s) // a string always encodes
	_, _ = w.Write(b)
}
