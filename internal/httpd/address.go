package httpd

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"tandem/internal/collab"
)

type addressKey struct{}

// addressOf returns where a request came from, or "" where that is not known.
func addressOf(ctx context.Context) string {
	at, _ := ctx.Value(addressKey{}).(string)
	return at
}

// address returns the network address of the client that a request comes from: the
// other end of the connection, or if that is a proxy that is trusted, the last
// one in X-Forwarded-For that is none. All of an IPv6 network of 64 bits are one,
// since one customer of a provider has as many. It is "" if all are proxies, or
// the header can't be read from there on: clients that a proxy does not tell apart
// must not be limited together.
func (l *Limiter) address(r *http.Request) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	at := peer.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; l.trusts(at); i-- {
		if i < 0 {
			return ""
		}
		if at, err = parseHop(hops[i]); err != nil {
			return ""
		}
	}
	return networkOf(at)
}

// Peer returns the address that a connection comes from, or "" for those of proxies that are trusted,
// which come from many.
func (l *Limiter) Peer(remote net.Addr) string {
	peer, err := netip.ParseAddrPort(remote.String())
	if err != nil || l.trusts(peer.Addr().Unmap()) {
		return ""
	}
	return networkOf(peer.Addr().Unmap())
}

// networkOf returns what is one client: an IPv4 address, or an IPv6 network of 64 bits.
func networkOf(at netip.Addr) string {
	if at.Is6() {
		network, _ := at.WithZone("").Prefix(64)
		return network.String()
	}
	return at.String()
}

// clientHeaders are those by which applications say what they are.
var clientHeaders = []string{"apollographql-client-name", "graphql-client-name"}

// origin returns where a request from an address comes from, and what sent it. If
// the address is not known, it is the other end of the connection: rather the
// proxy than nothing.
func origin(r *http.Request, address string) collab.Origin {
	if peer, err := netip.ParseAddrPort(r.RemoteAddr); address == "" && err == nil {
		address = peer.Addr().Unmap().WithZone("").String()
	}
	client := ""
	for _, name := range clientHeaders {
		if client == "" {
			client = r.Header.Get(name)
		}
	}
	return collab.NewOrigin(address, r.UserAgent(), client)
}

// parseHop reads one address of X-Forwarded-For, to which some proxies add a port.
func parseHop(hop string) (netip.Addr, error) {
	hop = strings.TrimSpace(hop)
	if withPort, err := netip.ParseAddrPort(hop); err == nil {
		return withPort.Addr().Unmap(), nil
	}
	at, err := netip.ParseAddr(strings.Trim(hop, "[]"))
	return at.Unmap(), err
}

func (l *Limiter) trusts(at netip.Addr) bool {
	for _, proxy := range l.Proxies {
		if proxy.Contains(at.WithZone("")) {
			return true
		}
	}
	return false
}
