package websocket

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

// A server that was stopped for longer than it waits for a pong, as a paused machine is,
// keeps the sockets whose clients are there, and closes those whose clients are not.
func TestServerThatWasStopped(t *testing.T) {
	if os.Getenv("TANDEM_TEST_STOPPED") != "" {
		w := newWire(t, func(s *Server) { s.PingInterval = time.Second })
		fmt.Println(w.url)
		_, _ = io.ReadAll(os.Stdin) // until the test ends
		return
	}
	t.Parallel()
	server := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestServerThatWasStopped$")
	server.Env = append(os.Environ(), "TANDEM_TEST_STOPPED=1")
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	alive, err := server.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = alive.Close(); _ = server.Wait() })
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{url: strings.TrimSpace(url)}
	living, silent := w.enter(t), w.enter(t)
	pings := func(n int) {
		t.Helper()
		for range n {
			if f := living.hear(); f.Header.OpCode != ws.OpPing {
				t.Fatalf("got %v, want a ping", f.Header)
			}
			living.frame(ws.NewPongFrame(nil))
		}
	}
	pings(1)
	if err := server.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	<-time.After(4 * time.Second) // the pause is what is tried: twice what a pong may take
	if err := server.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	pings(4)
	if _, err := io.ReadAll(silent.in); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the socket of a client that answers nothing is still open")
	}
}
