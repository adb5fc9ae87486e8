// Package redistest starts Redis servers of a test's own, to be stopped and started: single ones, with Sentinels, and clusters.
package redistest

import (
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"tandem/internal/eventually"
	"tandem/internal/programtest"
	"tandem/internal/redis"
)

// A Server is a redis-server process.
type Server struct {
	*programtest.Server
	t    testing.TB
	args []string
}

// Start runs a redis-server with options, as "--requirepass", "x". The test ends it.
func Start(t testing.TB, options ...string) *Server {
	t.Helper()
	s := &Server{programtest.New(t), t, options}
	s.Start()
	return s
}

// URL names the server without a user.
func (s *Server) URL() string { return "redis://" + s.Address() }

// Start returns when the server accepts connections. It has forgotten everything.
func (s *Server) Start() {
	s.t.Helper()
	args := append([]string{"--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", s.t.TempDir(), "--port", strconv.Itoa(s.Port)}, s.args...)
	s.Run("Ready to accept connections", program(s.t), args...)
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

func (s *Server) awaitPrimary() {
	s.t.Helper()
	ask := s.admin()
	eventually.True(s.t, "the replica is a primary", func() bool { return strings.Contains(ask("INFO", "replication"), "role:master") })
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
