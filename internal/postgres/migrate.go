package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
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
	applied, err := countMigrations(ctx, pool)
	if err != nil {
		return err
	}
	if applied < len(files) {
		return errors.New("its tables are missing or of an earlier release; run tandem migrate")
	}
	return nil
}

// countMigrations returns how many migrations have been applied.
func countMigrations(ctx context.Context, db interface {
	QueryRow(ctx context.Context, query string, args ...any) pgx.Row
}) (applied int, err error) {
	var made, readable bool
	var user string
	err = db.QueryRow(ctx, "SELECT to_regclass('migrations') IS NOT NULL, COALESCE(has_table_privilege(to_regclass('migrations'), 'SELECT'), true), current_user::text").Scan(&made, &readable, &user)
	switch {
	case err != nil || !made:
		return 0, err
	case !readable:
		return 0, &rightsError{user, "SELECT", "migrations", "migrations"}
	}
	err = db.QueryRow(ctx, "SELECT COALESCE(MAX(applied), 0) FROM migrations").Scan(&applied)
	return applied, err
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
//
// Where the database has Citus, migrate then distributes the tables.
//
// migrate calls did with the name of each migration that it applied.
func migrate(ctx context.Context, pool *pgxpool.Pool, did func(name string)) error {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	for tries := 1; ; tries++ {
		file, err := migrateOnce(ctx, pool, files)
		switch {
		case err == nil && file == "":
			return distribute(ctx, pool, did)
		case err == nil:
			did(path.Base(file))
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

// migrateOnce applies the next migration that is due, and returns its file, or "" if none is due.
func migrateOnce(ctx context.Context, pool *pgxpool.Pool, files []string) (file string, err error) {
	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", migrationLock); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "CREATE TABLE IF NOT EXISTS migrations (applied integer NOT NULL)"); err != nil {
			return err
		}
		applied := 0
		if err := tx.QueryRow(ctx, "SELECT COALESCE(MAX(applied), 0) FROM migrations").Scan(&applied); err != nil {
			return err
		}
		if applied >= len(files) {
			return nil
		}
		file = files[applied]
		if _, err := tx.Exec(ctx, fmt.Sprintf("SET LOCAL lock_timeout = %d", lockPatience.Milliseconds())); err != nil {
			return err
		}
		text, err := migrations.ReadFile(file)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, string(text)); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		_, err = tx.Exec(ctx, "INSERT INTO migrations VALUES ($1)", applied+1)
		return err
	})
	return file, err
}

func isLockTimeout(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == "55P03"
}
