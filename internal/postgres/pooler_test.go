package postgres

import (
	"context"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// pooled is the URL of a database of the test's own, through pgbouncer in
// transaction mode.
func pooled(t testing.TB) string { return throughPooler(t, newDatabase(t)) }

// pooledSuperuser is the same for a superuser.
func pooledSuperuser(t testing.TB) string { return throughPooler(t, newDatabaseOfSuperuser(t)) }

// throughPooler is the URL of a database by way of pgbouncer. It is dropped by force,
// since pgbouncer keeps sessions.
func throughPooler(t testing.TB, database string) string {
	t.Helper()
	direct, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	pooler, err := url.Parse(service(t, "TEST_PGBOUNCER_URL"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx := context.Background()
		admin, err := pgx.Connect(ctx, service(t, "TEST_POSTGRES_SUPERUSER_URL"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = admin.Close(ctx) }()
		if _, err := admin.Exec(ctx, "DROP DATABASE "+direct.Path[1:]+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	direct.Host = pooler.Host
	return direct.String()
}

func TestStoreBehindPooler(t *testing.T) { testStatements(t, pooled(t)) }

func TestStoreOfSuperuserBehindPooler(t *testing.T) { testStore(t, pooledSuperuser(t)) }

// Every mode in which the driver can run statements writes and reads the same. TestStore is in cache_statement, and
// the tests behind a pooler are in cache_describe (TestPoolerIsFound).
func TestStoreInEveryMode(t *testing.T) {
	for _, mode := range []string{"describe_exec", "exec", "simple_protocol"} {
		t.Run(mode, func(t *testing.T) { testStatements(t, newDatabase(t)+"&default_query_exec_mode="+mode) })
	}
}

// Statements whose callers leave just before they end are canceled without harm to the pooler: pgbouncer 1.18 crashes
// if a request to cancel is given up while it passes it on.
func TestPoolerSurvivesCanceledStatements(t *testing.T) {
	t.Parallel()
	s, _ := open(t, pooled(t))
	var callers sync.WaitGroup
	for range 8 {
		callers.Go(func() {
			for i := range 25 {
				ctx, leave := context.WithTimeout(t.Context(), 10*time.Millisecond)
				_, err := s.pool.Exec(ctx, "SELECT pg_sleep($1)", (cancelDelay + time.Duration(i)*time.Millisecond).Seconds())
				leave()
				if err == nil {
					t.Error("a statement was not canceled")
				}
			}
		})
	}
	callers.Wait()
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("the pooler does not answer: %v", err)
	}
}

func TestPoolerIsFound(t *testing.T) {
	for name, test := range map[string]struct {
		database string
		mode     pgx.QueryExecMode
		bounded  bool
	}{
		"direct":          {newDatabase(t), pgx.QueryExecModeCacheStatement, true},
		"pooler":          {pooled(t), pgx.QueryExecModeCacheDescribe, false},
		"pooler, by hand": {pooled(t) + "&default_query_exec_mode=exec", pgx.QueryExecModeExec, false},
	} {
		config, err := configure(t.Context(), test.database)
		if err != nil {
			t.Fatal(err)
		}
		if got := config.ConnConfig.DefaultQueryExecMode; got != test.mode {
			t.Errorf("%s: the mode is %v, want %v", name, got, test.mode)
		}
		if _, bounded := config.ConnConfig.RuntimeParams["tcp_user_timeout"]; bounded != test.bounded {
			t.Errorf("%s: keepalives are set: %v, want %v", name, bounded, test.bounded)
		}
	}
}
