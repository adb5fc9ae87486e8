package collab

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"
)

// People read the fields of every entity as words, never as programs name them.
func TestFieldWords(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"agenda": "agenda", "amountMinor": "amount", "attendeeIds": "attendees", "company": "company", "currency": "currency",
		"customerId": "customer", "direction": "direction", "durationSeconds": "duration", "email": "e-mail", "endsAt": "end",
		"expectedCloseDate": "expected close", "location": "location", "name": "name", "notes": "notes", "outcome": "outcome",
		"ownerId": "owner", "phone": "phone", "scheduledAt": "scheduled", "stage": "stage", "startedAt": "started", "startsAt": "start",
		"status": "status", "subject": "subject", "tags": "tags", "title": "title", "visibility": "visibility",
	}
	got := map[string]string{}
	for _, noun := range Nouns {
		document, err := json.Marshal(noun.New().fields())
		if err != nil {
			t.Fatal(err)
		}
		var fields Fields
		if err := json.Unmarshal(document, &fields); err != nil {
			t.Fatal(err)
		}
		for name := range fields {
			got[name] = fieldWord(name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if got[name] != want[name] {
			t.Errorf("%s is %q, want %q", name, got[name], want[name])
		}
	}
	if got := enumerateFields([]string{"amountMinor", "stage", "startsAt"}); got != "amount, stage and start" {
		t.Errorf("several are %q", got)
	}
}
