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

// addressOf returns the address that a request came from, or "" if it is unknown.
func addressOf(ctx context.Context) string {
	at, _ := ctx.Value(addressKey{}).(string)
	return at
}

// address returns the address of the client of a request: the peer of the connection or, if that is
// a trusted proxy, the last address in X-Forwarded-For that is not one. All addresses of an IPv6
// network of 64 bits count as one, since providers give each customer such a network. The address is
// "" if all are proxies, or the header can't be read: clients that a proxy does not distinguish must
// not share one limit.
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

// Peer returns the address of a connection, or "" for the connection of a trusted proxy, which serves
// many clients.
func (l *Limiter) Peer(remote net.Addr) string {
	peer, err := netip.ParseAddrPort(remote.String())
	if err != nil || l.trusts(peer.Addr().Unmap()) {
		return ""
	}
	return networkOf(peer.Addr().Unmap())
}

// networkOf returns the network of one client: an IPv4 address, or an IPv6 network of 64 bits.
func networkOf(at netip.Addr) string {
	if at.Is6() {
		network, _ := at.WithZone("").Prefix(64)
		return network.String()
	}
	return at.String()
}

// clientHeaders are the headers with which applications name themselves.
var clientHeaders = []string{"apollographql-client-name", "graphql-client-name"}

// origin returns the origin of a request for the audit trail. If the address is unknown, it has the
// peer of the connection, which is the proxy.
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
