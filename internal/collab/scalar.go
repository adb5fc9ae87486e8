package collab

import (
	"encoding/json"
	"io"
	"regexp"
	"strings"
	"time"
)

// timeLayout is how a DateTime is written: RFC 3339 in UTC, with milliseconds.
const timeLayout = "2006-01-02T15:04:05.000Z"

// A Time is a moment in UTC with millisecond precision, in the same form everywhere: in answers, in
// documents, in the log and in the databases.
type Time struct{ time.Time }

// At returns t as a Time.
func At(t time.Time) Time { return Time{t.UTC().Truncate(time.Millisecond)} }

// MarshalJSON writes RFC 3339 in UTC with milliseconds.
func (t Time) MarshalJSON() ([]byte, error) {
	return []byte(`"` + t.UTC().Format(timeLayout) + `"`), nil
}

// UnmarshalJSON reads RFC 3339.
func (t *Time) UnmarshalJSON(b []byte) error {
	if n := len(b); n > 2 && b[0] == '"' && b[n-1] == '"' { // without escapes, as all times are written here
		if parsed, ok := parseTime(string(b[1 : n-1])); ok {
			*t = parsed
			return nil
		}
	}
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	parsed, ok := parseTime(text)
	if !ok {
		return errNoTime
	}
	*t = parsed
	return nil
}

// MarshalGQL writes the DateTime scalar.
func (t Time) MarshalGQL(w io.Writer) {
	_, _ = io.WriteString(w, `"`+t.UTC().Format(timeLayout)+`"`)
}

// UnmarshalGQL reads the DateTime scalar: RFC 3339, in a year of four digits.
func (t *Time) UnmarshalGQL(v any) error {
	text, _ := v.(string)
	parsed, ok := parseTime(text)
	if !ok {
		return errNoTime
	}
	*t = parsed
	return nil
}

var errNoTime = Errorf(BadInput, "a DateTime must be RFC 3339, for example 2026-05-04T09:30:00Z")

// rfc3339 is the grammar of RFC 3339, 5.6. Package time is more lenient: it takes a
// comma before the fraction, and offsets of 24 hours.
var rfc3339 = regexp.MustCompile(`^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:(\d\d)(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

// parseTime reads RFC 3339. A leap second becomes the first moment of the next minute, since
// computer clocks can't represent it.
func parseTime(text string) (Time, bool) {
	if len(text) == len(timeLayout) && text[len(timeLayout)-5] == '.' { // as all times are written here
		if t, err := time.Parse(timeLayout, text); err == nil && t.Year() >= 1 {
			return At(t), true
		}
	}
	found := rfc3339.FindStringSubmatchIndex(text)
	if found == nil {
		return Time{}, false
	}
	text = strings.ToUpper(text)
	leaps := text[found[2]:found[3]] == "60"
	if leaps {
		text = text[:found[2]] + "59" + text[found[3]:]
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	t = t.UTC()
	if leaps && (t.Hour() != 23 || t.Minute() != 59) {
		return Time{}, false // they are inserted at the end of a day
	}
	if leaps {
		t = t.Truncate(time.Minute).Add(time.Minute)
	}
	return At(t), err == nil && t.Year() >= 1 && t.Year() <= 9999
}

// JSON is an encoded value of the JSON scalar. The zero value is null.
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
