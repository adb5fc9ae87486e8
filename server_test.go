package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem/internal/auth"
	"tandem/internal/collab"
)

// secret signs the tokens of the tests.
const secret = "a secret of the tests that is long enough"

// patience bounds every wait of a test. It is only ever used up by a failure.
const patience = time.Minute

// An instance is the whole program, running.
type instance struct {
	url  string
	stop context.CancelFunc
	done chan error
}

// start runs the program with settings on top of the tests' own, and waits until it is ready.
func start(t *testing.T, settings map[string]string) *instance {
	t.Helper()
	return startWith(t, settings, testLog{t})
}

// startLogging runs the program on a database of its own, and keeps what it logs.
func startLogging(t *testing.T, settings map[string]string, logs *logBuffer) *instance {
	t.Helper()
	all := embedded(t)
	maps.Copy(all, settings)
	return startWith(t, all, logs)
}

func startWith(t *testing.T, settings map[string]string, logs io.Writer) *instance {
	t.Helper()
	environment := map[string]string{"ADDR": "127.0.0.1:0", "AUTH_SECRET": secret, "LOG_LEVEL": "error", "RATE_LIMIT_PER_SECOND": "0"}
	for name, value := range settings {
		environment[name] = value
	}
	ctx, stop := context.WithCancel(context.Background())
	out, in := io.Pipe()
	i := &instance{stop: stop, done: make(chan error, 1)}
	go func() {
		err := run(ctx, environment, in, logs)
		_ = in.CloseWithError(fmt.Errorf("the program ended: %w", err))
		i.done <- err
	}()
	t.Cleanup(func() { i.drain(t) })
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	i.url = strings.TrimSpace(line[strings.Index(line, "http"):])
	return i
}

// drain stops the instance as SIGTERM does, and waits for its end.
func (i *instance) drain(t *testing.T) {
	t.Helper()
	i.stop()
	select {
	case err := <-i.done:
		if err != nil {
			t.Error(err)
		}
		i.done <- nil
	case <-time.After(patience):
		t.Error("the instance does not stop")
	}
}

// testLog shows what the program logs beside the test that made it.
type testLog struct{ t *testing.T }

func (l testLog) Write(b []byte) (int, error) {
	l.t.Logf("log: %s", bytes.TrimSpace(b))
	return len(b), nil
}

// A logBuffer keeps what is logged. It may be read while the program writes.
type logBuffer struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

func (l *logBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// embedded is the settings of an instance with a database of its own.
func embedded(t *testing.T) map[string]string {
	return map[string]string{"DATABASE_URL": "sqlite:" + filepath.Join(t.TempDir(), "tandem.db")}
}

// A person asks an instance in their own name.
type person struct {
	t     *testing.T
	at    *instance
	token string
}

// join returns a member of an organization who asks one instance.
func join(t *testing.T, at *instance, org, user string, role collab.Role) *person {
	t.Helper()
	token, err := auth.NewVerifier([]string{secret}, "", "", time.Now).Sign(collab.Claims{
		UserID: collab.ID(user), OrganizationID: collab.ID(org), Role: role, Name: strings.ToUpper(user[:1]) + user[1:],
	}, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return &person{t: t, at: at, token: token}
}

// on returns the same person at another instance.
func (p *person) on(at *instance) *person { return &person{t: p.t, at: at, token: p.token} }

// object is what a test reads of an answer.
type object = map[string]any

// send asks, and returns the whole response.
func (p *person) send(query string, variables object) object {
	p.t.Helper()
	body, err := json.Marshal(object{"query": query, "variables": variables})
	if err != nil {
		p.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.at.url+"/graphql", bytes.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+p.token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	var out object
	if err := json.NewDecoder(response.Body).Decode(&out); err != nil {
		p.t.Fatal(err)
	}
	return out
}

// ask asks, and returns the data of an answer without errors.
func (p *person) ask(query string, variables object) object {
	p.t.Helper()
	response := p.send(query, variables)
	if response["errors"] != nil {
		p.t.Fatalf("errors: %v", response["errors"])
	}
	return response["data"].(object)
}

// code asks, and returns the code of the first error.
func (p *person) code(query string, variables object) string {
	p.t.Helper()
	response := p.send(query, variables)
	errors, _ := response["errors"].([]any)
	if len(errors) == 0 {
		p.t.Fatalf("no error: %v", response["data"])
	}
	extensions, _ := errors[0].(object)["extensions"].(object)
	code, _ := extensions["code"].(string)
	return code
}
