package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/internal/diagnosis"
)

const (
	// oldestVersion is the oldest server_version_num that the statements of the store work with.
	oldestVersion = 140_000
	// warnSkew and mostSkew are how far the database's clock may be from this machine's: times that people see come
	// from both, and tokens are accepted for 15 s after they have expired.
	warnSkew = 2 * time.Second
	mostSkew = 15 * time.Second
)

// A serverState is what one query tells about a database and its user.
type serverState struct {
	version               int
	name, encoding        string
	recovering, readOnly  bool
	fsync, commit         string
	connections, reserved int
	user                  string
	exempt, mayCreate     bool
}

const readServer = `SELECT current_setting('server_version_num')::integer, current_setting('server_version'), current_setting('server_encoding'),
	pg_is_in_recovery(), current_setting('transaction_read_only')::boolean, current_setting('fsync'), current_setting('synchronous_commit'),
	current_setting('max_connections')::integer, current_setting('superuser_reserved_connections')::integer,
	current_user::text, (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user),
	COALESCE(has_schema_privilege(current_schema(), 'CREATE'), false)`

// Diagnose examines the database of a URL, and changes nothing there. migrates tells whether instances migrate it at
// start.
func Diagnose(ctx context.Context, url string, migrates bool) (report diagnosis.Report) {
	config, err := configure(ctx, url)
	if err != nil {
		report.Fail("%s", err)
		return report
	}
	config.MaxConns = 1
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		report.Fail("%s", openError(config.ConnConfig.Config, err))
		return report
	}
	defer pool.Close()
	var state serverState
	if err := pool.QueryRow(ctx, readServer).Scan(&state.version, &state.name, &state.encoding, &state.recovering, &state.readOnly, &state.fsync,
		&state.commit, &state.connections, &state.reserved, &state.user, &state.exempt, &state.mayCreate); err != nil {
		report.Fail("%s", openError(config.ConnConfig.Config, err))
		return report
	}
	state.diagnose(&report)
	diagnoseConnections(&report, state, config, url)
	diagnoseRole(ctx, &report, state, pool, migrates)
	diagnoseTables(ctx, &report, state, pool, migrates)
	diagnoseVacuum(ctx, &report, pool)
	diagnoseClock(ctx, &report, pool)
	return report
}

// diagnose reports on what the server is.
func (s serverState) diagnose(report *diagnosis.Report) {
	if s.version < oldestVersion {
		report.Fail("Postgres %s is too old; use 14 or newer", s.name)
	} else {
		report.OK("Postgres %s; no extension is needed", s.name)
	}
	if s.encoding != "UTF8" {
		report.Fail("the database stores text as %s; create it with ENCODING 'UTF8'", s.encoding)
	}
	switch {
	case s.recovering:
		report.Fail("this server is a standby, which can't be written to; name the primary in DATABASE_URL, or all servers with target_session_attrs=read-write")
	case s.readOnly:
		report.Fail("the database is read-only; run ALTER DATABASE … RESET default_transaction_read_only, or name another one")
	}
	if s.fsync == "off" {
		report.Warn("fsync is off, so a crash can destroy the database; set fsync = on in postgresql.conf")
	}
	if s.commit == "off" {
		report.Warn("synchronous_commit is off, so a crash loses edits that were acknowledged; set it to on for this database")
	}
}

// diagnoseConnections reports whether Postgres has room for the pool of an instance.
func diagnoseConnections(report *diagnosis.Report, state serverState, config *pgxpool.Config, url string) {
	if config.ConnConfig.DefaultQueryExecMode == pgx.QueryExecModeCacheDescribe {
		report.OK("a pooler stands before Postgres; no named prepared statements are used")
	}
	wanted := defaultMaxConns
	if strings.Contains(url, "pool_max_conns") {
		if parsed, err := pgxpool.ParseConfig(url); err == nil {
			wanted = int(parsed.MaxConns)
		}
	}
	if room := state.connections - state.reserved; wanted > room {
		report.Warn("an instance opens up to %d connections and Postgres allows %d; set pool_max_conns in DATABASE_URL, or raise max_connections", wanted, room)
	}
}

// diagnoseRole reports whether row-level security applies to the user, or to the role that the store switches to.
func diagnoseRole(ctx context.Context, report *diagnosis.Report, state serverState, pool *pgxpool.Pool, migrates bool) {
	if !state.exempt {
		report.OK("row-level security applies to the user %q", state.user)
		return
	}
	var exists, creates bool
	err := pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tandem_server'),
		(SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user)`).Scan(&exists, &creates)
	if err == nil && exists {
		err = tryRole(ctx, pool)
	}
	switch {
	case err != nil || !exists && (!creates || !migrates):
		report.Fail("%s", openError(pool.Config().ConnConfig.Config, &roleError{cause: orMissing(err)}))
	default:
		report.Warn("the user %q is exempt from row-level security, so every transaction acts as the role tandem_server; connect as the owner of the database, which must not be a superuser", state.user)
	}
}

// orMissing returns err, or the reason why there is no role to switch to.
func orMissing(err error) error {
	if err != nil {
		return err
	}
	return fmt.Errorf("the role does not exist, and the user may not create it")
}

// diagnoseTables reports whether the tables are those of this release, and who may change them.
func diagnoseTables(ctx context.Context, report *diagnosis.Report, state serverState, pool *pgxpool.Pool, migrates bool) {
	files, _ := fs.Glob(migrations, "migrations/*.sql") // an error is for a malformed pattern
	applied, err := countMigrations(ctx, pool)
	due := len(files) - applied
	switch {
	case err != nil:
		report.Fail("%s", openError(pool.Config().ConnConfig.Config, err))
	case due < 0:
		report.OK("the tables are of a later release, which this one works with (%d migrations, this release has %d)", applied, len(files))
	case due == 0:
		report.OK("the tables are up to date (%d migrations)", applied)
	case !state.mayCreate:
		report.Fail("%d of %d migrations are due, and the user %q may not create tables; run tandem migrate as the owner of the database", due, len(files), state.user)
	case !migrates:
		report.Fail("%d of %d migrations are due, and MIGRATE is off; run tandem migrate", due, len(files))
	default:
		report.OK("%d of %d migrations are due; the next start applies them", due, len(files))
	}
	if due > 0 || err != nil {
		return
	}
	diagnoseTableRights(ctx, report, state, pool, migrates)
	s := newStore(pool)
	if err := s.findIndexes(ctx); err == nil && !s.indexed.Load() {
		report.Warn("indexes of large tables are still missing, so that some lists are slow; instances create them while they serve, and tandem migrate waits for them")
	}
}

// diagnoseTableRights reports whether the user, or the role that the store switches to, may read and write all tables.
func diagnoseTableRights(ctx context.Context, report *diagnosis.Report, state serverState, pool *pgxpool.Pool, migrates bool) {
	enter := enterAsUser
	switch {
	case state.exempt && migrates: // each start grants the role its rights
		return
	case state.exempt:
		enter = enterAsRole
	}
	err := checkRights(ctx, pool, enter)
	_, isMissing := errors.AsType[*rightsError](err)
	switch {
	case isMissing:
		report.Fail("%s", err)
	case err == nil:
		report.OK("all tables can be read and written")
	} // other errors are those of the role, which has a finding of its own
}

// diagnoseClock reports how far the database's clock is from this machine's.
func diagnoseClock(ctx context.Context, report *diagnosis.Report, pool *pgxpool.Pool) {
	var there time.Time
	began := time.Now()
	if err := pool.QueryRow(ctx, "SELECT clock_timestamp()").Scan(&there); err != nil {
		report.Fail("the clock can't be read: %s", err)
		return
	}
	took := time.Since(began)
	skew := there.Sub(began.Add(took / 2)).Abs()
	switch shown := skew.Round(time.Millisecond); {
	case skew > mostSkew+took:
		report.Fail("the clocks of the database and of this machine are %s apart; synchronize both, for instance with chrony", shown)
	case skew > warnSkew+took:
		report.Warn("the clocks of the database and of this machine are %s apart; synchronize both, for instance with chrony", shown)
	default:
		report.OK("the clocks agree within %s; a round trip takes %s", max(shown, took.Round(time.Millisecond)), took.Round(100*time.Microsecond))
	}
}
