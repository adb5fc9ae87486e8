// Package slowlog logs operations that take long: what they waited for, which statements they sent, and how the database
// runs the slowest of these. A line has no value of a variable or a column.
//
// A request never waits for its line: plans are read afterwards, one at a time. A nil *Log is one that is off.
package slowlog

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"
)

const (
	// maxLines bounds the lines of a period, and with them the plans that the database is asked for. A low value hides how many kinds
	// of operations are slow. A high value fills the log while everything is slow.
	maxLines = 10
	// period is how often each operation has a line at most. With a low value, one operation that is always slow takes all lines.
	period = time.Minute
	// planTime bounds how long the database is asked for a plan.
	planTime = 5 * time.Second
	// maxText bounds a statement and a plan in a line, in bytes.
	maxText = 4096
)

// An Explain returns the plan of a statement, or "" if it has none. It does not run the statement.
type Explain = func(ctx context.Context, text string) (plan string, err error)

// A Log has the slow operations of an instance.
type Log struct {
	threshold time.Duration
	log       *slog.Logger
	slow      chan slowOperation // that wait for their plan

	mu    sync.Mutex      // guards what follows; innermost
	shown map[string]bool // the operations that had a line in this period
	more  int             // operations without a line in this period
}

// A slowOperation is a line that lacks the plan.
type slowOperation struct {
	ctx        context.Context // of the operation, for the log
	attributes []any
	slowest    string // its slowest statement, or ""
}

// New returns a log of operations that take at least threshold. It is nil if threshold is 0.
func New(threshold time.Duration, log *slog.Logger) *Log {
	if threshold == 0 {
		return nil
	}
	return &Log{threshold: threshold, log: log, slow: make(chan slowOperation, maxLines), shown: make(map[string]bool)}
}

// Run writes lines until ctx ends. Operations that wait then have a line without a plan.
func (l *Log) Run(ctx context.Context, explain Explain) {
	if l == nil {
		return
	}
	ticker := time.NewTicker(period)
	defer ticker.Stop()
	for {
		select {
		case slow := <-l.slow:
			l.write(ctx, slow, explain)
		case <-ticker.C:
			l.renew()
		case <-ctx.Done():
			for len(l.slow) > 0 {
				l.write(ctx, <-l.slow, explain)
			}
			l.renew()
			return
		}
	}
}

// write writes a line.
func (l *Log) write(ctx context.Context, slow slowOperation, explain Explain) {
	if slow.slowest != "" {
		asking, cancel := context.WithTimeout(ctx, planTime)
		defer cancel()
		plan, err := explain(asking, slow.slowest)
		switch {
		case err != nil:
			slow.attributes = append(slow.attributes, "noPlan", err)
		case plan != "":
			slow.attributes = append(slow.attributes, "plan", shorten(plan))
		}
	}
	l.log.WarnContext(slow.ctx, "slow operation", slow.attributes...)
}

// renew begins a period, and logs how many operations of the last one had no line.
func (l *Log) renew() {
	l.mu.Lock()
	more := l.more
	clear(l.shown)
	l.more = 0
	l.mu.Unlock()
	if more > 0 {
		l.log.Warn("more operations were slow", "more", more)
	}
}

// add has a line written, if the period has room for one.
func (l *Log) add(name string, slow slowOperation) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.shown[name] || len(l.shown) >= maxLines {
		l.more++
		return
	}
	select {
	case l.slow <- slow:
		l.shown[name] = true
	default:
		l.more++
	}
}

// shorten bounds a text.
func shorten(text string) string {
	if len(text) <= maxText {
		return text
	}
	return strings.ToValidUTF8(text[:maxText], "") + "…"
}
