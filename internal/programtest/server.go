// Package programtest runs servers of a test's own as processes, which the test stops and starts.
package programtest

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// A Server is a process at a port of 127.0.0.1 that stays the same over its starts.
type Server struct {
	Port int

	t       testing.TB
	process *exec.Cmd
}

// New returns a server that does not run yet.
func New(t testing.TB) *Server {
	t.Helper()
	return &Server{t: t, Port: FreePort(t)}
}

// Address is the host and the port.
func (s *Server) Address() string { return "127.0.0.1:" + strconv.Itoa(s.Port) }

// Run starts a program, and returns when a line of its output contains ready. The program ends with the test, before folders that
// the test made earlier are removed.
func (s *Server) Run(ready, program string, args ...string) {
	s.t.Helper()
	out, in, err := os.Pipe()
	if err != nil {
		s.t.Fatal(err)
	}
	process := exec.Command(program, args...)
	process.Stdout, process.Stderr = in, in
	err = process.Start()
	_ = in.Close() // the process has its own
	if err != nil {
		s.t.Fatal(err)
	}
	s.process = process
	s.t.Cleanup(func() {
		if s.process == process {
			s.Kill()
		}
	})
	lines := bufio.NewScanner(out)
	var said []string
	for !strings.Contains(lines.Text(), ready) {
		if !lines.Scan() {
			s.t.Fatalf("%s ended before it was ready: %v\n%s", program, lines.Err(), strings.Join(said, "\n"))
		}
		said = append(said, lines.Text())
	}
	go func() {
		defer out.Close()
		_, _ = io.Copy(io.Discard, out)
	}()
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
