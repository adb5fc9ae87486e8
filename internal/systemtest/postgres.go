package systemtest

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// A Postgres is a cluster of the test's own, with a database that the role tandem owns, which has no privileges.
type Postgres struct {
	*Process
	Port, Data string
	bin        string
	as         []string
}

// unsafeButFast are settings with which a crash of the machine, but not of Postgres, may lose data.
var unsafeButFast = []string{"-c", "fsync=off", "-c", "full_page_writes=off"}

// statementTime bounds a statement of the superuser. CREATE DATABASE takes seconds beside other suites.
const statementTime = 20 * time.Second

// StartPostgres makes a cluster below a folder and starts it with settings, as "-c", "max_connections=100".
func StartPostgres(t testing.TB, folder string, settings ...string) *Postgres {
	t.Helper()
	p := newPostgres(t, folder, "postgres", settings)
	if err := run(folder, append(append([]string{}, p.as...), filepath.Join(p.bin, "initdb"), "-D", p.Data, "-U", "postgres", "--auth=trust",
		"--encoding=UTF8", "--locale=C", "--no-sync")); err != nil {
		t.Fatal(err)
	}
	p.MustStart(t)
	for _, statement := range []string{"CREATE ROLE tandem LOGIN", "CREATE DATABASE tandem OWNER tandem"} {
		if err := p.Execute(statement); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// newPostgres describes a cluster that is not made yet. The test kills it at its end.
func newPostgres(t testing.TB, folder, name string, settings []string) *Postgres {
	t.Helper()
	p := &Postgres{Port: FreePort(t), Data: filepath.Join(folder, name), bin: postgresPrograms(t), as: Unprivileged(t)}
	p.Process = &Process{
		Name: name, Log: filepath.Join(folder, name+".log"), Ready: func() bool { return p.Execute("SELECT 1") == nil },
		Args: append(append([]string{}, p.as...), append([]string{filepath.Join(p.bin, "postgres"), "-D", p.Data, "-p", p.Port,
			"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="}, append(unsafeButFast, settings...)...)...),
	}
	t.Cleanup(p.Kill)
	return p
}

// MustStart starts the cluster again where it was.
func (p *Postgres) MustStart(t testing.TB) {
	t.Helper()
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
}

// Replica makes a copy of the cluster that follows it, and starts the copy.
func (p *Postgres) Replica(t testing.TB, folder, name string, settings ...string) *Postgres {
	t.Helper()
	replica := newPostgres(t, folder, name, settings)
	if err := run(folder, append(append([]string{}, p.as...), filepath.Join(p.bin, "pg_basebackup"), "-D", replica.Data, "-R", "-X", "stream", "-c", "fast", "--no-sync",
		"-d", "host=127.0.0.1 port="+p.Port+" user=postgres application_name="+name)); err != nil {
		t.Fatal(err)
	}
	replica.MustStart(t)
	return replica
}

// Promote makes a replica the primary.
func (p *Postgres) Promote() error { return p.Execute("SELECT pg_promote()") }

// LimitFiles bounds the size of the files that the cluster writes: "0" as if its disk were full, "unlimited" at the end of that.
func (p *Postgres) LimitFiles(t testing.TB, bytes string) {
	t.Helper()
	for _, id := range append([]string{strconv.Itoa(p.ID())}, p.children(t)...) {
		limited := run("/", append(append([]string{}, p.as...), "prlimit", "--pid", id, "--fsize="+bytes+":"))
		if _, err := os.Stat("/proc/" + id); limited != nil && err == nil { // it has not just ended
			t.Fatal(limited)
		}
	}
}

// children returns the ids of the processes that the cluster's first one started.
func (p *Postgres) children(t testing.TB) []string {
	t.Helper()
	id := strconv.Itoa(p.ID())
	children, err := os.ReadFile("/proc/" + id + "/task/" + id + "/children")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(children))
}

// SignalAll sends a signal to all processes of the cluster: first to the one that starts the others.
func (p *Postgres) SignalAll(t testing.TB, signal syscall.Signal) {
	t.Helper()
	p.Signal(signal)
	for _, text := range p.children(t) {
		id, err := strconv.Atoi(text)
		if err == nil {
			err = syscall.Kill(id, signal)
		}
		if err != nil && !errors.Is(err, syscall.ESRCH) {
			t.Fatal(err)
		}
	}
}

// Address is the host and the port.
func (p *Postgres) Address() string { return "127.0.0.1:" + p.Port }

// Execute runs a statement as the superuser, outside of the database of the program.
func (p *Postgres) Execute(statement string) error {
	return p.query(statement, func(pgx.Rows) error { return nil })
}

// Count returns the number that a query of the superuser returns.
func (p *Postgres) Count(query string) (n int, err error) {
	err = p.query(query, func(rows pgx.Rows) error { return rows.Scan(&n) })
	return n, err
}

func (p *Postgres) query(statement string, each func(pgx.Rows) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), statementTime)
	defer cancel()
	conn, err := pgx.Connect(ctx, "postgres://postgres@"+p.Address()+"/postgres?sslmode=disable")
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	rows, err := conn.Query(ctx, statement)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// postgresPrograms returns the folder of Postgres's programs, all of which are where a link in the PATH leads.
func postgresPrograms(t testing.TB) string {
	t.Helper()
	if bin := os.Getenv("TEST_POSTGRES_BIN"); bin != "" {
		program, err := filepath.EvalSymlinks(filepath.Join(bin, "postgres"))
		if err != nil {
			t.Fatalf("TEST_POSTGRES_BIN: %v", err)
		}
		return filepath.Dir(program)
	}
	if program, err := exec.LookPath("postgres"); err == nil {
		return filepath.Dir(program)
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if len(found) == 0 {
		t.Fatal("there is no Postgres; run this with scripts/with-services, or set TEST_POSTGRES_BIN to the folder of its programs")
	}
	return found[len(found)-1]
}
