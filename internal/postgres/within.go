package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"tandem/internal/collab"
)

// A within is where statements run: inside one organization. Row-level security
// keeps them there, whatever their conditions say or forget. See the migration
// 0003_row_security.sql, which also says how a table is added.
//
// What is said of the organization ends with the transaction, so a connection
// carries nothing over to the next one, nor does a pooler of transactions.
type within struct {
	pool *pool
	// enter is the statement that begins every transaction; its argument is the organization.
	enter string
	orgID collab.ID
}

// nowhere is in no organization, for statements that ask functions which say the
// organizations themselves.
const nowhere collab.ID = ""

// in is where the statements of an organization run. All statements of the store
// do, also those of work for all organizations: that asks organization_ids(), in
// nowhere, and then runs in one after the other.
func (s *Store) in(orgID collab.ID) within { return within{s.pool, s.enter, orgID} }

// batch is statements that run in one round trip. Unless they begin a transaction
// themselves, they are one.
func (w within) batch(begin ...string) *pgx.Batch {
	batch := &pgx.Batch{}
	for _, statement := range begin {
		batch.Queue(statement)
	}
	batch.Queue(w.enter, w.orgID)
	return batch
}

// send runs a batch on a connection of its own.
func (w within) send(ctx context.Context, batch *pgx.Batch) error {
	conn, release, err := w.pool.acquire(ctx, w.orgID)
	if err != nil {
		return err
	}
	defer release()
	return fault(ctx, conn.SendBatch(ctx, batch).Close())
}
