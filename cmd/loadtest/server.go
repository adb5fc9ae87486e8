package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// A server is one that the load test started.
type server struct {
	address string
	command *exec.Cmd
	ended   chan struct{}
}

// startTime is how long a server may take to be ready, and stopTime to end.
const (
	startTime = 30 * time.Second
	stopTime  = 20 * time.Second
)

// build builds the program to test into a folder, with the flags of the caller, whose cache may have most of it.
func build(ctx context.Context, folder string, errs io.Writer) (string, error) {
	program := filepath.Join(folder, "tandem")
	command := exec.CommandContext(ctx, "go", "build", "-o", program, "tandem")
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	command.Stderr = errs
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("the server can't be built: %w; run this in the repository, or name a program with -server", err)
	}
	return program, nil
}

// startServer starts a program with settings, on a free port, and waits until it is ready.
func startServer(ctx context.Context, program string, settings []string, errs io.Writer) (*server, error) {
	s := &server{command: exec.Command(program), ended: make(chan struct{})}
	s.command.Env = append(append(os.Environ(), "ADDR=127.0.0.1:0", "LOG_LEVEL=warn"), settings...)
	s.command.Stderr = errs
	out, err := s.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.command.Start(); err != nil {
		return nil, err
	}
	ready := make(chan string, 1)
	go func() {
		lines := bufio.NewReader(out)
		line, _ := lines.ReadString('\n')
		ready <- line
		_, _ = io.Copy(io.Discard, lines)
		_ = s.command.Wait()
		close(s.ended)
	}()
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	select {
	case line := <-ready:
		if _, address, found := strings.Cut(strings.TrimSpace(line), " at http://"); found {
			s.address = "http://" + address
			return s, nil
		}
	case <-ctx.Done():
	}
	s.kill()
	return nil, fmt.Errorf("%s did not get ready", program)
}

func (s *server) pid() int { return s.command.Process.Pid }

// kill ends the server at once.
func (s *server) kill() {
	_ = s.command.Process.Kill()
	<-s.ended
}

// stop lets the server drain.
func (s *server) stop() {
	_ = s.command.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.ended:
	case <-time.After(stopTime):
		s.kill()
	}
}
