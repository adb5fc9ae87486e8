package sqlite

import (
	"context"
	"fmt"

	"tandem/internal/collab"
)

// Write runs one write. From its beginning, the transaction is the only one that writes to the
// file, so the state that decide was given holds until the commit, and of several writes with one
// ClientMutationID the later ones see the first.
//
// After an erasure the file is rewritten, because the free parts of its pages still have old data.
// Writes wait while the file is copied. If that fails, the erasure is committed, and Write also
// returns an error; erasing the person again rewrites the file.
func (s *Store) Write(ctx context.Context, intent collab.Intent, decide collab.Decide) (*collab.Written, error) {
	written, err := s.write(ctx, intent, decide)
	if err != nil || written.Erasure == nil {
		return written, err
	}
	if _, err := s.writer.exec(context.WithoutCancel(ctx), writing(ctx, intent.OrgID, intent.ActorID), "VACUUM"); err != nil {
		return written, fmt.Errorf("%w (VACUUM: %w)", collab.Errorf(collab.Unavailable,
			"the person is erased, but the database file could not be rewritten, so traces may be left in its free parts; repeat this"), err)
	}
	return written, nil
}

func (s *Store) write(ctx context.Context, intent collab.Intent, decide collab.Decide) (*collab.Written, error) {
	outcomes, err := s.WriteAll(ctx, []collab.Planned{{Intent: intent, Decide: decide}})
	if err != nil {
		return nil, err
	}
	return outcomes[0].Written, outcomes[0].Err
}

// WriteAll decides several writes in one transaction, one after the other, and then records them.
func (s *Store) WriteAll(ctx context.Context, writes []collab.Planned) ([]collab.Outcome, error) {
	orgID := writes[0].Intent.OrgID
	tx, err := s.writer.begin(ctx, writing(ctx, orgID, writes[0].Intent.ActorID))
	if err != nil {
		return nil, err
	}
	// After a commit this does nothing. It also ends the transaction if decide panics.
	defer tx.end()
	outcomes, cursors, wrote := make([]collab.Outcome, len(writes)), make([]collab.Cursor, len(writes)), false
	ends := make([]collab.AuditEnd, len(writes))
	for i, w := range writes {
		state, err := read(ctx, tx, w.Intent)
		if err != nil {
			return nil, err
		}
		outcomes[i], ends[i] = decideOn(w, state), state.AuditEnd
	}
	for i, outcome := range outcomes {
		if outcome.Err != nil || outcome.Written.Empty() {
			continue
		}
		if cursors[i], err = carryOut(ctx, tx, orgID, ends[i], outcome.Written); err != nil {
			return nil, err
		}
		wrote = true
	}
	if !wrote {
		return outcomes, nil
	}
	if err := tx.Commit(); err != nil {
		return nil, fault(ctx, err)
	}
	for i, outcome := range outcomes {
		if outcome.Err == nil && outcome.Written.Change != nil {
			outcome.Written.Change.Commit(orgID, cursors[i])
		}
	}
	return outcomes, nil
}

// decideOn decides a write.
func decideOn(w collab.Planned, state *collab.State) collab.Outcome {
	decision, err := w.Decide(state)
	if err == nil && !decision.Empty() {
		err = decision.Check(w.Intent, state)
	}
	if err != nil {
		return collab.Outcome{Err: err}
	}
	decision.Change.Follow(state.Entity)
	return collab.Outcome{Written: &collab.Written{Decision: decision}}
}

// carryOut erases and records what a write decided.
func carryOut(ctx context.Context, tx *transaction, orgID collab.ID, end collab.AuditEnd, written *collab.Written) (cursor collab.Cursor, err error) {
	if written.Erased, err = erase(ctx, tx, orgID, written.Erasure); err != nil {
		return cursor, err
	}
	return record(ctx, tx, orgID, end, written.Decision)
}

// read reads what the intent needs.
func read(ctx context.Context, tx *transaction, intent collab.Intent) (*collab.State, error) {
	state := &collab.State{Members: map[collab.ID]*collab.Member{}}
	if err := answer(ctx, tx, intentQueries(intent, state)); err != nil {
		return nil, err
	}
	return state, nil
}

// record writes the decision at the next position of the log. Positions are dense because the head
// moves in the transaction that writes the log row, and in commit order because no other writer
// begins before this one ended. end is the end of the audit trail, if the decision has entries for
// it.
func record(ctx context.Context, tx *transaction, orgID collab.ID, end collab.AuditEnd, d *collab.Decision) (collab.Cursor, error) {
	if d.Change == nil {
		defaults, err := recordDefaults(orgID, d.NotificationDefaults)
		if err != nil {
			return collab.Cursor{}, err
		}
		return collab.Cursor{}, execAll(ctx, tx, append(recordAudit(orgID, end, 0, d.Audit), defaults...)...)
	}
	cursor, err := nextCursor(ctx, tx, orgID, len(d.Change.WithRestrictedAccess()) > 0)
	if err != nil {
		return cursor, err
	}
	statements, err := recordings(orgID, cursor.Position, d)
	if err != nil {
		return cursor, err
	}
	statements = append(statements, recordAudit(orgID, end, cursor.Position, d.Audit)...)
	return cursor, execAll(ctx, tx, statements...)
}

// nextCursor increments the organization's head, and stores whether the change restricts an entity.
func nextCursor(ctx context.Context, tx *transaction, orgID collab.ID, hasRestricted bool) (collab.Cursor, error) {
	var cursor collab.Cursor
	q := newQuery("UPDATE organizations SET head = head + 1, restricts = restricts OR ? WHERE id = ? RETURNING epoch, head", hasRestricted, orgID)
	err := forEachRow(ctx, tx, q, func(r row) error { return r.Scan(&cursor.Epoch, &cursor.Position) })
	if err == nil && cursor.Position == 0 {
		err = fmt.Errorf("sqlite: there is no organization %q to write to", orgID)
	}
	return cursor, err
}

// execAll runs statements that return nothing.
func execAll(ctx context.Context, tx *transaction, statements ...*query) error {
	for _, q := range statements {
		if _, err := tx.ExecContext(ctx, q.text.String(), q.args...); err != nil {
			return fault(ctx, err)
		}
	}
	return nil
}
