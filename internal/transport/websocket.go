// Package transport is the realtime wire: it carries GraphQL operations and
// their events over WebSockets. It knows no noun of the CRM.
package transport

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	gqltransport "github.com/99designs/gqlgen/graphql/handler/transport"
)

// Close codes, chosen by what the reference client does on them: it comes back
// after both.
const (
	closeForbidden      = 4403 // a bad or expired token
	closeServiceRestart = 1012 // a drain
)

// maxMessage bounds a message of a client, in bytes. A larger one closes its
// connection with 1009.
const maxMessage = 1 << 20

// errExpired is the cause of the cancelled context of a connection whose token ran out.
var errExpired = errors.New("the token has expired")

// ErrDraining is the cause of the cancelled context of a connection that is
// closed because the instance stops. Its client resumes on another one.
var ErrDraining = errors.New("the instance is draining")

// A WebSocket serves graphql-transport-ws, and the older graphql-ws for clients
// that offer nothing else.
type WebSocket struct {
	// Init checks the payload of connection_init. It returns the context of the
	// connection's operations, and when the connection ends because its token
	// does. An error closes the connection with 4403, and its text is the reason
	// that the client is shown.
	Init func(ctx context.Context, payload map[string]any) (context.Context, time.Time, error)
	// InitTimeout is how long a client may take to send connection_init. Too
	// short, and slow phones never connect; too long, and idle sockets cost memory.
	InitTimeout time.Duration
	// WriteTimeout is how long a write may make no progress before the
	// connection is closed. Too short, and a train tunnel ends it; too long, and
	// readers that stand still are kept.
	WriteTimeout time.Duration
	// PingInterval is how often a client is asked whether it is still there. One
	// that does not answer within twice this time is closed.
	PingInterval time.Duration
	// Origins are the patterns of the origins that a browser may connect from,
	// besides the server's own.
	Origins []string
	// Draining ends when the instance stops; then every connection is closed.
	Draining context.Context
	// Sockets counts the open ones, until their close handshake is over.
	Sockets *sync.WaitGroup
}

// Supports reports whether the request asks for a WebSocket.
func (t WebSocket) Supports(r *http.Request) bool { return r.Header.Get("Upgrade") != "" }

// Do serves one connection until it ends.
func (t WebSocket) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	t.Sockets.Add(1)
	defer t.Sockets.Done()
	ctx, end := context.WithCancelCause(r.Context())
	defer end(nil)
	stop := context.AfterFunc(t.Draining, func() { end(ErrDraining) })
	defer stop()
	ctx = context.WithValue(ctx, streamsKey{}, true)
	gqltransport.Websocket{
		Implementation:        &accepter{WebSocket: t, ctx: ctx, end: end},
		InitFunc:              t.init(end),
		InitTimeout:           t.InitTimeout,
		PingPongInterval:      t.PingInterval,
		KeepAlivePingInterval: t.PingInterval,
		PayloadReadLimit:      new(int64(maxMessage)),
	}.Do(w, r.WithContext(ctx), exec)
}

func (t WebSocket) init(end context.CancelCauseFunc) gqltransport.WebsocketInitFunc {
	return func(ctx context.Context, payload gqltransport.InitPayload) (context.Context, *gqltransport.InitPayload, error) {
		ready, expires, err := t.Init(ctx, payload)
		if err != nil {
			ctx = gqltransport.AppendCloseReason(ctx, err.Error())
			return gqltransport.WithWebsocketCloseCode(ctx, closeForbidden), nil, err
		}
		expiry := time.AfterFunc(time.Until(expires), func() { end(errExpired) })
		context.AfterFunc(ctx, func() { expiry.Stop() })
		return ready, nil, nil
	}
}

type streamsKey struct{}

// Streams reports whether the operation arrived on a transport that can carry a subscription.
func Streams(ctx context.Context) bool { return ctx.Value(streamsKey{}) != nil }
