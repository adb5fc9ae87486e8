package main

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/eventually"
	"tandem/internal/memory"
)

// A standstill is a clock that only the test moves.
type standstill struct {
	mu sync.Mutex
	at time.Time
}

func (c *standstill) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *standstill) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// limited is an instance with settings whose limits go by a clock of the test.
func limited(t *testing.T, environment map[string]string) (*instance, *standstill, *app) {
	t.Helper()
	clock := &standstill{at: time.Now()}
	with := unlinked()
	with.limits = memory.NewLimits(clock.now)
	at, a := built(t, environment, with, func(*app) {})
	return at, clock, a
}

// built is an instance with settings whose inside a test can adjust.
func built(t *testing.T, environment map[string]string, with links, adjust func(*app)) (*instance, *app) {
	t.Helper()
	environment["AUTH_SECRET"] = secret
	if _, set := environment["RATE_LIMIT_PER_SECOND"]; !set {
		environment["RATE_LIMIT_PER_SECOND"] = "0"
	}
	if environment["DATABASE_URL"] == "" {
		environment["DATABASE_URL"] = embedded(t)["DATABASE_URL"]
	}
	s, err := readSettings(environment)
	if err != nil {
		t.Fatal(err)
	}
	store, err := openStore(t.Context(), s, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	a := newApp(s, store, with, slog.New(slog.DiscardHandler))
	adjust(a)
	a.bus.Listen(t.Context(), a.hub.Announce)
	server := httptest.NewUnstartedServer(nil)
	server.Config = a.newServer(a.handler(t.Context(), new(sync.WaitGroup)))
	server.Start()
	t.Cleanup(server.Close)
	return &instance{url: server.URL}, a
}

// rate is settings that let a person do ten things at once, and one a second.
func rate() map[string]string {
	return map[string]string{"RATE_LIMIT_PER_SECOND": "1", "RATE_LIMIT_BURST": "10"}
}

// wantLimited makes sure that an answer says RATE_LIMITED, and when to come back.
func wantLimited(t *testing.T, r *response, after time.Duration) {
	t.Helper()
	r.want(http.StatusTooManyRequests)
	seconds, err := strconv.Atoi(r.Header.Get("Retry-After"))
	if want := int((after + time.Second - 1) / time.Second); err != nil || seconds != want {
		t.Errorf("Retry-After is %q, want %d", r.Header.Get("Retry-After"), want)
	}
	wantRetry(t, r.object(), after)
}

// wantRetry is the same of the errors alone.
func wantRetry(t *testing.T, response object, after time.Duration) {
	t.Helper()
	extensions := firstError(t, response["errors"])
	if extensions["code"] != "RATE_LIMITED" {
		t.Errorf("got %v", response)
	}
	if got, _ := extensions["retryAfterMs"].(float64); got != float64(after.Milliseconds()+1) {
		t.Errorf("retryAfterMs is %v, want %v", extensions["retryAfterMs"], after.Milliseconds()+1)
	}
}

// firstError returns the extensions of the first of some errors.
func firstError(t *testing.T, errs any) object {
	t.Helper()
	list, _ := errs.([]any)
	if len(list) == 0 {
		t.Fatalf("no error in %v", errs)
	}
	extensions, _ := list[0].(object)["extensions"].(object)
	return extensions
}

// Outside the demo people are limited unless the settings say otherwise: 20 operations a second and 200 at once.
func TestRatesUnlessSet(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		with        map[string]string
		rate, burst int
	}{
		"for real":      {map[string]string{"AUTH_SECRET": secret}, 20, 200},
		"rate alone":    {map[string]string{"AUTH_SECRET": secret, "RATE_LIMIT_PER_SECOND": "50"}, 50, 500},
		"burst alone":   {map[string]string{"AUTH_SECRET": secret, "RATE_LIMIT_BURST": "30"}, 20, 30},
		"switched off":  {map[string]string{"AUTH_SECRET": secret, "RATE_LIMIT_PER_SECOND": "0"}, 0, 0},
		"empty":         {map[string]string{"AUTH_SECRET": secret, "RATE_LIMIT_PER_SECOND": "", "RATE_LIMIT_BURST": ""}, 20, 200},
		"demo":          {nil, 0, 0},
		"demo, limited": {map[string]string{"RATE_LIMIT_PER_SECOND": "5"}, 5, 50},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := readSettings(test.with)
			if err != nil || s.rate != test.rate || s.burst != test.burst {
				t.Errorf("got %d a second and %d at once (%v), want %d and %d", s.rate, s.burst, err, test.rate, test.burst)
			}
		})
	}

	at, _, _ := limited(t, map[string]string{"RATE_LIMIT_PER_SECOND": ""})
	ada := join(t, at, "acme", "ada", collab.RoleMember)
	for range 200 {
		ada.post(whoAmI, nil).want(http.StatusOK)
	}
	ada.post(whoAmI, nil).want(http.StatusTooManyRequests)
}

const whoAmI = `{ viewer { user { id } } }`

func (p *person) post(query string, variables object) *response {
	p.t.Helper()
	return p.do(http.MethodPost, "/graphql", nil, object{"query": query, "variables": variables})
}

// A flood of one person is refused, whatever the transport; nobody else notices,
// and after the wait they are let in again.
func TestOperationsOfOnePerson(t *testing.T) {
	t.Parallel()
	at, clock, _ := limited(t, rate())
	ada, ben := join(t, at, "acme", "ada", collab.RoleMember), join(t, at, "acme", "ben", collab.RoleMember)
	s := ada.connect()
	for i := range 10 {
		if i%2 == 0 {
			ada.post(whoAmI, nil).want(http.StatusOK)
			continue
		}
		s.subscribe("q", whoAmI, nil)
		s.next("q")
		want(t, "end", s.read()["type"], "complete")
	}
	wantLimited(t, ada.post(whoAmI, nil), time.Second)
	wantLimited(t, ada.do(http.MethodGet, "/graphql?query={viewer{role}}", nil, nil), time.Second)
	wantLimited(t, ada.stream("text/event-stream", customerChanged, nil), time.Second)
	for _, query := range []string{whoAmI, customerChanged} {
		s.subscribe("q", query, nil)
		message := s.read()
		want(t, "type", message["type"], "error")
		wantRetry(t, object{"errors": message["payload"]}, time.Second)
	}
	ben.post(whoAmI, nil).want(http.StatusOK)
	join(t, at, "other", "ada", collab.RoleMember).post(whoAmI, nil).want(http.StatusOK)

	clock.pass(time.Second)
	ada.post(whoAmI, nil).want(http.StatusOK)
	wantLimited(t, ada.post(whoAmI, nil), time.Second)
}

// Writes are fewer, and several in one operation count as several. Beats are
// counted apart, so that who is refused a write is still seen.
func TestMutationsOfOnePerson(t *testing.T) {
	t.Parallel()
	at, clock, _ := limited(t, map[string]string{"RATE_LIMIT_PER_SECOND": "10", "RATE_LIMIT_BURST": "1000"})
	ada := join(t, at, "acme", "ada", collab.RoleMember)
	const fifty = 50
	writes := "mutation {"
	for i := range fifty {
		writes += " a" + strconv.Itoa(i) + `: recordView(entityId: "cus_1")`
	}
	writes += "}"
	for range 500 / fifty {
		ada.post(writes, nil).want(http.StatusOK)
	}
	wantLimited(t, ada.post(`mutation { recordView(entityId: "cus_1") }`, nil), 200*time.Millisecond)
	s := ada.connect()
	s.subscribe("1", writes, nil)
	message := s.read() // as every mutation that fails: one response, and its end
	want(t, "type", message["type"], "next")
	wantRetry(t, message["payload"].(object), fifty*200*time.Millisecond)
	want(t, "end", s.read()["type"], "complete")

	ada.post(`mutation { heartbeat(room: "r", clientId: "c") { totalCount } }`, nil).want(http.StatusOK)
	ada.post(whoAmI, nil).want(http.StatusOK)
	clock.pass(200 * time.Millisecond)
	ada.post(`mutation { recordView(entityId: "cus_1") }`, nil).want(http.StatusOK)
}

// Instances count together.
func TestTwoInstancesCountTogether(t *testing.T) {
	t.Parallel()
	settings := shared(t)
	settings["RATE_LIMIT_PER_SECOND"], settings["RATE_LIMIT_BURST"] = "1", "40"
	one, two := start(t, settings), start(t, settings)
	ada := join(t, one, "count-together-"+strconv.FormatInt(time.Now().UnixNano(), 36), "ada", collab.RoleMember)
	began, allowed := time.Now(), 0
	for range 40 {
		for _, at := range []*instance{one, two} {
			if ada.on(at).post(whoAmI, nil).StatusCode == http.StatusOK {
				allowed++
			}
		}
	}
	if most := 41 + int(time.Since(began)/time.Second); allowed < 40 || allowed > most {
		t.Errorf("%d of 80 were allowed, want 40 to %d", allowed, most)
	}
}

// from makes requests appear to come through a proxy that is trusted, from an address.
func (p *person) from(address string) *response {
	p.t.Helper()
	return p.do(http.MethodPost, "/graphql", map[string]string{"X-Forwarded-For": address}, object{"query": whoAmI})
}

// Refused credentials of one address are refused more firmly when there are many.
// Good ones of the same address are accepted, and so is everybody elsewhere.
func TestFailedSignIns(t *testing.T) {
	t.Parallel()
	at, clock, _ := limited(t, map[string]string{})
	ada, nobody := join(t, at, "acme", "ada", collab.RoleMember), &person{t: t, at: at, token: "wrong"}
	for range 20 {
		nobody.from("203.0.113.7").want(http.StatusUnauthorized)
	}
	wantLimited(t, nobody.from("203.0.113.7"), 6*time.Second)
	wantLimited(t, nobody.from("10.1.2.3, 203.0.113.7"), 6*time.Second)
	wantLimited(t, nobody.from("198.51.100.1, 203.0.113.7"), 6*time.Second) // what a client says of itself is not believed
	nobody.from("203.0.113.8").want(http.StatusUnauthorized)
	ada.from("203.0.113.7").want(http.StatusOK)

	s := &socket{t: t, conn: dialFrom(t, at, "203.0.113.7")}
	s.write(object{"type": "connection_init", "payload": object{"authorization": "Bearer wrong"}})
	want(t, "code", s.closeCode(), 1013)
	clock.pass(6 * time.Second)
	nobody.from("203.0.113.7").want(http.StatusUnauthorized)

	for range 20 { // one network of IPv6 is one address
		nobody.from("2001:db8::1").want(http.StatusUnauthorized)
	}
	wantLimited(t, nobody.from("2001:db8::ffff:1"), 6*time.Second)
	nobody.from("2001:db8:0:1::1").want(http.StatusUnauthorized)
}

// Where the proxy does not say who it speaks for, nobody is limited by its address;
// where nobody is trusted, everybody has the address that they have.
func TestAddressesOfProxies(t *testing.T) {
	t.Parallel()
	at, _, _ := limited(t, map[string]string{})
	nobody := &person{t: t, at: at, token: "wrong"}
	for range 50 {
		nobody.from("").want(http.StatusUnauthorized)
	}
	direct, _, _ := limited(t, map[string]string{"TRUSTED_PROXIES": "none"})
	nobody = &person{t: t, at: direct, token: "wrong"}
	for range 20 {
		nobody.from("203.0.113.7").want(http.StatusUnauthorized)
	}
	nobody.from("203.0.113.8").want(http.StatusTooManyRequests)
}

// Before it is known who asks, an address may ask ten times as much as a person.
func TestRequestsOfOneAddress(t *testing.T) {
	t.Parallel()
	at, clock, _ := limited(t, rate())
	for i := range 100 {
		join(t, at, "acme", "user"+strconv.Itoa(i/10), collab.RoleMember).from("203.0.113.7").want(http.StatusOK)
	}
	ada := join(t, at, "acme", "ada", collab.RoleMember)
	wantLimited(t, ada.from("203.0.113.7"), 100*time.Millisecond)
	ada.from("203.0.113.8").want(http.StatusOK)
	clock.pass(100 * time.Millisecond)
	ada.from("203.0.113.7").want(http.StatusOK)
}

// Who opens sockets over and over is told to come back, and comes back.
func TestConnectionsOverAndOver(t *testing.T) {
	t.Parallel()
	at, clock, a := limited(t, map[string]string{"MAX_CONNECTIONS_PER_PERSON": "3"})
	ada := join(t, at, "acme", "ada", collab.RoleMember)
	again := func() *socket {
		s := &socket{t: t, conn: dial(t, at)}
		s.write(object{"type": "connection_init", "payload": object{"authorization": "Bearer " + ada.token}})
		return s
	}
	for range 12 {
		_ = ada.connect().conn.CloseNow()
		eventually.True(t, "the socket is gone", func() bool { return a.stats.Sockets() == 0 })
	}
	want(t, "code", again().closeCode(), 1013)
	wantLimited(t, ada.stream("text/event-stream", customerChanged, nil), 20*time.Second)
	clock.pass(20 * time.Second)
	want(t, "type", again().read()["type"], "connection_ack")

	a.limiter.AddressConnections = collab.Limit{Every: time.Minute, Burst: 1}
	_ = dialFrom(t, at, "203.0.113.7").CloseNow()
	r := ada.do(http.MethodGet, "/graphql", map[string]string{"Connection": "Upgrade", "Upgrade": "websocket", "X-Forwarded-For": "203.0.113.7"}, nil)
	wantLimited(t, r, time.Minute)
}

// One person has so many subscriptions, over all of their connections. Who ends some may begin others.
func TestSubscriptionsOfOnePerson(t *testing.T) {
	t.Parallel()
	at, _, _ := limited(t, map[string]string{"MAX_CONNECTIONS_PER_PERSON": "2"})
	ada, ben := join(t, at, "acme", "ada", collab.RoleMember), join(t, at, "acme", "ben", collab.RoleMember)
	one, two := ada.connect(), ada.connect()
	for i := range 41 {
		one.subscribe(strconv.Itoa(i), customerChanged, nil)
	}
	want(t, "code", firstError(t, one.read()["payload"])["code"], "LIMIT_EXCEEDED")
	two.subscribe("x", customerChanged, nil)
	want(t, "code", firstError(t, two.read()["payload"])["code"], "LIMIT_EXCEEDED")

	customer := ben.create(object{"name": "v1"})
	ben.update(customer, 1, object{"name": "v2"})
	s := ben.connect()
	s.subscribe("1", follows, object{"after": customer["cursor"]})
	s.next("1")
	_ = one.conn.CloseNow()
	eventually.True(t, "there is room for another once 40 ended", func() bool {
		two.subscribe("x", follows, object{"after": customer["cursor"]})
		return two.read()["type"] == "next"
	})
}

// object is the whole body.
func (r *response) object() (body object) {
	r.t.Helper()
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		r.t.Fatal(err)
	}
	return body
}

// dialFrom opens a socket as a proxy does for an address.
func dialFrom(t *testing.T, at *instance, address string) *hearing {
	t.Helper()
	conn, err := dialWith(t, at, http.Header{"X-Forwarded-For": {address}})
	if err != nil {
		t.Fatal(err)
	}
	return conn
}
