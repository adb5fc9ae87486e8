// Package attack_test runs the program that ships as a process with 1 GiB of memory,
// and attacks it in every way of docs/security.md that is about bytes and work,
// while a calm client of another organization goes on.
//
// In each attack by itself 99 of 100 answers to the calm client take at most 500 ms,
// counting how long it waits for an event as well; an answer that is still missing at
// the end counts as one that took until then. The limit is flat. A machine that is busy
// with something else is late by itself, so an attack whose calm client was late is tried
// again, three times in all, and passes if one of them was within the limit: a server that
// is late because of the attack is late each time. Memory has one attempt.
package attack_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"

	"tandem/internal/auth"
	"tandem/internal/collab"
)

const (
	secret = "a secret of the attacks that is long enough"
	// memory is how much the process may use, and goMemory the limit that the program sets for Go.
	memory   = 1 << 30
	goMemory = memory / 10 * 9
	// connections is how many the server accepts.
	connections = 600
	// patience bounds waits that only a failure uses up.
	patience = 60 * time.Second
)

// A server is the program, in a process of its own.
type server struct {
	address string // host:port
	process *os.Process
}

// start builds and starts the program. Its rate limits are set so high that they never apply: the bounds on bytes
// and work have to hold without them.
func start(t *testing.T) *server {
	t.Helper()
	program := filepath.Join(t.TempDir(), "tandem")
	build := exec.Command("go", "build", "-o", program, "tandem")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	command := exec.Command(program)
	command.Dir = t.TempDir()
	command.Env = append(os.Environ(), "ADDR=127.0.0.1:0", "AUTH_SECRET="+secret, "LOG_LEVEL=error",
		"DATABASE_URL=sqlite:"+filepath.Join(t.TempDir(), "tandem.db"), fmt.Sprint("GOMEMLIMIT=", goMemory),
		fmt.Sprint("MAX_CONNECTIONS=", connections),
		"RATE_LIMIT_PER_SECOND=10000", "RATE_LIMIT_BURST=600000")
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	s := &server{process: command.Process}
	t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGKILL)
		_ = command.Wait()
	})
	lines := bufio.NewReader(out)
	for s.address == "" {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if _, at, found := strings.Cut(line, "http://"); found {
			s.address = strings.TrimSpace(at)
		}
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	return s
}

// peak is the most memory that the process has had resident, in bytes.
func (s *server) peak(t *testing.T) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.process.Pid))
	if err != nil {
		t.Fatalf("the process is gone: %v", err)
	}
	for line := range strings.Lines(string(status)) {
		if value, found := strings.CutPrefix(line, "VmHWM:"); found {
			kB, err := strconv.ParseInt(strings.Fields(value)[0], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return kB << 10
		}
	}
	t.Fatal("the process has no memory: it was killed")
	return 0
}

// forgetPeak resets the peak, so that each attack has its own.
func (s *server) forgetPeak() {
	_ = os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", s.process.Pid), []byte("5"), 0o600)
}

type object = map[string]any

// A person is a client of an attack. An error ends its work and does not fail the test: attackers are refused.
type person struct {
	address string
	token   string
	http    *http.Client
}

// join returns a member of an organization of the server at an address.
func join(address, org, user string, role collab.Role) *person {
	token, err := auth.NewVerifier([]string{secret}, "", "", time.Now).Sign(collab.Claims{
		UserID: collab.ID(user), OrganizationID: collab.ID(org), Role: role, Name: user,
	}, time.Now().Add(time.Hour))
	if err != nil {
		panic(err)
	}
	return &person{address: address, token: token, http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 4}}}
}

// ask sends an operation by POST and returns its data.
func (p *person) ask(ctx context.Context, query string, variables object) (object, error) {
	response, err := p.post(ctx, object{"query": query, "variables": variables})
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	var answer struct {
		Data   object
		Errors []object
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return nil, err
	}
	if len(answer.Errors) > 0 {
		return nil, fmt.Errorf("%v", answer.Errors[0]["message"])
	}
	return answer.Data, nil
}

func (p *person) post(ctx context.Context, body object) (*http.Response, error) {
	encoded, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+p.address+"/graphql", bytes.NewReader(encoded))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+p.token)
	return p.http.Do(request)
}

// A socket is an open connection of graphql-transport-ws. Only read reads from it.
type socket struct {
	conn *websocket.Conn
	ctx  context.Context
}

// dial opens a socket that compresses what it sends.
func (p *person) dial(ctx context.Context) (*socket, error) {
	conn, _, err := websocket.Dial(ctx, "ws://"+p.address+"/graphql", &websocket.DialOptions{
		Subprotocols: []string{"graphql-transport-ws"}, CompressionMode: websocket.CompressionNoContextTakeover, CompressionThreshold: 1,
	})
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(64 << 20)
	context.AfterFunc(ctx, func() { _ = conn.CloseNow() })
	return &socket{conn, ctx}, nil
}

// connect opens a socket and signs in.
func (p *person) connect(ctx context.Context) (*socket, error) {
	s, err := p.dial(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.say(`{"type":"connection_init","payload":{"authorization":"Bearer ` + p.token + `"}}`); err != nil {
		return nil, err
	}
	_, err = s.read()
	return s, err
}

func (s *socket) say(message string) error {
	return s.conn.Write(s.ctx, websocket.MessageText, []byte(message))
}

func (s *socket) read() (object, error) {
	_, encoded, err := s.conn.Read(s.ctx)
	if err != nil {
		return nil, err
	}
	var message object
	err = json.Unmarshal(encoded, &message)
	return message, err
}

// drain reads until the socket ends.
func (s *socket) drain() {
	for {
		if _, _, err := s.conn.Read(s.ctx); err != nil {
			return
		}
	}
}

// subscribe starts an operation with variables as JSON.
func (s *socket) subscribe(id any, query, variables string) error {
	document, _ := json.Marshal(query) // a string can always be encoded
	return s.say(fmt.Sprintf(`{"id":"%v","type":"subscribe","payload":{"query":%s,"variables":%s}}`, id, document, variables))
}
