package collab

import "time"

// No job waits for longer than these, except for the end of a snooze. Jobs that wait for longer were queued, planned or claimed while a clock was ahead.
const (
	// MostWait bounds the wait for another attempt, of up to 75 min, a rest, a turn, the rest of a batch and the end of a claim. The
	// rest of it is for clocks of instances that differ.
	MostWait = 2 * time.Hour
	// MostPlannedWait bounds the wait for a digest, of up to two days where a day is skipped, and for the end of quiet hours after that, of
	// a day and of another one that is skipped.
	MostPlannedWait = 4 * 24 * time.Hour
	// RecalledClaim is when a claimed job is due that is recalled. It is longer than a claim lasts, so that a holder that is at work ends it first.
	RecalledClaim = time.Minute
	// MaxRecalled bounds the jobs that are recalled at once.
	MaxRecalled = 1000
)
