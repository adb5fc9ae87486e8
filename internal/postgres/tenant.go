package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"tandem/internal/collab"
)

// A tenant runs statements inside one organization. Row-level security keeps them there, even if
// their conditions are wrong or missing. See the migration 0003_row_security.sql, which also says
// how to add a table.
//
// The setting of the organization ends with the transaction, so neither a connection nor a pooler
// in transaction mode carries it over to the next one.
type tenant struct {
	pool *pool
	// enter is the statement that begins every transaction; its argument is the organization.
	enter string
	orgID collab.ID
	// needs is what a replica has to have before it is read; nil on the primary.
	needs *mark
}

// noTenant stands for no organization, for statements that call functions which select the organizations
// themselves.
const noTenant collab.ID = ""

// forOrg returns where the statements of an organization run. All statements of the store do, also
// those of work for all organizations: that selects organization_ids() with noTenant, and then runs
// for one after the other.
func (s *Store) forOrg(orgID collab.ID) tenant { return tenant{s.pool, s.enter, orgID, s.needs} }

// batch returns a batch of statements that run in one round trip, and in one transaction unless
// they begin one themselves.
func (w tenant) batch(begin ...string) *pgx.Batch {
	batch := &pgx.Batch{}
	for _, statement := range begin {
		batch.Queue(statement)
	}
	batch.Queue(w.enter, w.orgID)
	if w.needs != nil {
		w.needs.require(batch, w.orgID)
	}
	return batch
}

// send runs a batch on a connection of its own.
func (w tenant) send(ctx context.Context, batch *pgx.Batch) error {
	conn, release, err := w.pool.acquire(ctx, w.orgID)
	if err != nil {
		return err
	}
	defer release()
	return fault(ctx, conn.SendBatch(ctx, batch).Close())
}
