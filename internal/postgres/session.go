package postgres

import (
	"context"
	"errors"
	"maps"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"
)

// defaultMaxConns bounds the connections of an instance, where the URL does not
// say pool_max_conns. A write holds one for two round trips, so too few of them
// make writes queue; too many, over all instances, and Postgres refuses some
// (max_connections, by default 100).
const defaultMaxConns = 20

// defaultConnectTimeout bounds how long a server may take to answer, where the
// URL does not say connect_timeout.
const defaultConnectTimeout = 5 * time.Second

const (
	// cancelDelay is how long a statement may go on after its caller has left,
	// before Postgres is asked to cancel it. Most statements end within it.
	cancelDelay = 100 * time.Millisecond
	// cancelTimeout is how long a canceled statement has to end before its
	// connection is closed instead. The caller waits for as long.
	cancelTimeout = time.Second
)

// bounds are what every transaction sets for itself, so that they also hold
// behind a pooler. A transaction whose instance has stopped responding ends, and
// with it its locks; a statement does not wait for a lock forever, nor run on
// when nobody waits for it.
const bounds = `set_config('idle_in_transaction_session_timeout', '5s', true),
	set_config('lock_timeout', '5s', true), set_config('statement_timeout', '60s', true)`

// planning makes Postgres plan a prepared statement once for each connection, and
// not for each call: to plan takes ten times as long as to run most of them. A kept
// plan knows neither how large an organization is nor any other argument, so each
// statement is written for an index that is right for all of them, and Postgres
// must not prefer to read whole tables, nor to compile a statement.
const planning = `set_config('plan_cache_mode', 'force_generic_plan', true),
	set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true)`

// keepalive is how a session with no pooler in between finds out that its client's
// machine or network is gone: within about ten seconds, and not the two hours that
// Linux takes. Servers that don't know one of them ignore it.
var keepalive = map[string]string{
	"tcp_keepalives_idle": "5", "tcp_keepalives_interval": "2", "tcp_keepalives_count": "3", "tcp_user_timeout": "10000",
}

// configure returns the configuration of the pool for a URL. It connects once, to
// find out whether there is a pooler between.
func configure(ctx context.Context, url string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		// The text of err is left out, since it may have the password in it.
		return nil, errors.New("DATABASE_URL cannot be read; write it like postgres://user:password@host:5432/database, with special characters in the password percent-encoded")
	}
	if !strings.Contains(url, "pool_max_conns") {
		config.MaxConns = defaultMaxConns
	}
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = defaultConnectTimeout
	}
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = "tandem"
	}
	pooled, err := behindPooler(ctx, config.ConnConfig)
	switch {
	case err != nil:
		return nil, openError(config.ConnConfig.Config, err)
	case !pooled:
		config.ConnConfig.BuildContextWatcherHandler = cancelStatement
		params := maps.Clone(keepalive)
		maps.Copy(params, config.ConnConfig.RuntimeParams)
		config.ConnConfig.RuntimeParams = params
	case !strings.Contains(url, "default_query_exec_mode"):
		// A statement prepared under a name is lost when the pooler changes the
		// session. The unnamed statement lives within one batch, and so does
		// this mode, which keeps only the statements' descriptions.
		config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	}
	return config, nil
}

// cancelStatement has an ended context cancel the statement that runs, and not close
// the connection, which costs far more to make anew than most statements. It gives up
// the request to cancel once the statement has ended. pgbouncer 1.18 crashes if it is
// passing that request on at this moment, so behind a pooler the driver's own way holds:
// it closes the connection, after its request was answered.
func cancelStatement(conn *pgconn.PgConn) ctxwatch.Handler {
	return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, CancelRequestDelay: cancelDelay, DeadlineDelay: cancelTimeout}
}

// behindPooler reports whether a pooler, such as pgbouncer, stands between here and
// Postgres: it makes up the process id that it introduces itself with, since its
// clients have no session of their own.
func behindPooler(ctx context.Context, config *pgx.ConnConfig) (bool, error) {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return false, err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var pid uint32
	err = conn.QueryRow(ctx, "SELECT pg_backend_pid()", pgx.QueryExecModeSimpleProtocol).Scan(&pid)
	return pid != conn.PgConn().PID(), err
}
