package webpush

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

const (
	// dialTime bounds looking up and reaching a push service, handshakeTime the agreement on its key.
	dialTime      = 5 * time.Second
	handshakeTime = 5 * time.Second
	// maxAnswerHeader bounds the headers of an answer, and maxAnswer what is read of its body, in bytes.
	maxAnswerHeader = 16 << 10
	maxAnswer       = 4 << 10
	// mostIdle is how many connections to one push service are kept, and mostIdleAll to all. A push service that speaks
	// HTTP/1.1 gets as many at once as messages are under way to it; with fewer kept, most messages would dial.
	mostIdle    = 64
	mostIdleAll = 256
)

// errAddress is the error of dialing an address that is not public.
var errAddress = errors.New("the address is not public")

// newTransport returns the connections to push services. The address is checked when it is dialed, after the name was
// looked up, so that a name can't be checked with one address and dialed with another. Proxies of the environment are not
// used: the address that counts would be theirs.
func newTransport(hosts Hosts) *http.Transport {
	free := &net.Dialer{Timeout: dialTime}
	guarded := &net.Dialer{Timeout: dialTime, Control: onlyPublic}
	return &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			name, port, err := net.SplitHostPort(address)
			if err != nil {
				return nil, err
			}
			if hosts.trusts(name, port) {
				return free.DialContext(ctx, network, address)
			}
			return guarded.DialContext(ctx, network, address)
		},
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    handshakeTime,
		MaxResponseHeaderBytes: maxAnswerHeader,
		MaxIdleConnsPerHost:    mostIdle,
		MaxIdleConns:           mostIdleAll,
		IdleConnTimeout:        90 * time.Second,
	}
}

// onlyPublic refuses an address that is about to be dialed.
func onlyPublic(_, address string, _ syscall.RawConn) error {
	parsed, err := netip.ParseAddrPort(address)
	if err != nil || !isPublic(parsed.Addr().Unmap()) {
		return errAddress
	}
	return nil
}
