package main

import (
	"bufio"
	"context"
	"flag"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"tandem/internal/collab"
)

// The program as it is started: SIGTERM ends it with status 0, and a load balancer
// sees it coming. A second signal cuts off what is under way, which status 1 tells.
func TestSignals(t *testing.T) {
	t.Parallel()
	if os.Getenv("TANDEM_TEST_MAIN") != "" {
		os.Args = append(os.Args[:1], flag.Args()...)
		main()
		os.Exit(0)
	}
	t.Run("notice", func(t *testing.T) {
		t.Parallel()
		at := startProgram(t)
		s := join(t, &at.instance, "acme", "ada", collab.RoleMember).connect()
		at.signal(t)
		at.wantDraining(t)
		// A client that did not know yet is let in, or told at once where the notice is over already.
		late := &socket{t: t, conn: dial(t, &at.instance)}
		late.write(object{"type": "connection_init", "payload": object{"authorization": "Bearer " + join(t, &at.instance, "acme", "ben", collab.RoleMember).token}})
		for _, open := range []*socket{s, late} {
			if code := open.closeCode(); code != 1012 {
				t.Errorf("closed with %d, want 1012", code)
			}
		}
		at.wantEnd(t, drainTime, 0)
	})
	t.Run("with a database that hangs", func(t *testing.T) {
		t.Parallel()
		database := newHanging(t, shared(t)["DATABASE_URL"])
		at := startProgramOn(t, database.url)
		ada := join(t, &at.instance, "acme", "ada", collab.RoleMember)
		ada.ask(`{ viewer { role } }`, nil)
		database.hang()
		for range 4 { // edits under way
			go func() {
				request, err := http.NewRequest(http.MethodPost, at.url+"/graphql", strings.NewReader(`{"query":"mutation { createCustomer(input: {name: \"x\"}) { __typename } }"}`))
				if err != nil {
					return
				}
				request.Header.Set("Content-Type", "application/json")
				request.Header.Set("Authorization", "Bearer "+ada.token)
				if answer, err := http.DefaultClient.Do(request); err == nil {
					_ = answer.Body.Close()
				}
			}()
		}
		at.signal(t)
		at.wantEnd(t, endTime+time.Second, 0)
	})
	t.Run("at once", func(t *testing.T) {
		t.Parallel()
		at := startProgram(t)
		s := join(t, &at.instance, "acme", "ada", collab.RoleMember).connect()
		at.signal(t)
		at.wantDraining(t) // so the first one was seen
		at.signal(t)
		if code := s.closeCode(); code != -1 {
			t.Errorf("closed with %d, want no goodbye", code)
		}
		at.wantEnd(t, patience, 1)
	})
}

// A program is an instance in a process of its own.
type program struct {
	instance
	command *exec.Cmd
}

// wantDraining waits until the instance says that it drains.
func (p *program) wantDraining(t *testing.T) {
	t.Helper()
	status, body := 0, ""
	for deadline := time.Now().Add(noticeTime / 2); status != http.StatusServiceUnavailable && time.Now().Before(deadline); {
		status, body = get(t, p.url+"/readyz")
	}
	if status != http.StatusServiceUnavailable || body != "draining\n" {
		t.Errorf("/readyz says %d %q", status, body)
	}
}

func startProgram(t *testing.T) *program {
	t.Helper()
	return startProgramOn(t, embedded(t)["DATABASE_URL"])
}

func startProgramOn(t *testing.T, databaseURL string) *program {
	t.Helper()
	return startProgramLogging(t, databaseURL, testLog{t})
}

func startProgramLogging(t *testing.T, databaseURL string, log io.Writer) *program {
	t.Helper()
	command := exec.CommandContext(context.Background(), os.Args[0], "-test.run=^TestSignals$")
	command.Env = append(os.Environ(), "TANDEM_TEST_MAIN=1", "ADDR=127.0.0.1:0", "AUTH_SECRET="+secret,
		"DATABASE_URL="+databaseURL, "LOG_LEVEL=error",
		"GORACE=atexit_sleep_ms=0") // the race detector would sleep for a second before the end
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
	return &program{instance{url: strings.TrimSpace(line[strings.Index(line, "http"):])}, command}
}

func (p *program) signal(t *testing.T) {
	t.Helper()
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}

// wantEnd waits for the end of the program, which has to come in time and be a good one.
func (p *program) wantEnd(t *testing.T, within time.Duration, status int) {
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
