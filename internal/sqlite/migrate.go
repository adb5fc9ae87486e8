package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
)

//go:embed migrations/*.sql
var migrations embed.FS

// checkMigrated is an error if the tables are not those of this release or a later one.
func checkMigrated(ctx context.Context, db *sql.DB) error {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	var applied int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&applied); err != nil {
		return err
	}
	if applied < len(files) {
		return errors.New("its tables are missing or of an earlier release; run tandem migrate")
	}
	return nil
}

// migrate brings the tables up to date. The migrations of a folder are applied
// in the order of their names, each once, and all that are due in one
// transaction: it is all of them or none. The transaction is a writer from its
// beginning, so of several programs that start together one migrates, and the
// others find it done.
//
// user_version counts the migrations that were applied. A file that a newer
// program migrated further is left as it is.
//
// migrate calls did with the name of each migration once they are committed.
func migrate(ctx context.Context, db *sql.DB, did func(name string)) error {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var applied int
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&applied); err != nil {
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
		if _, err := tx.ExecContext(ctx, string(text)); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", len(files))); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	for _, file := range files[applied:] {
		did(path.Base(file))
	}
	return nil
}
