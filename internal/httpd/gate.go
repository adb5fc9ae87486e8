package httpd

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"tandem/internal/collab"
	"tandem/internal/transport"
)

// Reasons to reject a connection, besides the causes of overload.
const (
	refusedFull   = "connections"
	refusedPerson = "person"
	refusedOrigin = "origin"
	refusedToken  = "token"
)

// A Gate decides which new connections an instance accepts. It never closes a connection that has
// signed in and has a request under way. A rejected socket or stream gets 503 before it has signed
// in, so a load balancer can send it to another instance. For a person with too many connections, a
// socket that has just signed in is closed with 1013, and a stream gets 503.
type Gate struct {
	// Connections bounds the open connections of all kinds, PerPerson the sockets and streams of
	// one person. A low value rejects people with many tabs. A high value lets the instance run out
	// of files, or one person take them all. A PerPerson of 0 sets no bound.
	Connections, PerPerson int
	// Overload rejects new connections while the instance is overloaded.
	Overload *Overload
	// Address returns the address of a connection, or "" for a trusted proxy's. If it is nil,
	// connections are not limited by address before they sign in.
	Address func(net.Addr) string
	// Refused, if set, is called with the reason for each rejected connection.
	Refused func(reason string)

	http   atomic.Int64 // open connections other than sockets
	people quota        // the sockets and streams of each person
	open   connections
}

// HTTP returns the number of open connections other than sockets.
func (g *Gate) HTTP() int { return int(g.http.Load()) }

// Open returns the number of open connections, without the evicted ones.
func (g *Gate) Open() int { return g.open.count() }

// ConnState is for http.Server.ConnState.
func (g *Gate) ConnState(conn net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		g.http.Add(1)
	case http.StateActive:
		g.open.setActive(conn)
	case http.StateIdle:
		g.open.setIdle(conn)
	case http.StateHijacked:
		g.http.Add(-1)
	case http.StateClosed:
		g.http.Add(-1)
		g.open.remove(conn)
	}
}

type rejectedKey struct{}

// ConnContext is for http.Server.ConnContext. At the limit it evicts another connection for the new
// one; if the server needs all of them, it marks the new one as rejected.
func (g *Gate) ConnContext(ctx context.Context, conn net.Conn) context.Context {
	rejected := g.Open() >= g.Connections && !g.open.evictOne()
	c := g.open.add(conn)
	if g.Address != nil {
		g.open.setAddress(c, g.Address(conn.RemoteAddr()), maxAnonymous(g.Connections))
	}
	ctx = context.WithValue(ctx, connectionKey{}, c)
	if rejected {
		ctx = context.WithValue(ctx, rejectedKey{}, true)
	}
	return ctx
}

// setAddress sets the address of the connection of a request that came through a proxy.
func (g *Gate) setAddress(ctx context.Context, address string) {
	if c, ok := ctx.Value(connectionKey{}).(*connection); ok && g != nil && g.Address != nil {
		g.open.setAddress(c, address, maxAnonymous(g.Connections))
	}
}

// signIn records that the connection of a request has signed in.
func (g *Gate) signIn(ctx context.Context) {
	if c, ok := ctx.Value(connectionKey{}).(*connection); ok && g != nil {
		g.open.signIn(c)
	}
}

// pin protects the connection of a socket that has signed in from eviction.
func (g *Gate) pin(ctx context.Context) {
	if c, ok := ctx.Value(connectionKey{}).(*connection); ok && g != nil {
		g.open.pin(c)
	}
}

// closed records that a socket is closed.
func (g *Gate) closed(conn net.Conn) {
	if g != nil {
		g.open.remove(conn)
	}
}

// guard rejects requests of connections above the limit, and new sockets above it.
func (g *Gate) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Context().Value(rejectedKey{}) != nil && g.Open() > g.Connections {
			w.Header().Set("Connection", "close")
			transport.WriteBusy(w, r, g.reject(refusedFull, collab.Unavailable, tooMany))
			return
		}
		if r.Header.Get("Upgrade") != "" {
			if err := g.checkCapacity(); err != nil {
				transport.WriteBusy(w, r, err)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

const tooMany = "this server has as many connections as it can take; try again in a moment"

// checkCapacity returns an error while the instance is full or overloaded.
func (g *Gate) checkCapacity() error {
	if cause := g.Overload.Cause(); cause != "" {
		return g.reject(cause, collab.Unavailable, "this server is overloaded; try again in a moment")
	}
	if g.Open() > g.Connections {
		return g.reject(refusedFull, collab.Unavailable, tooMany)
	}
	return nil
}

// reserveStream reserves a place for a stream until release is called.
func (g *Gate) reserveStream(ctx context.Context) (release func(), err error) {
	if err := g.checkCapacity(); err != nil {
		return nil, err
	}
	person, _ := bearer(ctx)
	return g.reserve(person)
}

// reserve counts one more connection of a person until release is called.
func (g *Gate) reserve(person string) (release func(), err error) {
	most := g.PerPerson
	if most == 0 {
		most = math.MaxInt
	}
	release, ok := g.people.reserve(person, most)
	if !ok {
		return nil, g.reject(refusedPerson, collab.LimitExceeded,
			fmt.Sprintf("a person may have at most %d connections; close some first", g.PerPerson))
	}
	return release, nil
}

// reject counts a rejected connection and returns the error for its client. The delay until clients
// reconnect is random, so that they do not reconnect all at once.
func (g *Gate) reject(reason string, code collab.Code, message string) error {
	if g.Refused != nil {
		g.Refused(reason)
	}
	return &transport.Busy{Code: string(code), Message: message, After: 2*time.Second + rand.N(6*time.Second)}
}
