package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/internal/collab"
)

// maxAttempts bounds how often a write begins again because another write with the same
// ClientMutationID, or a change of membership, committed first, or met it in a deadlock. The next attempt
// finds the other's change, so a third one is not expected.
const maxAttempts = 3

// Write runs one write, in two round trips: one begins the transaction, locks
// the entity and reads, the other writes and commits.
//
// Writes of one entity wait for each other in the instance, and at the entity's row. Writes of one
// organization wait only at the organization's row, which is locked by the last statement before
// the commit. All writes lock in this order.
func (s *Store) Write(ctx context.Context, intent collab.Intent, decide collab.Decide) (*collab.Written, error) {
	outcomes, err := s.WriteAll(ctx, []collab.Planned{{Intent: intent, Decide: decide}})
	if err != nil {
		return nil, err
	}
	return outcomes[0].Written, outcomes[0].Err
}

// WriteAll runs several writes in as many round trips as one. It locks their entities in the order of the ids, like
// all that lock several.
func (s *Store) WriteAll(ctx context.Context, writes []collab.Planned) ([]collab.Outcome, error) {
	done, err := s.pool.queueForRows(ctx, writes)
	if err != nil {
		return nil, err
	}
	defer done()
	for attempt := 1; ; attempt++ {
		var outcomes []collab.Outcome
		err := s.pool.unblocked(ctx, func() (err error) {
			outcomes, err = s.tryWrites(ctx, writes)
			return err
		})
		switch overtaken := isRepeat(err) || isDeadlock(err) || errors.Is(err, errMoved); {
		case overtaken && attempt < maxAttempts:
		case overtaken:
			return nil, fmt.Errorf("%w (%w)", collab.Errorf(collab.Unavailable, "others changed what this depends on, again and again; try again"), err)
		default:
			return outcomes, err
		}
	}
}

func (s *Store) tryWrites(ctx context.Context, writes []collab.Planned) ([]collab.Outcome, error) {
	orgID := writes[0].Intent.OrgID
	conn, release, err := s.pool.acquire(ctx, orgID)
	if err != nil {
		return nil, err
	}
	defer release()
	reads, err := s.read(ctx, conn, writes)
	if err != nil {
		return nil, err
	}
	outcomes := make([]collab.Outcome, len(writes))
	for i, w := range writes {
		outcomes[i] = reads[i].decide(w)
	}
	recordings, changes, err := recordAll(ctx, conn, orgID, reads, outcomes)
	if err != nil {
		return nil, err
	}
	if len(recordings) == 0 {
		return outcomes, nil
	}
	cursors, err := commit(ctx, conn, recordings)
	if err != nil {
		return nil, err
	}
	for i, change := range changes {
		if change != nil {
			change.Commit(orgID, cursors[i])
		}
	}
	return outcomes, nil
}

// recordAll returns the statements that record what was decided, and the change of each. A write that can't be recorded has the
// error as its outcome.
func recordAll(ctx context.Context, conn *pgxpool.Conn, orgID collab.ID, reads []*readState, outcomes []collab.Outcome) (recordings []*query, changes []*collab.Change, err error) {
	for i := range outcomes {
		q, err := reads[i].recording(ctx, conn, orgID, &outcomes[i])
		if isDeadlock(err) { // in its erasure
			return nil, nil, err
		}
		if err != nil {
			outcomes[i] = collab.Outcome{Err: err}
		}
		if q != nil {
			recordings, changes = append(recordings, q), append(changes, outcomes[i].Written.Change)
		}
	}
	return recordings, changes, nil
}

// A readState is what was read for one write.
type readState struct {
	state    *collab.State
	erasures int64 // the organization's count of them
}

// decide decides a write.
func (r *readState) decide(w collab.Planned) collab.Outcome {
	decision, err := w.Decide(r.state)
	if err == nil && !decision.Empty() {
		err = decision.Check(w.Intent, r.state)
	}
	if err != nil {
		return collab.Outcome{Err: err}
	}
	decision.Change.Follow(r.state.Entity)
	return collab.Outcome{Written: &collab.Written{Decision: decision}}
}

// recording erases what a write decided, and returns the statement that records it, or nil if there is nothing to record.
func (r *readState) recording(ctx context.Context, conn *pgxpool.Conn, orgID collab.ID, outcome *collab.Outcome) (*query, error) {
	if outcome.Err != nil || outcome.Written.Empty() {
		return nil, nil
	}
	q, err := recording(orgID, r.state.AuditEnd, r.erasures, outcome.Written.Decision)
	if err != nil {
		return nil, err
	}
	if err := lockRemoved(ctx, conn, orgID, outcome.Written.Membership); err != nil {
		return nil, err
	}
	if outcome.Written.Erased, err = erase(ctx, conn, orgID, outcome.Written.Erasure); err != nil {
		return nil, err
	}
	return q, nil
}

// isRepeat reports whether a write failed because another one with the same ClientMutationID
// committed after this one had looked for it.
func isRepeat(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.ConstraintName == "log_by_mutation"
}

// isDeadlock reports whether a transaction was ended so that another one can go on. An erasure holds the organization's row and
// waits for notifications that an edit has locked. A write locks the jobs of a person in the order of their keys three times, for what
// makes room, what is pushed and what lapses, and the writes of a batch in any order. A pruning meets batches and erasures.
func isDeadlock(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == "40P01"
}

// retried runs a transaction again if it is ended by a deadlock.
func retried(transaction func() error) (err error) {
	for range maxAttempts {
		if err = transaction(); !isDeadlock(err) {
			return err
		}
	}
	return err
}

// begin returns a batch that begins a transaction. It names the isolation level, because a database
// may have another default, at which a statement would not see changes that committed while the
// statement before it waited for a lock.
func (w tenant) begin() *pgx.Batch { return w.batch("BEGIN ISOLATION LEVEL READ COMMITTED") }

// read begins the transaction of writes, and reads what their intents need. The entities are locked in the order of
// their ids, so that no two transactions wait for each other.
func (s *Store) read(ctx context.Context, conn *pgxpool.Conn, writes []collab.Planned) ([]*readState, error) {
	readings := make([]*readState, len(writes))
	for i := range writes {
		readings[i] = &readState{state: &collab.State{Members: map[collab.ID]*collab.Member{}}}
	}
	batch := s.forOrg(writes[0].Intent.OrgID).begin()
	for _, i := range inLockOrder(writes) {
		queue(batch, intentQueries(writes[i].Intent, readings[i].state, &readings[i].erasures))
	}
	if err := conn.SendBatch(ctx, batch).Close(); err != nil {
		return nil, fault(ctx, err)
	}
	return readings, nil
}

// inLockOrder returns the indices of writes in the order in which they lock their entities.
func inLockOrder(writes []collab.Planned) []int {
	order := make([]int, len(writes))
	for i := range writes {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(writes[a].Intent.EntityID, writes[b].Intent.EntityID)
	})
	return order
}

// errMoved means that the organization changed after it was read.
var errMoved = errors.New("postgres: somebody's membership changed meanwhile, or there is no organization to write to")

// commit runs recordings, each of which takes the next position of a log and returns its cursor,
// and commits. Positions are dense because the head moves in the transaction
// that writes the log row, and in commit order because the organization's row
// stays locked until the commit, which is why a sequence would not do.
func commit(ctx context.Context, conn *pgxpool.Conn, recordings []*query) ([]collab.Cursor, error) {
	cursors := make([]collab.Cursor, len(recordings))
	batch := &pgx.Batch{}
	for i, q := range recordings {
		batch.Queue(q.text.String(), q.args...).QueryRow(func(r pgx.Row) error {
			return r.Scan(&cursors[i].Epoch, &cursors[i].Position)
		})
	}
	if len(recordings) == 1 {
		// A statement that fails keeps those after it in the batch from running.
		batch.Queue("COMMIT")
	}
	err := conn.SendBatch(ctx, batch).Close()
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, errMoved
	}
	if err == nil && len(recordings) > 1 {
		// A statement that finds no row does not fail, and the others must not be committed without it.
		_, err = conn.Exec(ctx, "COMMIT")
	}
	return cursors, fault(ctx, err)
}

// rollbackTimeout bounds how long a connection is given to end a transaction,
// before it is closed instead.
const rollbackTimeout = 5 * time.Second

// giveBack gives a connection back to the pool, without the transaction that may
// be open on it because of an error, a panic or an ended context. The pool
// closes a connection on which one is still open.
func giveBack(ctx context.Context, conn *pgxpool.Conn) {
	defer conn.Release()
	if conn.Conn().IsClosed() || conn.Conn().PgConn().TxStatus() == 'I' {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTimeout)
	defer cancel()
	_, _ = conn.Exec(ctx, "ROLLBACK")
}

// lockRemoved locks the membership of a person whom a write removes, so that the write sees the pushes that a snooze or a
// registration was just planning, and drops them too.
func lockRemoved(ctx context.Context, conn *pgxpool.Conn, orgID collab.ID, m *collab.Membership) error {
	if m == nil || m.RemovedAt == nil {
		return nil
	}
	q := newQuery("SELECT FROM members WHERE org_id = ? AND user_id = ? FOR UPDATE", orgID, m.UserID)
	_, err := conn.Exec(ctx, q.text.String(), q.args...)
	return fault(ctx, err)
}
