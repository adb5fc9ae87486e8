package main

import (
	"testing"
	"time"
)

// Pauses grow with the tries, and stay bounded.
func TestPause(t *testing.T) {
	t.Parallel()
	for try, most := range map[int]time.Duration{0: firstPause, 1: 2 * firstPause, 3: 8 * firstPause, 5: longestPause, 100: longestPause} {
		longest := time.Duration(0)
		for range 1000 {
			longest = max(longest, pause(try))
		}
		if longest >= most || longest < most/2 {
			t.Errorf("try %d: the longest of 1,000 pauses was %v, want almost %v", try, longest, most)
		}
	}
}
