package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
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

const (
	// lockPatience is how long a migration waits for a table that another session uses. Everybody
	// else waits behind it for as long, so it gives up and tries again after lockPause.
	lockPatience = 3 * time.Second
	lockPause    = 2 * time.Second
	// mostLockTries bounds the tries of one migration: about five minutes.
	mostLockTries = 60
)

// migrate brings the tables up to date. The migrations of a folder are applied
// in the order of their names, each once and in a transaction of its own, so that
// no table is locked for longer than one of them takes. The transaction begins with a lock of
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
	for tries := 1; ; tries++ {
		applied, err := migrateOnce(ctx, pool, files)
		switch {
		case err == nil && applied >= len(files):
			return nil
		case err == nil:
			tries = 0
		case !isLockTimeout(err):
			return err
		case tries == mostLockTries:
			return errors.New("its tables are to be migrated and are in use: end what holds them for minutes, for instance pg_dump, and start again")
		default:
			if !pause(ctx, lockPause) {
				return ctx.Err()
			}
		}
	}
}

// migrateOnce applies the next migration that is due, if there is one, and returns how many have been applied.
func migrateOnce(ctx context.Context, pool *pgxpool.Pool, files []string) (applied int, err error) {
	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", migrationLock); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "CREATE TABLE IF NOT EXISTS migrations (applied integer NOT NULL)"); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, "SELECT COALESCE(MAX(applied), 0) FROM migrations").Scan(&applied); err != nil {
			return err
		}
		if applied >= len(files) {
			return nil
		}
		if _, err := tx.Exec(ctx, fmt.Sprintf("SET LOCAL lock_timeout = %d", lockPatience.Milliseconds())); err != nil {
			return err
		}
		text, err := migrations.ReadFile(files[applied])
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, string(text)); err != nil {
			return fmt.Errorf("%s: %w", files[applied], err)
		}
		applied++
		_, err = tx.Exec(ctx, "INSERT INTO migrations VALUES ($1)", applied)
		return err
	})
	return applied, err
}

func isLockTimeout(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == "55P03"
}
