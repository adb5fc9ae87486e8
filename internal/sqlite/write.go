package sqlite

import (
	"context"
	"errors"
	"fmt"

	"tandem/internal/collab"
)

// Write runs one write. The transaction is the file's only writer from its
// beginning, so nothing that decide was shown changes before it commits, and of
// several writes with one ClientMutationID the later ones see the first.
//
// After an erasure the file is written anew, since what a page moved around within
// itself is in its free parts still. Writes wait for as long as copying it takes. If
// that fails, the erasure is committed all the same, and the change comes with an
// error; to erase the person again writes the file anew.
func (s *Store) Write(ctx context.Context, intent collab.Intent, decide func(*collab.State) (*collab.Decision, error)) (*collab.Change, error) {
	erases := false
	change, err := s.write(ctx, intent, func(st *collab.State) (*collab.Decision, error) {
		decision, err := decide(st)
		erases = decision != nil && decision.Erasure != nil
		return decision, err
	})
	if err != nil || !erases {
		return change, err
	}
	if _, err := s.writer.exec(context.WithoutCancel(ctx), writing(ctx, intent.OrgID, intent.ActorID), "VACUUM"); err != nil {
		return change, fmt.Errorf("%w (VACUUM: %w)", collab.Errorf(collab.Unavailable,
			"the person is erased, but the database file could not be rewritten, so traces may be left in its free parts; repeat this"), err)
	}
	return change, nil
}

func (s *Store) write(ctx context.Context, intent collab.Intent, decide func(*collab.State) (*collab.Decision, error)) (*collab.Change, error) {
	tx, err := s.writer.begin(ctx, writing(ctx, intent.OrgID, intent.ActorID))
	if err != nil {
		return nil, err
	}
	// After a commit this does nothing. It also serves a panic of decide's.
	defer tx.end()
	state, err := read(ctx, tx, intent)
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
	if err := erase(ctx, tx, intent.OrgID, decision.Erasure); err != nil {
		return nil, err
	}
	cursor, err := record(ctx, tx, intent.OrgID, state.AuditEnd, decision)
	if err != nil {
		return nil, err
	}
	if err := tx.Commit(); err != nil {
		return nil, fault(ctx, err)
	}
	decision.Change.OrgID = intent.OrgID
	fillCursors(decision.Change, cursor)
	return decision.Change, nil
}

// read reads what the intent asks for.
func read(ctx context.Context, tx *transaction, intent collab.Intent) (*collab.State, error) {
	state := &collab.State{Members: map[collab.ID]*collab.Member{}}
	if err := answer(ctx, tx, questions(intent, state)); err != nil {
		return nil, err
	}
	return state, nil
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
		return errors.New("sqlite: the decision has an entry for the audit trail, and its intent does not say so")
	}
	if d.Change.Snapshot == nil {
		return nil
	}
	made := d.Change.Snapshot.Common()
	if made.Version != current+1 || current > 0 && made.ID != intent.EntityID ||
		made.ID != d.Change.EntityID || made.Version != d.Change.EntityVersion {
		return fmt.Errorf("sqlite: the decision makes version %d of %s after version %d of %s",
			made.Version, made.ID, current, intent.EntityID)
	}
	return nil
}

// record writes the decision at the next position of the log. Positions are
// dense because the head moves in the transaction that writes the log row, and
// in commit order because no other writer begins before this one ended. end is where
// the audit trail ends, if the decision has something for it.
func record(ctx context.Context, tx *transaction, orgID collab.ID, end collab.AuditEnd, d *collab.Decision) (collab.Cursor, error) {
	cursor, err := nextCursor(ctx, tx, orgID, len(d.Change.Insiders()) > 0)
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

// nextCursor moves the organization's head on by one, and notes if it restricts.
func nextCursor(ctx context.Context, tx *transaction, orgID collab.ID, restricts bool) (collab.Cursor, error) {
	var cursor collab.Cursor
	q := newQuery("UPDATE organizations SET head = head + 1, restricts = restricts OR ? WHERE id = ? RETURNING epoch, head", restricts, orgID)
	err := each(ctx, tx, q, func(r row) error { return r.Scan(&cursor.Epoch, &cursor.Position) })
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
