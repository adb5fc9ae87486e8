package collab

import (
	"encoding/json"
	"testing"
)

func TestDates(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"2027-03-31", "2028-02-29", "0001-01-01", "9999-12-31"} {
		var d Date
		if err := d.UnmarshalGQL(text); err != nil || string(d) != text || d.Begins().Format("2006-01-02 15:04") != text+" 00:00" {
			t.Errorf("%s is read as %s, which begins at %v: %v", text, d, d.Begins(), err)
		}
	}
	for _, wrong := range []any{"", "2027-02-29", "2027-13-01", "0000-01-01", "27-01-01", "2027-1-1", "2027-03-31T00:00:00Z", " 2027-03-31", 20270331, nil} {
		if new(Date).UnmarshalGQL(wrong) == nil {
			t.Errorf("%v is taken for a date", wrong)
		}
	}
	if (*Date)(nil).Begins() != nil {
		t.Error("no date begins")
	}
}

func TestSafeInts(t *testing.T) {
	t.Parallel()
	for _, value := range []any{int64(maxSafeInt), int64(-maxSafeInt), 0, json.Number("12")} {
		if err := new(SafeInt).UnmarshalGQL(value); err != nil {
			t.Errorf("%v: %v", value, err)
		}
	}
	for _, wrong := range []any{int64(maxSafeInt + 1), int64(-maxSafeInt - 1), json.Number("1.5"), json.Number("99999999999999999999"), 1.5, "5", true, nil} {
		if new(SafeInt).UnmarshalGQL(wrong) == nil {
			t.Errorf("%v is taken for an integer", wrong)
		}
	}
}
