package memory_test

import (
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/collabtest"
	"tandem/internal/memory"
)

func TestPresences(t *testing.T) {
	collabtest.Presences(t, func(_ *testing.T, now func() time.Time) collab.Presences {
		return memory.NewPresences(now)
	})
}
