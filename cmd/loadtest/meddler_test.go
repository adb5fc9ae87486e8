package main

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"testing"

	"github.com/gobwas/ws"
)

// meddler is a proxy that passes on what the server sends as meddle says: it is
// called with each message that has an event, its number on its connection, and
// those before it, and returns what to send instead.
func meddler(t *testing.T, server string, meddle func(n int, message []byte, before [][]byte) [][]byte) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go pass(client, server, meddle)
		}
	}()
	return "http://" + listener.Addr().String()
}

// pass passes on one connection.
func pass(client net.Conn, address string, meddle func(int, []byte, [][]byte) [][]byte) {
	defer client.Close()
	server, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	defer server.Close()
	first := bufio.NewReader(client)
	method, _ := first.Peek(3)
	go func() {
		_, _ = io.Copy(server, first)
		_ = server.Close()
	}()
	from := bufio.NewReader(server)
	if string(method) == "GET" { // only sockets begin with it here
		_ = passFrames(client, from, meddle)
		return
	}
	_, _ = io.Copy(client, from)
}

// passFrames passes on the answer to an upgrade, and then frames.
func passFrames(to io.Writer, from *bufio.Reader, meddle func(int, []byte, [][]byte) [][]byte) error {
	for line := []byte("-"); len(bytes.TrimSpace(line)) > 0; {
		var err error
		if line, err = from.ReadBytes('\n'); err != nil {
			return err
		}
		if _, err := to.Write(line); err != nil {
			return err
		}
	}
	var events [][]byte
	for {
		header, err := ws.ReadHeader(from)
		if err != nil {
			return err
		}
		message := make([]byte, header.Length)
		if _, err := io.ReadFull(from, message); err != nil {
			return err
		}
		messages := [][]byte{message}
		if bytes.Contains(message, []byte(`"type":"next"`)) {
			messages = meddle(len(events), message, events)
			events = append(events, message)
		}
		for _, message := range messages {
			if err := ws.WriteFrame(to, ws.NewFrame(header.OpCode, true, message)); err != nil {
				return err
			}
		}
	}
}
