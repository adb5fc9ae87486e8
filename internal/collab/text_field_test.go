package collab

import (
	"encoding/json"
	"regexp"
	"testing"
)

func TestFieldWords(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"agenda": "agenda", "amountMinor": "amount", "attendeeIds": "attendees", "customerId": "customer", "durationSeconds": "duration",
		"email": "e-mail", "endsAt": "end", "expectedCloseDate": "expected close", "ownerId": "owner", "scheduledAt": "scheduled",
		"startedAt": "started", "startsAt": "start", "status": "status",
	} {
		if got := fieldWord(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got := enumerateFields([]string{"amountMinor", "stage", "startsAt"}); got != "amount, stage and start" {
		t.Errorf("several are %q", got)
	}
}

// People read the fields of every entity as words, never as programs name them.
func TestEveryFieldIsWords(t *testing.T) {
	t.Parallel()
	words := regexp.MustCompile(`^[a-z]+([ -][a-z]+)*$`)
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
			if got := fieldWord(name); !words.MatchString(got) {
				t.Errorf("%s of %s is %q", name, noun.Type, got)
			}
		}
	}
}
