package certificates_test

import (
	"encoding/binary"
	"io"
	"net"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// A forwarder is the port at which the authority verifies a host. Its connections wait for the instances that they go to.
type forwarder struct {
	listener net.Listener
	targets  chan string // each in its turn
}

func startForwarder(t *testing.T) *forwarder {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &forwarder{listener, make(chan string, 2)}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go f.forward(conn)
		}
	}()
	return f
}

func (f *forwarder) port() int { return portOf(f.listener.Addr().String()) }

// to adds an address that connections go to.
func (f *forwarder) to(address string) { f.targets <- address }

func (f *forwarder) forward(client net.Conn) {
	defer func() { _ = client.Close() }()
	target := <-f.targets
	f.targets <- target
	instance, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	defer func() { _ = instance.Close() }()
	go func() { _, _ = io.Copy(instance, client) }()
	_, _ = io.Copy(client, instance)
}

// startDNS starts a DNS server for which every host is this machine, and returns its address. It answers over TCP, which Pebble uses.
func startDNS(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go serveDNS(conn)
		}
	}()
	return listener.Addr().String()
}

// serveDNS answers the queries of a connection. Each message has its length before it.
func serveDNS(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	for {
		var length uint16
		if err := binary.Read(conn, binary.BigEndian, &length); err != nil {
			return
		}
		query := make([]byte, length)
		if _, err := io.ReadFull(conn, query); err != nil {
			return
		}
		answer, err := answerDNS(query)
		if err != nil {
			return
		}
		if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)); err != nil {
			return
		}
	}
}

// answerDNS answers that a host has the address 127.0.0.1, and nothing else.
func answerDNS(query []byte) ([]byte, error) {
	var message dnsmessage.Message
	if err := message.Unpack(query); err != nil {
		return nil, err
	}
	message.Response, message.RecursionAvailable, message.Additionals = true, true, nil
	for _, q := range message.Questions {
		if q.Type == dnsmessage.TypeA {
			header := dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: 1}
			message.Answers = append(message.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}}})
		}
	}
	return message.Pack()
}
