package redis_test

import (
	"bufio"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"tandem/internal/eventually"
)

// A Redis that restarts costs what is announced meanwhile, and no more.
func TestBusResumesAfterRestart(t *testing.T) {
	server := startServer(t)
	a, b := newBus(t, server.url()), newBus(t, server.url())
	near, far := listen(t, a, "restart"), listen(t, b, "restart")
	hear(t, a, far, "restart")
	hear(t, b, near, "restart")

	server.stop()
	eventually.True(t, "an announcement is lost", func() bool {
		hear(t, a, near, "restart") // the listener beside it needs no Redis
		return a.Stats().Lost > 0
	})

	server.start()
	hear(t, a, far, "restart")
	hear(t, b, near, "restart")
}

// A Redis that is not there when the listener begins is listened to once it is.
func TestBusStartsWithoutRedis(t *testing.T) {
	server := startServer(t)
	a, b := newBus(t, server.url()), newBus(t, server.url())
	server.stop()
	heard := listen(t, b, "late")
	server.start()
	hear(t, a, heard, "late")
}

// A Redis that neither answers nor breaks the connection holds up nobody, and
// costs a bounded amount of memory.
func TestBusDoesNotWaitForRedis(t *testing.T) {
	server := startServer(t)
	a, b := newBus(t, server.url()), newBus(t, server.url())
	near, far := listen(t, a, "hang"), listen(t, b, "hang")
	hear(t, a, far, "hang")

	server.signal(syscall.SIGSTOP)
	began := time.Now()
	for range 1000 { // a wait for Redis would take seconds, each time
		hear(t, a, near, "hang")
	}
	if took := time.Since(began); took > patience {
		t.Errorf("1000 announcements took %v", took)
	}

	server.signal(syscall.SIGCONT)
	hear(t, a, far, "hang")
}

// A server is a redis-server of this test alone, to be stopped and started.
type server struct {
	t       *testing.T
	program string
	port    int
	process *exec.Cmd
}

func startServer(t *testing.T) *server {
	t.Helper()
	program := os.Getenv("TEST_REDIS_SERVER")
	if program == "" {
		var err error
		if program, err = exec.LookPath("redis-server"); err != nil {
			t.Fatal("there is no redis-server; run it with scripts/with-services go test ./...")
		}
	}
	s := &server{t: t, program: program, port: freePort(t)}
	s.start()
	t.Cleanup(func() {
		if s.process != nil {
			s.stop()
		}
	})
	return s
}

func (s *server) url() string { return "redis://127.0.0.1:" + strconv.Itoa(s.port) }

// start returns when the server accepts connections.
func (s *server) start() {
	s.t.Helper()
	s.process = exec.Command(s.program, "--bind", "127.0.0.1", "--port", strconv.Itoa(s.port),
		"--save", "", "--appendonly", "no", "--dir", s.t.TempDir())
	out, err := s.process.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for ready := false; !ready; ready = strings.Contains(lines.Text(), "Ready to accept connections") {
		if !lines.Scan() {
			s.t.Fatalf("redis-server ended before it was ready: %v", lines.Err())
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
}

// stop ends the server as a crash would.
func (s *server) stop() {
	s.t.Helper()
	if err := s.process.Process.Kill(); err != nil {
		s.t.Error(err)
	}
	_ = s.process.Wait() // it was killed
	s.process = nil
}

func (s *server) signal(signal os.Signal) {
	s.t.Helper()
	if err := s.process.Process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}
