package webpush

import (
	"context"
	"crypto/ecdsa"
	"net"
	"net/http"
)

// Header is (*Identity).header.
var Header = (*Identity).header

// ErrAddress is errAddress.
var ErrAddress = errAddress

// Dial dials an address as the transport does.
func Dial(ctx context.Context, hosts Hosts, address string) error {
	conn, err := newTransport(hosts).DialContext(ctx, "tcp", address)
	if err == nil {
		_ = conn.Close()
	}
	return err
}

// Resolve has names lead to an address, whatever the DNS of this machine says. The address is dialed and checked as ever.
func (s *Sender) Resolve(address string) {
	transport := s.client.Transport.(*http.Transport)
	dial := transport.DialContext
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) { return dial(ctx, network, address) }
}

// SignWith has the sender sign its next messages with a key.
func (s *Sender) SignWith(key *ecdsa.PrivateKey) {
	s.identity.key = key
	clear(s.identity.proofs)
}
