package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/internal/collab"
)

// maxAttempts bounds how often a write begins again because another one of the
// same ClientMutationID, or a change of who is a member, was faster. The next
// attempt finds the other's change, so a third one is not expected.
const maxAttempts = 3

// Write runs one write, in two round trips: one begins the transaction, locks
// the entity and reads, the other writes and commits.
//
// Several writes of one entity wait for each other in the instance, and at its row. Several of one
// organization wait only at the organization's row, which is locked by the last
// statement before the commit. All writes lock in this order.
func (s *Store) Write(ctx context.Context, intent collab.Intent, decide func(*collab.State) (*collab.Decision, error)) (*collab.Change, error) {
	done, err := s.pool.queueForRows(ctx, intent.OrgID, intent.EntityID, intent.ActorID, intent.Admins || intent.Audited)
	if err != nil {
		return nil, err
	}
	defer done()
	for attempt := 1; ; attempt++ {
		var change *collab.Change
		err := s.pool.unblocked(ctx, func() (err error) {
			change, err = s.tryWrite(ctx, intent, decide)
			return err
		})
		switch overtaken := isRepeat(err) || errors.Is(err, errMoved); {
		case overtaken && attempt < maxAttempts:
		case overtaken:
			return nil, fmt.Errorf("%w (%w)", collab.Errorf(collab.Unavailable, "others changed what this depends on, again and again; try again"), err)
		default:
			return change, err
		}
	}
}

func (s *Store) tryWrite(ctx context.Context, intent collab.Intent, decide func(*collab.State) (*collab.Decision, error)) (*collab.Change, error) {
	conn, release, err := s.pool.acquire(ctx, intent.OrgID)
	if err != nil {
		return nil, err
	}
	defer release()
	state, erasures, err := s.read(ctx, conn, intent)
	if err != nil {
		return nil, err
	}
	current := versionOf(state.Entity)
	decision, err := decide(state)
	if err != nil || decision == nil || decision.Change == nil {
		return nil, err
	}
	if err := checkDecision(intent, current, decision); err != nil {
		return nil, err
	}
	q, err := recording(intent.OrgID, state.AuditEnd, decision, erasures)
	if err != nil {
		return nil, err
	}
	if err := erase(ctx, conn, intent.OrgID, decision.Erasure); err != nil {
		return nil, err
	}
	cursor, err := commit(ctx, conn, q)
	if err != nil {
		return nil, err
	}
	decision.Change.OrgID = intent.OrgID
	fillCursors(decision.Change, cursor)
	return decision.Change, nil
}

// isRepeat reports whether a write failed because another one of the same
// ClientMutationID committed after this one had looked for it.
func isRepeat(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.ConstraintName == "log_by_mutation"
}

// begin is a batch that begins a transaction. The level is said, since a
// database may have another default, at which a statement would not see what
// committed while the one before it waited for a lock.
func (w within) begin() *pgx.Batch { return w.batch("BEGIN ISOLATION LEVEL READ COMMITTED") }

// read begins the transaction of a write, and reads what the intent asks for, and
// how many erasures there were.
func (s *Store) read(ctx context.Context, conn *pgxpool.Conn, intent collab.Intent) (*collab.State, int64, error) {
	state, erasures := &collab.State{Members: map[collab.ID]*collab.Member{}}, int64(0)
	batch := s.in(intent.OrgID).begin()
	queue(batch, questions(intent, state, &erasures))
	if err := conn.SendBatch(ctx, batch).Close(); err != nil {
		return nil, 0, fault(ctx, err)
	}
	return state, erasures, nil
}

// versionOf is the version of an entity, 0 when it is not there.
func versionOf(e collab.Entity) int {
	if e == nil {
		return 0
	}
	return e.Common().Version
}

// checkDecision refuses what would tear the entity and the log apart: a version
// that does not follow on the current one, which was read under lock, and entries of
// an audit trail whose end was not.
func checkDecision(intent collab.Intent, current int, d *collab.Decision) error {
	if len(d.Audit) > 0 && !intent.Audited {
		return errors.New("postgres: the decision has an entry for the audit trail, and its intent does not say so")
	}
	if d.Change.Snapshot == nil {
		return nil
	}
	made := d.Change.Snapshot.Common()
	if made.Version != current+1 || current > 0 && made.ID != intent.EntityID ||
		made.ID != d.Change.EntityID || made.Version != d.Change.EntityVersion {
		return fmt.Errorf("postgres: the decision makes version %d of %s after version %d of %s",
			made.Version, made.ID, current, intent.EntityID)
	}
	return nil
}

// errMoved tells that the organization is not as it was read.
var errMoved = errors.New("postgres: somebody's membership changed meanwhile, or there is no organization to write to")

// commit runs q, which takes the next position of a log and returns its cursor,
// and commits. Positions are dense because the head moves in the transaction
// that writes the log row, and in commit order because the organization's row
// stays locked until the commit, which is why a sequence would not do.
func commit(ctx context.Context, conn *pgxpool.Conn, q *query) (collab.Cursor, error) {
	var cursor collab.Cursor
	batch := &pgx.Batch{}
	batch.Queue(q.text.String(), q.args...).QueryRow(func(r pgx.Row) error {
		return r.Scan(&cursor.Epoch, &cursor.Position)
	})
	// A statement that fails keeps those after it in the batch from running.
	batch.Queue("COMMIT")
	err := conn.SendBatch(ctx, batch).Close()
	if errors.Is(err, pgx.ErrNoRows) {
		return cursor, errMoved
	}
	return cursor, fault(ctx, err)
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

// fillCursors tells a change, and what belongs to it, where it stands.
func fillCursors(c *collab.Change, cursor collab.Cursor) {
	c.Cursor = cursor
	if c.Snapshot != nil {
		c.Snapshot.Common().Cursor = cursor
	}
	for _, n := range c.Notifications {
		n.Cursor = cursor
	}
}
