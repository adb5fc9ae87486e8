// Package natstest starts NATS servers of a test's own, to be stopped and started.
package natstest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"tandem/internal/programtest"
)

// A Server is a nats-server process.
type Server struct {
	*programtest.Server
	t      testing.TB
	config string
}

// Start runs a nats-server with a configuration, as "max_payload: 8MB"; "" is its defaults. The test ends it.
func Start(t testing.TB, configuration string) *Server {
	t.Helper()
	s := &Server{programtest.New(t), t, filepath.Join(t.TempDir(), "nats.conf")}
	s.Configure(configuration)
	s.Start()
	return s
}

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
	s.Run("Server is ready", program(s.t), "--addr", "127.0.0.1", "--port", strconv.Itoa(s.Port), "--config", s.config)
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
