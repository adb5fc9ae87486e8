package model

import (
	"context"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// secret signs the tokens of the people in the model.
const secret = "a secret of the model that is long enough"

// A system is the program as it ships, twice, over a Postgres and a Redis of its own. Everything in it can be killed
// and started again where it was.
type system struct {
	folder    string
	postgres  *process
	redis     *process
	instances [2]*process
	urls      [2]string
	disturbances
	redisGone *disturbance // while Redis is away to stay away
}

// startSystem starts everything on free ports, and stops it when the test ends.
func startSystem(t *testing.T, program string) *system {
	t.Helper()
	folder, err := os.MkdirTemp("/tmp", "tandem-model-")
	if err != nil {
		t.Fatal(err)
	}
	s := &system{folder: folder}
	t.Cleanup(s.stop)
	as := unprivileged(t, folder)
	database := s.preparePostgres(t, as)
	redisPort := freePort(t)
	s.redis = &process{name: "redis", ready: dials(redisPort), log: filepath.Join(folder, "redis.log"), args: append(as,
		programOf(t, "TEST_REDIS_SERVER", "redis-server"), "--bind", "127.0.0.1", "--port", redisPort, "--save", "", "--appendonly", "no", "--dir", folder)}
	s.start(t, s.redis)
	for i, name := range []string{"A", "B"} {
		port := freePort(t)
		s.urls[i] = "http://127.0.0.1:" + port
		s.instances[i] = &process{
			name: name, ready: answers(s.urls[i] + "/readyz"), log: filepath.Join(folder, name+".log"), args: append(diesWithUs(), program),
			env: []string{"PATH=" + os.Getenv("PATH"), "HOME=" + folder, "ADDR=127.0.0.1:" + port, "AUTH_SECRET=" + secret, "DATABASE_URL=" + database,
				"REDIS_URL=redis://127.0.0.1:" + redisPort + "/0", "LOG_LEVEL=warn", "MAX_CONNECTIONS_PER_PERSON=1000",
				"RATE_LIMIT_PER_SECOND=10000", "RATE_LIMIT_BURST=100000"},
		}
		s.start(t, s.instances[i])
	}
	return s
}

func (s *system) start(t *testing.T, p *process) {
	t.Helper()
	if err := p.start(); err != nil {
		t.Fatal(err)
	}
}

func (s *system) stop() {
	for _, p := range []*process{s.instances[0], s.instances[1], s.redis, s.postgres} {
		if p != nil {
			p.kill()
		}
	}
	// The children of a Postgres that was killed may still be leaving.
	for range 50 {
		if os.RemoveAll(s.folder) == nil {
			return
		}
		<-time.After(20 * time.Millisecond)
	}
}

// preparePostgres makes a cluster with a database that a role without privileges owns, starts it, and returns its URL.
func (s *system) preparePostgres(t *testing.T, as []string) string {
	t.Helper()
	bin, data, port := postgresPrograms(t), filepath.Join(s.folder, "data"), freePort(t)
	initialize := append(append([]string{}, as...), filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
	if out, err := run(s.folder, initialize); err != nil {
		t.Fatalf("initdb: %v: %s", err, out)
	}
	s.postgres = &process{
		name: "postgres", log: filepath.Join(s.folder, "postgres.log"),
		ready: func() bool {
			return execute("postgres://postgres@127.0.0.1:"+port+"/postgres?sslmode=disable", "SELECT 1") == nil
		},
		args: append(as, filepath.Join(bin, "postgres"), "-D", data, "-p", port, "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
			"-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=100"),
	}
	s.start(t, s.postgres)
	for _, statement := range []string{"CREATE ROLE tandem LOGIN", "CREATE DATABASE tandem OWNER tandem"} {
		if err := execute("postgres://postgres@127.0.0.1:"+port+"/postgres?sslmode=disable", statement); err != nil {
			t.Fatal(err)
		}
	}
	return "postgres://tandem@127.0.0.1:" + port + "/tandem?sslmode=disable"
}

// unprivileged returns what a server's arguments begin with: Postgres refuses to run as root.
func unprivileged(t *testing.T, folder string) []string {
	t.Helper()
	if os.Getuid() != 0 {
		return diesWithUs()
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		account, err = user.Lookup("nobody")
	}
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(account.Uid)
	gid, _ := strconv.Atoi(account.Gid)
	if err := os.Chown(folder, uid, gid); err != nil {
		t.Fatal(err)
	}
	return []string{"setpriv", "--reuid", account.Uid, "--regid", account.Gid, "--clear-groups", "--pdeathsig", "KILL"}
}

// diesWithUs returns what a program's arguments begin with, so that it does not outlive a test that is killed.
func diesWithUs() []string {
	if _, err := exec.LookPath("setpriv"); err != nil {
		return nil
	}
	return []string{"setpriv", "--pdeathsig", "KILL"}
}

func postgresPrograms(t *testing.T) string {
	t.Helper()
	if bin := os.Getenv("TEST_POSTGRES_BIN"); bin != "" {
		return bin
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

func programOf(t *testing.T, setting, name string) string {
	t.Helper()
	if program := os.Getenv(setting); program != "" {
		return program
	}
	program, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("there is no %s; run this with scripts/with-services, or set %s", name, setting)
	}
	return program
}

// build builds the program as it ships, unless MODEL_PROGRAM names one.
func build(t *testing.T) string {
	t.Helper()
	if program := os.Getenv("MODEL_PROGRAM"); program != "" {
		return program
	}
	program := filepath.Join(t.TempDir(), "tandem")
	if out, err := run("../..", []string{"go", "build", "-buildvcs=false", "-o", program, "."}); err != nil {
		t.Fatalf("go build: %v: %s", err, out)
	}
	return program
}

func run(folder string, args []string) ([]byte, error) {
	command := exec.Command(args[0], args[1:]...)
	command.Dir = folder
	return command.CombinedOutput()
}

func execute(url, statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, statement)
	return err
}

// freePort returns a port below those that the system gives to outgoing connections, so that it is still free when a
// server that was killed comes back to it.
func freePort(t *testing.T) string {
	t.Helper()
	for range 100 {
		port := strconv.Itoa(20000 + rand.IntN(12000))
		if listener, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
			_ = listener.Close()
			return port
		}
	}
	t.Fatal("no port is free")
	return ""
}

func dials(port string) func() bool {
	return func() bool {
		conn, err := net.DialTimeout("tcp", "127.0.0.1:"+port, time.Second)
		if err != nil {
			return false
		}
		return conn.Close() == nil
	}
}

func answers(url string) func() bool {
	client := http.Client{Timeout: 2 * time.Second}
	return func() bool {
		response, err := client.Get(url)
		if err != nil {
			return false
		}
		return response.Body.Close() == nil && response.StatusCode == http.StatusOK
	}
}
