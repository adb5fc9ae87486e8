package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrationLock is a number of our own for pg_advisory_xact_lock, "tand" in ASCII.
const migrationLock = 0x74616e64

// checkMigrated is an error if the tables are not those of this release or a later one.
func checkMigrated(ctx context.Context, pool *pgxpool.Pool) error {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	var made bool
	applied := 0
	if err := pool.QueryRow(ctx, "SELECT to_regclass('migrations') IS NOT NULL").Scan(&made); err != nil {
		return err
	}
	if made {
		if err := pool.QueryRow(ctx, "SELECT COALESCE(MAX(applied), 0) FROM migrations").Scan(&applied); err != nil {
			return err
		}
	}
	if applied < len(files) {
		return errors.New("its tables are missing or of an earlier release; start the server on it once")
	}
	return nil
}

// migrate brings the tables up to date. The migrations of a folder are applied
// in the order of their names, each once, and all that are due in one
// transaction: it is all of them or none. The transaction begins with a lock of
// its own, so of several instances that start together one migrates, and the
// others find it done. The lock ends with the transaction, which holds also
// behind a pooler of transactions.
//
// The table migrations counts the migrations that were applied. A database that
// a newer program migrated further is left as it is.
func migrate(ctx context.Context, pool *pgxpool.Pool) error {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", migrationLock); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "CREATE TABLE IF NOT EXISTS migrations (applied integer NOT NULL)"); err != nil {
			return err
		}
		var applied int
		if err := tx.QueryRow(ctx, "SELECT COALESCE(MAX(applied), 0) FROM migrations").Scan(&applied); err != nil {
			return err
		}
		if applied >= len(files) {
			return nil
		}
		for _, file := range files[applied:] {
			text, err := migrations.ReadFile(file)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, string(text)); err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
		}
		_, err := tx.Exec(ctx, "INSERT INTO migrations VALUES ($1)", len(files))
		return err
	})
}
