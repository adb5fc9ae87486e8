package servertest

import (
	"encoding/json"
	"net/http"
	"sync"
	"testing"
	"time"

	"tandem/internal/memory"
	"tandem/internal/server"
)

// A Standstill is a clock that only the test moves.
type Standstill struct {
	mu sync.Mutex // guards at
	at time.Time
}

func (c *Standstill) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *Standstill) Pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// Limited is an instance with settings whose limits go by a clock of the test.
func Limited(t testing.TB, environment map[string]string) (*Instance, *Standstill) {
	t.Helper()
	return LimitedWith(t, environment, server.Options{})
}

// LimitedWith is Limited with options.
func LimitedWith(t testing.TB, environment map[string]string, options server.Options) (*Instance, *Standstill) {
	t.Helper()
	clock := &Standstill{at: time.Now()}
	backends := server.InProcess()
	backends.Limits = memory.NewLimits(clock.now)
	options.Backends = &backends
	return StartWith(t, environment, options), clock
}

// Rate is settings that let a person do ten things at once, and one a second.
func Rate() map[string]string {
	return map[string]string{"RATE_LIMIT_PER_SECOND": "1", "RATE_LIMIT_BURST": "10"}
}

const WhoAmI = `{ viewer { user { id } } }`

func (p *Person) Post(query string, variables Object) *Response {
	p.T.Helper()
	return p.Do(http.MethodPost, "/graphql", nil, Object{"query": query, "variables": variables})
}

// From makes requests appear to come through a proxy that is trusted, from an address.
func (p *Person) From(address string) *Response {
	p.T.Helper()
	return p.Do(http.MethodPost, "/graphql", map[string]string{"X-Forwarded-For": address}, Object{"query": WhoAmI})
}

// Answer is the whole body, which is JSON.
func (r *Response) Answer() Answer {
	r.t.Helper()
	var body any
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		r.t.Fatal(err)
	}
	return Answer{t: r.t, value: body, request: " to " + r.Request.Method + " " + r.Request.URL.Path}
}

// DialFrom opens a socket as a proxy does for an address.
func DialFrom(t testing.TB, at *Instance, address string) *Hearing {
	t.Helper()
	conn, err := DialWith(t, at, http.Header{"X-Forwarded-For": {address}})
	if err != nil {
		t.Fatal(err)
	}
	return conn
}
