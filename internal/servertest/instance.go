package servertest

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"tandem/internal/auth"
	"tandem/internal/collab"
	"tandem/internal/server"
)

// Secret signs the tokens of the tests.
const Secret = "a secret of the tests that is long enough"

// Patience bounds every wait of a test. It is only ever used up by a failure.
const Patience = time.Minute

// An Instance is the whole program, running.
type Instance struct {
	URL string
	// Server is its inside; nil for a program in a process of its own.
	Server *server.Server
	Stop   context.CancelFunc
	done   chan error
}

// Start runs the program with settings on top of the tests' own, and waits until it is ready.
func Start(t testing.TB, settings map[string]string) *Instance {
	t.Helper()
	return StartWith(t, settings, server.Options{})
}

// StartLogging runs the program on a database of its own, and keeps what it logs.
func StartLogging(t testing.TB, settings map[string]string, logs *LogBuffer) *Instance {
	t.Helper()
	return start(t, settings, logs, server.Options{})
}

// StartWith is Start with options.
func StartWith(t testing.TB, settings map[string]string, options server.Options) *Instance {
	t.Helper()
	return start(t, settings, LogTo(t), options)
}

// start runs the program. Unless the settings name a database, it has one of its own.
func start(t testing.TB, settings map[string]string, logs io.Writer, options server.Options) *Instance {
	t.Helper()
	environment := Embedded(t)
	maps.Copy(environment, map[string]string{"ADDR": "127.0.0.1:0", "AUTH_SECRET": Secret, "LOG_LEVEL": "error", "RATE_LIMIT_PER_SECOND": "0"})
	maps.Copy(environment, settings)
	ctx, stop := context.WithCancel(context.Background())
	out, in := io.Pipe()
	i := &Instance{Stop: stop, done: make(chan error, 1)}
	options.Opened = func(s *server.Server) { i.Server = s }
	go func() {
		err := server.RunWith(ctx, environment, in, logs, options)
		_ = in.CloseWithError(fmt.Errorf("the program ended: %w", err))
		i.done <- err
	}()
	t.Cleanup(func() { i.Drain(t) })
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	i.URL = strings.TrimSpace(line[strings.Index(line, "http"):])
	return i
}

// Drain stops the instance as SIGTERM does, and waits for its end.
func (i *Instance) Drain(t testing.TB) {
	t.Helper()
	i.Stop()
	select {
	case err := <-i.done:
		if err != nil {
			t.Error(err)
		}
		i.done <- nil
	case <-time.After(Patience):
		t.Error("the instance does not stop")
	}
}

// LogTo shows what the program logs beside the test that made it.
func LogTo(t testing.TB) io.Writer { return testLog{t} }

type testLog struct{ t testing.TB }

func (l testLog) Write(b []byte) (int, error) {
	l.t.Logf("log: %s", bytes.TrimSpace(b))
	return len(b), nil
}

// A LogBuffer keeps what is logged. It may be read while the program writes.
type LogBuffer struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

func (l *LogBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *LogBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Embedded is the settings of an instance with a database of its own.
func Embedded(t testing.TB) map[string]string {
	return map[string]string{"DATABASE_URL": "sqlite:" + filepath.Join(t.TempDir(), "tandem.db")}
}

// A Person asks an instance in their own name.
type Person struct {
	T     testing.TB
	At    *Instance
	Token string
}

// Join returns a member of an organization who asks one instance.
func Join(t testing.TB, at *Instance, org, user string, role collab.Role) *Person {
	t.Helper()
	token, err := auth.NewVerifier([]string{Secret}, "", "", time.Now).Sign(collab.Claims{
		UserID: collab.ID(user), OrganizationID: collab.ID(org), Role: role, Name: strings.ToUpper(user[:1]) + user[1:],
	}, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return &Person{T: t, At: at, Token: token}
}

// On returns the same person at another instance.
func (p *Person) On(at *Instance) *Person { return &Person{T: p.T, At: at, Token: p.Token} }

// Object is a JSON object.
type Object = map[string]any

// Send asks, and returns the whole response.
func (p *Person) Send(query string, variables Object) Answer {
	p.T.Helper()
	body, err := json.Marshal(Object{"query": query, "variables": variables})
	if err != nil {
		p.T.Fatal(err)
	}
	request, err := http.NewRequestWithContext(p.T.Context(), http.MethodPost, p.At.URL+"/graphql", bytes.NewReader(body))
	if err != nil {
		p.T.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+p.Token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		p.T.Fatal(err)
	}
	defer response.Body.Close()
	var out Object
	if err := json.NewDecoder(response.Body).Decode(&out); err != nil {
		p.T.Fatal(err)
	}
	return Answer{t: p.T, value: out, request: " to " + query, variables: variables}
}

// Ask asks, and returns the data of an answer without errors.
func (p *Person) Ask(query string, variables Object) Answer {
	p.T.Helper()
	return p.Send(query, variables).Data()
}

// Code asks, and returns the code of the first error.
func (p *Person) Code(query string, variables Object) string {
	p.T.Helper()
	return p.Send(query, variables).Code()
}

// Service returns the URL of a database or Redis that the tests may use.
func Service(t testing.TB, name string) string {
	t.Helper()
	at := os.Getenv(name)
	if at == "" {
		t.Fatalf("%s is not set: run it with scripts/with-services go test ./...", name)
	}
	return at
}

// Shared is the settings of instances that share a database of the test's own, and a Redis.
func Shared(t testing.TB) map[string]string {
	t.Helper()
	server := Service(t, "TEST_POSTGRES_URL")
	name := "tandem_" + strings.ToLower(rand.Text())
	Administer(t, server, "CREATE DATABASE "+name)
	t.Cleanup(func() { DropDatabase(t, server, name) })
	database, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	database.Path = "/" + name
	return map[string]string{"DATABASE_URL": database.String(), "REDIS_URL": Service(t, "TEST_REDIS_URL")}
}

// Administer runs a statement on a server.
func Administer(t testing.TB, server, statement string) {
	t.Helper()
	OnServer(t, server, func(ctx context.Context, conn *pgx.Conn) {
		if _, err := conn.Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
	})
}

// OnServer does something on a connection of its own.
func OnServer(t testing.TB, server string, do func(context.Context, *pgx.Conn)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	do(ctx, conn)
}

// DropDatabase drops a database. Postgres refuses WITH (FORCE) with 42501 while an autovacuum worker,
// which belongs to the superuser, is in the database, so a refusal is tried again.
func DropDatabase(t testing.TB, server, name string) {
	t.Helper()
	OnServer(t, server, func(ctx context.Context, conn *pgx.Conn) {
		for {
			_, err := conn.Exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)")
			if refused, ok := errors.AsType[*pgconn.PgError](err); !ok || refused.Code != "42501" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if _, err := conn.Exec(ctx, "SELECT pg_sleep(0.05)"); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// ReadUntil reads until a text came, or nothing more does.
func ReadUntil(t testing.TB, from io.Reader, text string) (read string) {
	t.Helper()
	buffer := make([]byte, 4096)
	for !strings.Contains(read, text) {
		n, err := from.Read(buffer)
		read += string(buffer[:n])
		if err != nil {
			t.Errorf("%v after %q", err, read)
			return read
		}
	}
	return read
}
