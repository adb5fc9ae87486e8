package operations_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/server"
	"tandem/internal/servertest"
)

// The program as it is started: SIGTERM ends it with status 0, and a load balancer sees it coming. A second signal
// cuts off unfinished requests, and the status is then 1.
func TestSignals(t *testing.T) {
	t.Parallel()
	t.Run("notice", func(t *testing.T) {
		t.Parallel()
		at := startProgram(t)
		s := servertest.Join(t, &at.Instance, "acme", "ada", collab.RoleMember).Connect()
		at.Signal(t)
		at.WantDraining(t)
		// A client that does not know yet is let in, or refused at once if the notice is already over.
		late := &servertest.Socket{T: t, Conn: servertest.Dial(t, &at.Instance)}
		late.Write(servertest.Object{"type": "connection_init", "payload": servertest.Object{"authorization": "Bearer " + servertest.Join(t, &at.Instance, "acme", "ben", collab.RoleMember).Token}})
		for _, open := range []*servertest.Socket{s, late} {
			if code := open.CloseCode(); code != 1012 {
				t.Errorf("closed with %d, want 1012", code)
			}
		}
		at.WantEnd(t, server.DrainTime, 0)
	})
	t.Run("with a database that hangs", func(t *testing.T) {
		t.Parallel()
		database := servertest.NewHanging(t, servertest.Shared(t)["DATABASE_URL"])
		at := startProgramOn(t, database.URL)
		ada := servertest.Join(t, &at.Instance, "acme", "ada", collab.RoleMember)
		ada.Ask(`{ viewer { role } }`, nil)
		database.Hang()
		for range 4 { // edits in progress
			go func() {
				request, err := http.NewRequest(http.MethodPost, at.URL+"/graphql", strings.NewReader(`{"query":"mutation { createCustomer(input: {name: \"x\"}) { __typename } }"}`))
				if err != nil {
					return
				}
				request.Header.Set("Content-Type", "application/json")
				request.Header.Set("Authorization", "Bearer "+ada.Token)
				if answer, err := http.DefaultClient.Do(request); err == nil {
					_ = answer.Body.Close()
				}
			}()
		}
		at.Signal(t)
		at.WantEnd(t, server.EndTime+time.Second, 0)
	})
	t.Run("at once", func(t *testing.T) {
		t.Parallel()
		at := startProgram(t)
		s := servertest.Join(t, &at.Instance, "acme", "ada", collab.RoleMember).Connect()
		at.Signal(t)
		at.WantDraining(t) // so the first signal has arrived
		at.Signal(t)
		if code := s.CloseCode(); code != -1 {
			t.Errorf("closed with %d, want no goodbye", code)
		}
		at.WantEnd(t, servertest.Patience, 1)
	})
}

func startProgram(t *testing.T) *servertest.Program {
	t.Helper()
	return startProgramOn(t, servertest.Embedded(t)["DATABASE_URL"])
}

func startProgramOn(t *testing.T, databaseURL string) *servertest.Program {
	t.Helper()
	return servertest.StartProgramLogging(t, databaseURL, servertest.LogTo(t))
}

// The last line of the log shows that nothing was cut off.
func TestEndIsLogged(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	settings := servertest.Embedded(t)
	settings["ADDR"], settings["AUTH_SECRET"] = "127.0.0.1:0", servertest.Secret
	var log strings.Builder
	err := server.RunWith(ctx, settings, io.Discard, &log, server.Options{Opened: func(*server.Server) { stop() }})
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if last := lines[len(lines)-1]; err != nil || !strings.Contains(last, "msg=ended") {
		t.Errorf("the last line is %s, %v", last, err)
	}
}

// An instance that is stopped while it still starts ends without an error.
func TestStopWhileStarting(t *testing.T) {
	t.Parallel()
	for _, settings := range []map[string]string{servertest.Embedded(t), servertest.Shared(t)} {
		ctx, stop := context.WithCancel(context.Background())
		stop()
		settings["ADDR"], settings["AUTH_SECRET"] = "127.0.0.1:0", servertest.Secret
		if err := server.Run(ctx, settings, io.Discard, io.Discard); err != nil {
			t.Errorf("with %s: %v", settings["DATABASE_URL"], err)
		}
	}
}
