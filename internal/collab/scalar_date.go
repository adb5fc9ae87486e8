package collab

import (
	"io"
	"time"
)

// A Date is a day of the calendar, without a time zone: 2027-03-31.
type Date string

// Begins returns the moment in UTC at which the day begins, or nil for a nil date.
func (d *Date) Begins() *Time {
	if d == nil {
		return nil
	}
	t, err := time.Parse(time.DateOnly, string(*d))
	if err != nil {
		return nil
	}
	return ptr(At(t))
}

// MarshalGQL writes the Date scalar.
func (d Date) MarshalGQL(w io.Writer) { _, _ = io.WriteString(w, `"`+string(d)+`"`) }

// UnmarshalGQL reads the Date scalar: an existing day in the years 0001 to 9999.
func (d *Date) UnmarshalGQL(v any) error {
	text, _ := v.(string)
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 1 {
		return Errorf(BadInput, "a Date must be a day of the calendar, for example 2027-03-31")
	}
	*d = Date(text)
	return nil
}
