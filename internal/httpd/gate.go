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

// Why a connection is refused, besides the causes of overload.
const (
	refusedFull   = "connections"
	refusedPerson = "person"
	refusedOrigin = "origin"
	refusedToken  = "token"
)

// A Gate decides which new connections an instance takes. Those that it has are
// served in any case. A socket or a stream that is refused before it is known
// whose it is gets 503, which a load balancer can take elsewhere; a person who has
// too many gets 1013 on a socket that has just signed in, and 503 for a stream.
type Gate struct {
	// Connections bounds the open connections of all kinds, PerPerson the sockets
	// and streams of one person. Too few, and people with many tabs are refused;
	// too many, and the instance runs out of files, or one person takes them all.
	// A PerPerson of 0 is no bound.
	Connections, PerPerson int
	// Overload refuses connections while the instance has too much to do.
	Overload *Overload
	// Address returns the address that a connection comes from, or "" for the connections of
	// proxies. If it is nil, connections are not limited by address before they sign in.
	Address func(net.Addr) string
	// Refused, if set, is told why a connection was refused.
	Refused func(reason string)

	http     atomic.Int64 // open connections that are no sockets
	people   places
	visitors visitors
}

// HTTP returns how many connections are open that are no sockets.
func (g *Gate) HTTP() int { return int(g.http.Load()) }

// Open returns how many connections are open, without those that were told to go.
func (g *Gate) Open() int { return g.visitors.count() }

// ConnState counts the connections of a server.
func (g *Gate) ConnState(conn net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		g.http.Add(1)
	case http.StateActive:
		g.visitors.work(conn)
	case http.StateIdle:
		g.visitors.rest(conn)
	case http.StateHijacked:
		g.http.Add(-1)
	case http.StateClosed:
		g.http.Add(-1)
		g.visitors.leave(conn)
	}
}

type lateKey struct{}

// ConnContext lets a connection in. Where there are as many as there may be already, another one has to
// go for it; if all are needed, it marks the new one as late.
func (g *Gate) ConnContext(ctx context.Context, conn net.Conn) context.Context {
	late := g.Open() >= g.Connections && !g.visitors.makeRoom()
	v := g.visitors.add(conn)
	if g.Address != nil {
		g.visitors.locate(v, g.Address(conn.RemoteAddr()), mostOf(g.Connections))
	}
	ctx = context.WithValue(ctx, visitorKey{}, v)
	if late {
		ctx = context.WithValue(ctx, lateKey{}, true)
	}
	return ctx
}

// locate takes note of where a request comes from that a proxy passed on.
func (g *Gate) locate(ctx context.Context, address string) {
	if v, ok := ctx.Value(visitorKey{}).(*visitor); ok && g != nil && g.Address != nil {
		g.visitors.locate(v, address, mostOf(g.Connections))
	}
}

// welcome takes note that the connection of a request has signed in.
func (g *Gate) welcome(ctx context.Context) {
	if v, ok := ctx.Value(visitorKey{}).(*visitor); ok && g != nil {
		g.visitors.welcome(v)
	}
}

// keep takes note that the connection of a context is a socket that has signed in: it does not have to make room.
func (g *Gate) keep(ctx context.Context) {
	if v, ok := ctx.Value(visitorKey{}).(*visitor); ok && g != nil {
		g.visitors.keep(v)
	}
}

// closed takes note that a socket ended.
func (g *Gate) closed(conn net.Conn) {
	if g != nil {
		g.visitors.leave(conn)
	}
}

// guard refuses the requests of connections that are too many, and new sockets.
func (g *Gate) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Context().Value(lateKey{}) != nil && g.Open() > g.Connections {
			w.Header().Set("Connection", "close")
			transport.WriteBusy(w, r, g.refuse(refusedFull, collab.Unavailable, tooMany))
			return
		}
		if r.Header.Get("Upgrade") != "" {
			if err := g.door(); err != nil {
				transport.WriteBusy(w, r, err)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

const tooMany = "this server has as many connections as it can take; try again in a moment"

// door refuses a connection of anybody.
func (g *Gate) door() error {
	if cause := g.Overload.Cause(); cause != "" {
		return g.refuse(cause, collab.Unavailable, "this server has too much to do; try again in a moment")
	}
	if g.Open() > g.Connections {
		return g.refuse(refusedFull, collab.Unavailable, tooMany)
	}
	return nil
}

// admit lets a stream begin, until leave is called.
func (g *Gate) admit(ctx context.Context) (leave func(), err error) {
	if err := g.door(); err != nil {
		return nil, err
	}
	person, _ := bearer(ctx)
	return g.enter(person)
}

// enter counts one more connection of a person, until leave is called.
func (g *Gate) enter(person string) (leave func(), err error) {
	most := g.PerPerson
	if most == 0 {
		most = math.MaxInt
	}
	leave, ok := g.people.take(person, most)
	if !ok {
		return nil, g.refuse(refusedPerson, collab.LimitExceeded,
			fmt.Sprintf("a person may have at most %d connections; close some first", g.PerPerson))
	}
	return leave, nil
}

// refuse counts a refusal. Those who are refused together come back one by one.
func (g *Gate) refuse(reason string, code collab.Code, message string) error {
	if g.Refused != nil {
		g.Refused(reason)
	}
	return &transport.Busy{Code: string(code), Message: message, After: 2*time.Second + rand.N(6*time.Second)}
}
