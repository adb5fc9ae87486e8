// Package natstest starts NATS servers of a test's own, to be stopped and started.
package natstest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// A Server is a nats-server process.
type Server struct {
	Port int

	t       testing.TB
	config  string
	process *exec.Cmd
}

// Start runs a nats-server with a configuration, as "max_payload: 8MB"; "" is its defaults. The test ends it.
func Start(t testing.TB, configuration string) *Server {
	t.Helper()
	s := &Server{t: t, Port: freePort(t), config: filepath.Join(t.TempDir(), "nats.conf")}
	s.Configure(configuration)
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
func (s *Server) URL() string { return "nats://" + s.Address() }

// Configure replaces the configuration, which counts from the next start.
func (s *Server) Configure(configuration string) {
	s.t.Helper()
	if err := os.WriteFile(s.config, []byte(configuration), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// Start returns when the server accepts connections.
func (s *Server) Start() {
	s.t.Helper()
	s.process = exec.Command(program(s.t), "--addr", "127.0.0.1", "--port", strconv.Itoa(s.Port), "--config", s.config)
	out, err := s.process.StderrPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	var said []string
	for !strings.Contains(lines.Text(), "Server is ready") {
		if !lines.Scan() {
			s.t.Fatalf("nats-server ended before it was ready: %v\n%s", lines.Err(), strings.Join(said, "\n"))
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

func program(t testing.TB) string {
	t.Helper()
	program, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return program
}

// build returns the program of the module test/natsserver, which Go keeps in its cache. The tests that use it are two
// folders below the root of the repository.
var build = sync.OnceValues(func() (string, error) {
	command := exec.Command("go", "tool", "-n", "nats-server")
	command.Dir = filepath.Join("..", "..", "test", "natsserver")
	out, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("nats-server can't be built: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
})

// freePort returns a port that nobody listened on a moment ago.
func freePort(t testing.TB) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr).Port
}
