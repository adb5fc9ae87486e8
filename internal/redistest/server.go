// Package redistest starts Redis servers of a test's own, to be stopped and started: single ones, with Sentinels, and clusters.
package redistest

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"tandem/internal/redis"
)

// A Server is a redis-server process.
type Server struct {
	Port int

	t       testing.TB
	args    []string
	process *exec.Cmd
}

// Start runs a redis-server with options, as "--requirepass", "x". The test ends it.
func Start(t testing.TB, options ...string) *Server {
	t.Helper()
	s := &Server{t: t, Port: FreePort(t), args: options}
	s.Start()
	t.Cleanup(func() {
		if s.process != nil {
			s.Kill()
		}
	})
	return s
}

// Address is the host and the port.
func (s *Server) Address() string { return "127.0.0.1:" + strconv.Itoa(s.Port) }

// URL names the server without a user.
func (s *Server) URL() string { return "redis://" + s.Address() }

// Start returns when the server accepts connections. It has forgotten everything.
func (s *Server) Start() {
	s.t.Helper()
	args := append([]string{"--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", s.t.TempDir(), "--port", strconv.Itoa(s.Port)}, s.args...)
	s.run(args, "Ready to accept connections")
}

func (s *Server) run(args []string, ready string) {
	s.t.Helper()
	s.process = exec.Command(program(s.t), args...)
	out, err := s.process.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	var said []string
	for !strings.Contains(lines.Text(), ready) {
		if !lines.Scan() {
			s.t.Fatalf("redis-server ended before it was ready: %v\n%s", lines.Err(), strings.Join(said, "\n"))
		}
		said = append(said, lines.Text())
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
}

// Kill ends the server as a crash would.
func (s *Server) Kill() {
	s.t.Helper()
	if err := s.process.Process.Kill(); err != nil {
		s.t.Error(err)
	}
	_ = s.process.Wait() // it was killed
	s.process = nil
}

// Signal sends a signal to the process.
func (s *Server) Signal(signal os.Signal) {
	s.t.Helper()
	if err := s.process.Process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
}

// admin returns a function that runs a command and returns the answer as text.
func (s *Server) admin() func(words ...any) string {
	s.t.Helper()
	client, err := redis.Open(s.t.Context(), s.URL(), slog.New(slog.DiscardHandler))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = client.Close() })
	return func(words ...any) string {
		s.t.Helper()
		answer, err := client.Do(s.t.Context(), words...).Result()
		if err != nil {
			s.t.Fatal(err)
		}
		return fmt.Sprint(answer)
	}
}

func program(t testing.TB) string {
	t.Helper()
	if program := os.Getenv("TEST_REDIS_SERVER"); program != "" {
		return program
	}
	program, err := exec.LookPath("redis-server")
	if err != nil {
		t.Fatal("there is no redis-server; run it with scripts/with-services go test ./...")
	}
	return program
}

// FreePort returns a port that nobody listened on a moment ago.
func FreePort(t testing.TB) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr).Port
}
