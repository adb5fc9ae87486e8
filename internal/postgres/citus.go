package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// sharedTables belong to no organization. With Citus every node has a copy of them.
var sharedTables = []string{"certificates", "deployment_keys", "push_endpoints"}

// nextToDistribute selects a table that Citus keeps on one node, and the column that names the organization there, or "" for
// one of sharedTables. Organizations are first, since the others are kept beside them, and a table is after those that its
// foreign keys refer to, which have none themselves.
const nextToDistribute = `SELECT c.relname::text, CASE WHEN c.relname = 'organizations' THEN 'id' WHEN c.relname = ANY($1) THEN '' ELSE 'org_id' END
	FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
	AND (c.relname = 'organizations' OR c.relname = ANY($1) OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'org_id'))
	AND NOT EXISTS (SELECT FROM pg_dist_partition p WHERE p.logicalrelid = c.oid)
	ORDER BY c.relname <> 'organizations', EXISTS (SELECT FROM pg_constraint f WHERE f.conrelid = c.oid AND f.contype = 'f'), c.relname LIMIT 1`

// distribute distributes the tables by organization if the database has Citus, each in a transaction of its own that
// begins with the lock of migrations. It calls did for each of them.
func distribute(ctx context.Context, pool *pgxpool.Pool, did func(name string)) error {
	var hasCitus bool
	if err := pool.QueryRow(ctx, "SELECT to_regclass('pg_dist_partition') IS NOT NULL").Scan(&hasCitus); err != nil || !hasCitus {
		return err
	}
	for {
		var table string
		err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) (err error) {
			table, err = distributeNext(ctx, tx)
			return err
		})
		if err != nil {
			return fmt.Errorf("distributing the tables by Citus: %w", err)
		}
		if table == "" {
			return nil
		}
		did("the distribution of " + table)
	}
}

// distributeNext distributes one table, and returns its name, or "" if all are distributed.
//
// Citus does not send the setting of the transaction's organization to the node with its rows, so the policy of the table
// would hide all of them; the owner would not even see the rows to move. The conditions of the statements keep
// organizations apart then, as in SQLite; see docs/decisions/0150-citus.md.
func distributeNext(ctx context.Context, tx pgx.Tx) (table string, err error) {
	if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", migrationLock); err != nil {
		return "", err
	}
	rows, err := tx.Query(ctx, nextToDistribute, pgx.QueryExecModeExec, sharedTables)
	if err != nil {
		return "", err
	}
	var column string
	if _, err := pgx.ForEachRow(rows, []any{&table, &column}, func() error { return nil }); err != nil || table == "" {
		return "", err
	}
	if column == "" {
		_, err = tx.Exec(ctx, "SELECT create_reference_table($1::text::regclass)", table)
		return table, err
	}
	if _, err := tx.Exec(ctx, "ALTER TABLE "+table+" NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY"); err != nil {
		return "", err
	}
	beside := "organizations"
	if table == beside {
		beside = "none"
	}
	_, err = tx.Exec(ctx, "SELECT create_distributed_table($1::text::regclass, $2, colocate_with => $3)", table, column, beside)
	return table, err
}
