package sqlite

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/ncruces/go-sqlite3"

	"tandem/internal/collab"
	"tandem/internal/fair"
)

// A writer is the one connection that writes. Organizations have it in turn, and so
// have the people of one, so that nobody's edits wait behind another's import.
type writer struct {
	*pool
	turns *fair.Queue

	mu sync.Mutex // guards what follows; innermost
	// failed is why the last write could not reach the disk; nil if it did.
	failed error
	log    *slog.Logger
}

func newWriter(p *pool) *writer {
	return &writer{pool: p, turns: fair.New(fair.Limits{Total: 1}), log: slog.New(slog.DiscardHandler)}
}

// writing identifies the person on whose behalf a write is made. An empty actorID means the caller.
func writing(ctx context.Context, orgID, actorID collab.ID) fair.Key {
	if v, err := collab.ViewerFrom(ctx); err == nil && actorID == "" {
		actorID = v.User.ID
	}
	return fair.Key{Org: string(orgID), Person: string(actorID)}
}

// begin begins a transaction when it is somebody's turn. The caller ends it.
func (w *writer) begin(ctx context.Context, who fair.Key) (*transaction, error) {
	grant, err := await(ctx, w.turns, who)
	if err != nil {
		return nil, err
	}
	tx, err := w.pool.begin(ctx, nil)
	if err != nil {
		grant.Release()
		w.note(err)
		return nil, err
	}
	tx.noted, tx.ended = w.note, grant.Release
	return tx, nil
}

// exec runs a statement that is a transaction of its own.
func (w *writer) exec(ctx context.Context, who fair.Key, text string, args ...any) (rows int64, err error) {
	grant, err := await(ctx, w.turns, who)
	if err != nil {
		return 0, err
	}
	defer grant.Release()
	began := time.Now()
	result, err := w.ExecContext(ctx, text, args...)
	w.ran(ctx, text, began, err)
	w.note(err)
	if err != nil {
		return 0, fault(ctx, err)
	}
	return result.RowsAffected()
}

// note remembers whether writes reach the disk. err is the result of a write; nil means that it
// committed. Other errors say nothing about the disk.
func (w *writer) note(err error) {
	if err != nil && !isUnwritable(err) {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case err != nil && w.failed == nil:
		w.log.Error("the database can't be written to", "error", err)
	case err == nil && w.failed != nil:
		w.log.Info("the database can be written to again")
	}
	w.failed = err
}

// isUnwritable reports whether a write failed because of the disk: it is full or
// broken, or the file may not be written to.
func isUnwritable(err error) bool {
	for _, code := range []sqlite3.ErrorCode{sqlite3.FULL, sqlite3.IOERR, sqlite3.READONLY, sqlite3.CANTOPEN} {
		if errors.Is(err, code) {
			return true
		}
	}
	return false
}

// probeSize is how much check writes: more than most writes.
const probeSize = 64 << 10

// check tries to write if the last write failed, since nobody else may try: a load
// balancer sends no clients to a server that is not ready.
func (w *writer) check(ctx context.Context) error {
	w.mu.Lock()
	failed := w.failed
	w.mu.Unlock()
	if failed == nil {
		return nil
	}
	tx, err := w.begin(ctx, fair.Key{})
	if err != nil {
		return err
	}
	defer tx.end()
	for _, text := range []string{
		"CREATE TABLE probe (content BLOB) STRICT",
		fmt.Sprintf("INSERT INTO probe VALUES (zeroblob(%d))", probeSize),
		"DROP TABLE probe",
	} {
		if _, err := tx.Tx.ExecContext(ctx, text); err != nil {
			return fault(ctx, err)
		}
	}
	return fault(ctx, tx.Commit())
}
