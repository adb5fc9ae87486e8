package variables

import (
	"encoding/json"
	"math"
	"strconv"
	"unicode/utf8"
)

// maxQuoted is the maximum number of bytes of a value that an error quotes.
const maxQuoted = 40

// describe describes a value for an error.
func describe(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case string:
		return quote(value)
	case bool:
		return strconv.FormatBool(value)
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	}
	number, _ := json.Marshal(value)
	return cut(string(number))
}

// quote quotes the beginning of a text.
func quote(text string) string { return strconv.Quote(cut(text)) }

func cut(text string) string {
	if len(text) <= maxQuoted {
		return text
	}
	end := maxQuoted
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// float returns a finite number.
func float(value any) (float64, bool) {
	switch value := value.(type) {
	case json.Number:
		number, err := strconv.ParseFloat(value.String(), 64)
		return number, err == nil
	case float64:
		return value, !math.IsInf(value, 0) && !math.IsNaN(value)
	case int64:
		return float64(value), true
	}
	return 0, false
}

// integer returns a whole number in any notation (3, 3.0 or 3e0), between -most-1 and
// most.
func integer(value any, most float64) (float64, bool) {
	number, ok := float(value)
	return number, ok && number == math.Trunc(number) && number <= most && number >= -most-1
}

// maxSafe is the largest integer up to which a float64 distinguishes all integers.
const maxSafe = 1<<53 - 1

// id returns a text, or an integer as a text.
func id(value any) (string, bool) {
	switch value := value.(type) {
	case string:
		return value, true
	case json.Number:
		if isInteger(value.String()) {
			return value.String(), true
		}
	case int64:
		return strconv.FormatInt(value, 10), true
	}
	number, ok := integer(value, maxSafe)
	return strconv.FormatInt(int64(number), 10), ok
}

// isInteger reports whether a number is written with digits only.
func isInteger(number string) bool {
	for i := range len(number) {
		if (number[i] < '0' || number[i] > '9') && (i > 0 || number[i] != '-') {
			return false
		}
	}
	return true
}
