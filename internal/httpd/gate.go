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
	// Sockets is how many WebSockets are open.
	Sockets func() int
	// Refused, if set, is told why a connection was refused.
	Refused func(reason string)

	http   atomic.Int64 // open connections that are no sockets
	people places
}

// HTTP returns how many connections are open that are no sockets.
func (g *Gate) HTTP() int { return int(g.http.Load()) }

// Open returns how many connections are open.
func (g *Gate) Open() int { return g.HTTP() + g.Sockets() }

// ConnState counts the connections of a server.
func (g *Gate) ConnState(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		g.http.Add(1)
	case http.StateClosed, http.StateHijacked:
		g.http.Add(-1)
	}
}

type lateKey struct{}

// ConnContext marks a connection that came when there were already too many.
func (g *Gate) ConnContext(ctx context.Context, _ net.Conn) context.Context {
	if g.Open() < g.Connections {
		return ctx
	}
	return context.WithValue(ctx, lateKey{}, true)
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
