package collab_test

import (
	"strings"
	"testing"

	"tandem/internal/collab"
)

func TestSizeOfAChange(t *testing.T) {
	t.Parallel()
	notes := strings.Repeat("x", 20_000)
	customer := &collab.Customer{CustomerFields: collab.CustomerFields{Notes: &notes, Tags: []string{notes, "short"}}}
	change := &collab.Change{
		Fields:   []*collab.FieldChange{{OldValue: collab.JSON(notes), NewValue: collab.JSON(notes)}},
		Metadata: collab.JSON(notes), Snapshot: customer,
	}
	if size := change.Size(); size < 6*len(notes) || size > 6*len(notes)+5000 {
		t.Errorf("five texts of %d bytes, one of them kept twice, take %d", len(notes), size)
	}
	if size := (&collab.Change{}).Size(); size <= 0 || size > 5000 {
		t.Errorf("an empty change takes %d bytes", size)
	}
}
