package memory_test

import (
	"testing"

	"tandem/internal/collab"
	"tandem/internal/collabtest"
	"tandem/internal/memory"
)

func TestBus(t *testing.T) {
	collabtest.Bus(t, func(*testing.T) (a, b collab.Bus) {
		bus := memory.NewBus()
		return bus, bus
	})
}
