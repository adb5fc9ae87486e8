package stream

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"

	"tandem/internal/transport"
)

type connKey struct{}

// WithConn returns a context that carries the connection of a request, for http.Server.ConnContext. A stream sets
// bounds on it.
func WithConn(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, conn)
}

// boundConn prepares the connection of a request for a stream: a stalled reader costs no more than on a socket, and
// a client that vanished is noticed as soon, although it need not answer keep-alives.
func (t *Streams) boundConn(r *http.Request) {
	conn := r.Context().Value(connKey{})
	if secured, ok := conn.(*tls.Conn); ok {
		conn = secured.NetConn()
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(transport.KernelBuffer)
		_ = setUserTimeout(tcp, t.Stall)
	}
}
