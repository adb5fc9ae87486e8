package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Statements that begin a transaction. The second is for a user who is exempt from row-level
// security: it switches to tandem_server until the transaction ends.
const (
	enterAsUser = "SELECT set_config('tandem.org', $1, true), " + bounds + ", " + planning
	enterAsRole = "SELECT set_config('role', 'tandem_server', true), set_config('tandem.org', $1, true), " + bounds + ", " + planning
)

// exempt reports whether row-level security does not apply to the session's role.
const exempt = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"

// makeRole creates the role tandem_server if it does not exist, with its creator as a member. Roles
// belong to the whole server, so databases that are opened at the same time may both try. Its
// rights are granted at every start, because migrations add tables, and a database can be restored
// to another server.
const makeRole = `DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tandem_server') THEN
		BEGIN
			CREATE ROLE tandem_server NOLOGIN ROLE CURRENT_USER;
		EXCEPTION WHEN duplicate_object OR unique_violation THEN
		END;
	END IF;
	EXECUTE format('GRANT USAGE ON SCHEMA %I TO tandem_server', current_schema());
	EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO tandem_server', current_schema());
END
$$`

// findEnter returns the statement that begins every transaction of the store, after which row-level
// security applies. A superuser, or a user with BYPASSRLS, is exempt, and has to switch to
// tandem_server, which findEnter creates if it may; it is an error if the user can't switch.
func findEnter(ctx context.Context, pool *pgxpool.Pool, create bool) (string, error) {
	var isExempt bool
	if err := pool.QueryRow(ctx, exempt).Scan(&isExempt); err != nil || !isExempt {
		return enterAsUser, err
	}
	var err error
	if create {
		err = createRole(ctx, pool)
	}
	if err == nil {
		err = tryRole(ctx, pool)
	}
	if err != nil {
		return "", &roleError{err}
	}
	return enterAsRole, nil
}

// createRole creates tandem_server and grants its rights, under the lock of migrations.
func createRole(ctx context.Context, pool *pgxpool.Pool) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", migrationLock); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, makeRole)
		return err
	})
}

// tryRole switches to tandem_server as the store will, and checks that row-level security applies
// then.
func tryRole(ctx context.Context, pool *pgxpool.Pool) error {
	var isExempt bool
	batch := &pgx.Batch{}
	batch.Queue(enterAsRole, noTenant)
	batch.Queue(exempt).QueryRow(func(r pgx.Row) error { return r.Scan(&isExempt) })
	if err := pool.SendBatch(ctx, batch).Close(); err != nil {
		return err
	}
	if isExempt {
		return errors.New("row-level security does not apply to it either")
	}
	return nil
}

// A roleError explains why a user can't switch to tandem_server. openError says what to do.
type roleError struct{ cause error }

func (e *roleError) Error() string { return e.cause.Error() }
func (e *roleError) Unwrap() error { return e.cause }
