// Package diagnosis has the findings of a check before the server starts: what is as it should be, what works and should
// not stay as it is, and what does not work.
package diagnosis

import "fmt"

// A Level orders findings by how bad they are.
type Level int

// The levels.
const (
	OK      Level = iota // as it should be
	Warning              // it works, and should not stay so
	Failed               // the server can't work with it
)

func (l Level) String() string { return [...]string{"ok", "warning", "FAILED"}[l] }

// A Finding is one sentence about one thing. If it is not OK, the sentence says what to do.
type Finding struct {
	Level Level
	Text  string
}

// A Report is the findings of one service, in the order in which they were made.
type Report []Finding

// OK adds that something is as it should be.
func (r *Report) OK(format string, args ...any) { r.add(OK, format, args) }

// Warn adds that something should not stay as it is.
func (r *Report) Warn(format string, args ...any) { r.add(Warning, format, args) }

// Fail adds that something does not work.
func (r *Report) Fail(format string, args ...any) { r.add(Failed, format, args) }

func (r *Report) add(level Level, format string, args []any) {
	*r = append(*r, Finding{level, fmt.Sprintf(format, args...)})
}

// Worst is the level of the worst finding.
func (r *Report) Worst() (worst Level) {
	for _, finding := range *r {
		worst = max(worst, finding.Level)
	}
	return worst
}
