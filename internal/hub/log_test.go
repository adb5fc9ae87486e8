package hub_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"time"

	"tandem/internal/collab"
)

var errAway = errors.New("the database is away")

// A memoryLog is the log of any number of organizations, with the faults that a
// database has.
type memoryLog struct {
	mu        sync.Mutex
	latency   time.Duration // of each read, half of it before the read sees anything
	logs      map[collab.ID]*orgLog
	fails     bool
	headReads int
	reads     int // of changes
	reading   int // now
	crowd     int // the most that ever did
	cut       int // reads that their caller cut off
	// meanwhile, if set, is called before the changes of one entity are read.
	meanwhile func()
}

type orgLog struct {
	epoch   uint32
	changes []*collab.Change
	pruned  int64 // positions up to it are gone
}

func newLog(orgs ...collab.ID) *memoryLog {
	l := &memoryLog{logs: make(map[collab.ID]*orgLog)}
	for _, org := range orgs {
		l.logs[org] = &orgLog{epoch: 1}
	}
	return l
}

// commit appends a change to an organization's log. fill says what it is, before
// anybody can read it.
func (l *memoryLog) commit(org collab.ID, fill ...func(*collab.Change)) *collab.Change {
	l.mu.Lock()
	defer l.mu.Unlock()
	log := l.logs[org]
	change := &collab.Change{
		OrgID: org, Cursor: collab.Cursor{Epoch: log.epoch, Position: int64(len(log.changes)) + 1},
	}
	for _, f := range fill {
		f(change)
	}
	log.changes = append(log.changes, change)
	return change
}

func (l *memoryLog) commitMany(org collab.ID, n int) []*collab.Change {
	changes := make([]*collab.Change, n)
	for i := range changes {
		changes[i] = l.commit(org)
	}
	return changes
}

// head is the newest position of acme's log.
func (l *memoryLog) head() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return int64(len(l.logs[acme].changes))
}

// prune lets go of all changes up to a position.
func (l *memoryLog) prune(org collab.ID, upTo int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.logs[org].pruned = upTo
}

// replace makes the log another one, of n changes, as restoring a backup does.
func (l *memoryLog) replace(org collab.ID, epoch uint32, n int) {
	l.mu.Lock()
	l.logs[org] = &orgLog{epoch: epoch}
	l.mu.Unlock()
	l.commitMany(org, n)
}

func (l *memoryLog) setLatency(latency time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.latency = latency
}

func (l *memoryLog) setAway(away bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fails = away
}

// counts returns how often heads and changes were read, and resets both.
func (l *memoryLog) counts() (headReads, reads int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	headReads, reads = l.headReads, l.reads
	l.headReads, l.reads = 0, 0
	return headReads, reads
}

func (l *memoryLog) Heads(ctx context.Context, orgIDs []collab.ID) (map[collab.ID]collab.Head, error) {
	if err := l.wait(ctx); err != nil {
		return nil, err
	}
	defer l.wait(ctx)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.headReads++
	if l.fails {
		return nil, errAway
	}
	heads := make(map[collab.ID]collab.Head)
	for _, org := range orgIDs {
		if log := l.logs[org]; log != nil {
			heads[org] = collab.Head{
				Cursor: collab.Cursor{Epoch: log.epoch, Position: int64(len(log.changes))},
				Oldest: log.pruned + 1,
			}
		}
	}
	return heads, nil
}

func (l *memoryLog) Changes(ctx context.Context, org collab.ID, after int64, limit int) ([]*collab.Change, error) {
	l.count(1)
	defer l.count(-1)
	if err := l.wait(ctx); err != nil {
		return nil, err
	}
	defer l.wait(ctx)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reads++
	if l.fails {
		return nil, errAway
	}
	log := l.logs[org]
	from := min(max(after, log.pruned), int64(len(log.changes)))
	page := log.changes[from:min(from+int64(limit), int64(len(log.changes)))]
	return append([]*collab.Change(nil), page...), nil // the caller owns it
}

func (l *memoryLog) EntityAndAccessChanges(ctx context.Context, orgID, entityID collab.ID, after int64, limit int) ([]*collab.Change, error) {
	if l.meanwhile != nil {
		l.meanwhile()
	}
	all, err := l.Changes(ctx, orgID, after, math.MaxInt32)
	others := func(c *collab.Change) bool { return c.EntityID != entityID && c.AccessEffects == nil }
	all = slices.DeleteFunc(all, others)
	return all[:min(limit, len(all))], err
}

func (l *memoryLog) count(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reading += n
	l.crowd = max(l.crowd, l.reading)
}

// mostAtOnce returns how many ever read changes at the same time.
func (l *memoryLog) mostAtOnce() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.crowd
}

func (l *memoryLog) wait(ctx context.Context) error {
	l.mu.Lock()
	half := l.latency / 2
	l.mu.Unlock()
	if half == 0 {
		return ctx.Err()
	}
	select {
	case <-time.After(half):
		return nil
	case <-ctx.Done():
		l.mu.Lock()
		l.cut++
		l.mu.Unlock()
		return ctx.Err()
	}
}

// cutOff returns how many reads their caller cut off.
func (l *memoryLog) cutOff() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cut
}
