package servertest

import (
	"bufio"
	"context"
	"database/sql"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/ncruces/go-sqlite3/driver"

	"tandem/internal/server"
)

// asProgram makes a test binary the program, see Main.
const asProgram = "TANDEM_TEST_MAIN=1"

// Main runs the tests of a package that starts programs: each is the test's own binary, which TestMain hands over to
// Main before it reads any flag.
func Main(m *testing.M) {
	if os.Getenv("TANDEM_TEST_MAIN") != "" {
		os.Exit(server.Main(os.Args[1:], os.Environ()))
	}
	os.Exit(m.Run())
}

// A Program is an instance in a process of its own.
type Program struct {
	Instance
	command *exec.Cmd
}

// WantDraining waits until the instance says that it drains.
func (p *Program) WantDraining(t testing.TB) {
	t.Helper()
	status, body := 0, ""
	for deadline := time.Now().Add(server.NoticeTime / 2); status != http.StatusServiceUnavailable && time.Now().Before(deadline); {
		status, body = Get(t, p.URL+"/readyz")
	}
	if status != http.StatusServiceUnavailable || body != "draining\n" {
		t.Errorf("/readyz says %d %q", status, body)
	}
}

// StartProgramLogging runs the program on a database.
func StartProgramLogging(t testing.TB, databaseURL string, log io.Writer) *Program {
	t.Helper()
	return StartProgram(t, map[string]string{"DATABASE_URL": databaseURL}, log)
}

// StartProgram runs the program with settings.
func StartProgram(t testing.TB, settings map[string]string, log io.Writer) *Program {
	t.Helper()
	command := exec.CommandContext(context.Background(), os.Args[0])
	command.Env = append(os.Environ(), asProgram, "ADDR=127.0.0.1:0", "AUTH_SECRET="+Secret, "LOG_LEVEL=error",
		"GORACE=atexit_sleep_ms=0") // the race detector would sleep for a second before the end
	for name, value := range settings {
		command.Env = append(command.Env, name+"="+value)
	}
	command.Stderr = log
	out, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = command.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return &Program{Instance{URL: strings.TrimSpace(line[strings.Index(line, "http"):])}, command}
}

// Kill ends the program at once, as a loss of power does.
func (p *Program) Kill(t testing.TB) {
	t.Helper()
	if err := p.command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.command.Wait()
}

func (p *Program) Signal(t testing.TB) {
	t.Helper()
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}

// WantEnd waits for the end of the program, which has to come in time and be a good one.
func (p *Program) WantEnd(t testing.TB, within time.Duration, status int) {
	t.Helper()
	began := time.Now()
	err := p.command.Wait()
	if got := p.command.ProcessState.ExitCode(); got != status {
		t.Errorf("it ended with status %d (%v), want %d", got, err, status)
	}
	if took := time.Since(began); took > within {
		t.Errorf("it took %v to end, want %v at most", took, within)
	}
}

// Tandem runs the program with arguments, to its end, and returns what it printed and its status.
func Tandem(t testing.TB, settings map[string]string, arguments string) (out, errs string, status int) {
	t.Helper()
	command := exec.CommandContext(t.Context(), os.Args[0], strings.Fields(arguments)...)
	command.Env = append(os.Environ(), asProgram, "GORACE=atexit_sleep_ms=0")
	for name, value := range settings {
		command.Env = append(command.Env, name+"="+value)
	}
	var stdout, stderr strings.Builder
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil && command.ProcessState == nil {
		t.Fatal(err)
	}
	return stdout.String(), stderr.String(), command.ProcessState.ExitCode()
}

// Change runs a statement on an organization behind the server's back.
func Change(t testing.TB, settings map[string]string, orgID, text string) {
	t.Helper()
	conn, release := behind(t, settings, orgID)
	defer release()
	if _, err := conn.ExecContext(t.Context(), text); err != nil {
		t.Fatal(err)
	}
}

// Behind returns a connection to an organization's rows, behind the server's back. It is closed when the test ends.
func Behind(t testing.TB, settings map[string]string, orgID string) *sql.Conn {
	t.Helper()
	conn, release := behind(t, settings, orgID)
	t.Cleanup(release)
	return conn
}

func behind(t testing.TB, settings map[string]string, orgID string) (conn *sql.Conn, release func()) {
	t.Helper()
	kind, source := "pgx", settings["DATABASE_URL"]
	file, embedded := strings.CutPrefix(source, "sqlite:")
	if embedded {
		kind, source = "sqlite3", "file:"+file
	}
	db, err := sql.Open(kind, source)
	if err != nil {
		t.Fatal(err)
	}
	conn, err = db.Conn(t.Context())
	if err == nil && !embedded {
		_, err = conn.ExecContext(t.Context(), "SELECT set_config('tandem.org', $1, false)", orgID)
	}
	if err != nil {
		t.Fatal(err)
	}
	return conn, func() {
		_ = conn.Close()
		_ = db.Close()
	}
}
