package transport

import (
	"context"
	"net"
	"net/http"
)

type connKey struct{}

// WithConn returns a context that carries the connection of a server's requests:
// a stream bounds what the kernel keeps for it. It is for http.Server.ConnContext.
func WithConn(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, conn)
}

// boundConn prepares the connection of a request for a stream: a reader that
// stands still costs no more than on a socket, and one that is gone without a word
// is noticed as soon, although nothing has to answer a keep-alive.
func (t *Streams) boundConn(r *http.Request) {
	if tcp, ok := r.Context().Value(connKey{}).(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(kernelBuffer)
		_ = setUserTimeout(tcp, t.Stall)
	}
}
