package servertest

import (
	"io"
	"net"
	"net/url"
	"sync/atomic"
	"testing"
)

// A Hanging database is one behind a relay, which may stop passing anything on without closing a connection.
type Hanging struct {
	URL   string
	hangs atomic.Bool
}

// NewHanging returns a relay to the Postgres that a URL names.
func NewHanging(t testing.TB, databaseURL string) *Hanging {
	t.Helper()
	target, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	h, postgres := &Hanging{}, target.Host
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", postgres)
			if err != nil {
				_ = client.Close()
				continue
			}
			go h.pass(client, server)
			go h.pass(server, client)
		}
	}()
	target.Host = listener.Addr().String()
	h.URL = target.String()
	return h
}

func (h *Hanging) Hang() { h.hangs.Store(true) }

// pass hands on what one end sends, until it hangs: then it only reads.
func (h *Hanging) pass(to io.WriteCloser, from io.Reader) {
	defer func() { _ = to.Close() }()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		if h.hangs.Load() {
			continue
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}
