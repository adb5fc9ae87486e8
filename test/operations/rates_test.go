package operations_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/config"
	"tandem/internal/eventually"
	"tandem/internal/server"
	"tandem/internal/servertest"
)

// wantLimited checks that an answer says RATE_LIMITED, and when to come back.
func wantLimited(t *testing.T, r *servertest.Response, after time.Duration) {
	t.Helper()
	r.Want(http.StatusTooManyRequests)
	seconds, err := strconv.Atoi(r.Header.Get("Retry-After"))
	if want := int((after + time.Second - 1) / time.Second); err != nil || seconds != want {
		t.Errorf("Retry-After is %q, want %d", r.Header.Get("Retry-After"), want)
	}
	wantRetry(t, r.Answer().At("errors"), after)
}

// wantRetry checks the same for the errors alone.
func wantRetry(t *testing.T, errors servertest.Answer, after time.Duration) {
	t.Helper()
	servertest.Want(t, "code", errors.Code(), "RATE_LIMITED")
	errors.At("0.extensions.retryAfterMs").Is(strconv.FormatInt(after.Milliseconds()+1, 10))
}

// Outside the demo people are limited unless the settings say otherwise: 20 operations a second and 200 at once.
func TestRatesUnlessSet(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		with        map[string]string
		rate, burst int
	}{
		"for real":      {map[string]string{"AUTH_SECRET": servertest.Secret}, 20, 200},
		"rate alone":    {map[string]string{"AUTH_SECRET": servertest.Secret, "RATE_LIMIT_PER_SECOND": "50"}, 50, 500},
		"burst alone":   {map[string]string{"AUTH_SECRET": servertest.Secret, "RATE_LIMIT_BURST": "30"}, 20, 30},
		"switched off":  {map[string]string{"AUTH_SECRET": servertest.Secret, "RATE_LIMIT_PER_SECOND": "0"}, 0, 0},
		"empty":         {map[string]string{"AUTH_SECRET": servertest.Secret, "RATE_LIMIT_PER_SECOND": "", "RATE_LIMIT_BURST": ""}, 20, 200},
		"demo":          {nil, 0, 0},
		"demo, limited": {map[string]string{"RATE_LIMIT_PER_SECOND": "5"}, 5, 50},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := config.Read(test.with)
			if err != nil || s.Rate != test.rate || s.Burst != test.burst {
				t.Errorf("got %d a second and %d at once (%v), want %d and %d", s.Rate, s.Burst, err, test.rate, test.burst)
			}
		})
	}

	at, _ := servertest.Limited(t, map[string]string{"RATE_LIMIT_PER_SECOND": ""})
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	for range 200 {
		ada.Post(servertest.WhoAmI, nil).Want(http.StatusOK)
	}
	ada.Post(servertest.WhoAmI, nil).Want(http.StatusTooManyRequests)
}

// A flood from one person is refused, whatever the transport. Nobody else is affected, and after the wait the
// person is served again.
func TestOperationsOfOnePerson(t *testing.T) {
	t.Parallel()
	at, clock := servertest.Limited(t, servertest.Rate())
	ada, ben := servertest.Join(t, at, "acme", "ada", collab.RoleMember), servertest.Join(t, at, "acme", "ben", collab.RoleMember)
	s := ada.Connect()
	for i := range 10 {
		if i%2 == 0 {
			ada.Post(servertest.WhoAmI, nil).Want(http.StatusOK)
			continue
		}
		s.Subscribe("q", servertest.WhoAmI, nil)
		s.Next("q")
		s.Read().At("type").Is(`"complete"`)
	}
	wantLimited(t, ada.Post(servertest.WhoAmI, nil), time.Second)
	wantLimited(t, ada.Do(http.MethodGet, "/graphql?query={viewer{role}}", nil, nil), time.Second)
	wantLimited(t, ada.Stream("text/event-stream", servertest.CustomerChanged, nil), time.Second)
	for _, query := range []string{servertest.WhoAmI, servertest.CustomerChanged} {
		s.Subscribe("q", query, nil)
		message := s.Read()
		message.At("type").Is(`"error"`)
		wantRetry(t, message.At("payload"), time.Second)
	}
	ben.Post(servertest.WhoAmI, nil).Want(http.StatusOK)
	servertest.Join(t, at, "other", "ada", collab.RoleMember).Post(servertest.WhoAmI, nil).Want(http.StatusOK)

	clock.Pass(time.Second)
	ada.Post(servertest.WhoAmI, nil).Want(http.StatusOK)
	wantLimited(t, ada.Post(servertest.WhoAmI, nil), time.Second)
}

// Fewer writes are allowed, and several in one operation count as several. Heartbeats are counted separately, so a
// person whose writes are refused is still shown as present.
func TestMutationsOfOnePerson(t *testing.T) {
	t.Parallel()
	at, clock := servertest.Limited(t, map[string]string{"RATE_LIMIT_PER_SECOND": "10", "RATE_LIMIT_BURST": "1000"})
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	const fifty = 50
	writes := "mutation {"
	for i := range fifty {
		writes += " a" + strconv.Itoa(i) + `: recordView(entityId: "cus_1")`
	}
	writes += "}"
	for range 500 / fifty {
		ada.Post(writes, nil).Want(http.StatusOK)
	}
	wantLimited(t, ada.Post(`mutation { recordView(entityId: "cus_1") }`, nil), 200*time.Millisecond)
	s := ada.Connect()
	s.Subscribe("1", writes, nil)
	message := s.Read() // like every mutation that fails: one response, and its end
	message.At("type").Is(`"next"`)
	wantRetry(t, message.At("payload.errors"), fifty*200*time.Millisecond)
	s.Read().At("type").Is(`"complete"`)

	ada.Post(`mutation { heartbeat(room: "r", clientId: "c") { totalCount } }`, nil).Want(http.StatusOK)
	ada.Post(servertest.WhoAmI, nil).Want(http.StatusOK)
	clock.Pass(200 * time.Millisecond)
	ada.Post(`mutation { recordView(entityId: "cus_1") }`, nil).Want(http.StatusOK)
}

// Instances share their counts.
func TestTwoInstancesCountTogether(t *testing.T) {
	t.Parallel()
	settings := servertest.Shared(t)
	settings["RATE_LIMIT_PER_SECOND"], settings["RATE_LIMIT_BURST"] = "1", "40"
	one, two := servertest.Start(t, settings), servertest.Start(t, settings)
	ada := servertest.Join(t, one, "count-together-"+strconv.FormatInt(time.Now().UnixNano(), 36), "ada", collab.RoleMember)
	began, allowed := time.Now(), 0
	for range 40 {
		for _, at := range []*servertest.Instance{one, two} {
			if ada.On(at).Post(servertest.WhoAmI, nil).StatusCode == http.StatusOK {
				allowed++
			}
		}
	}
	if most := 41 + int(time.Since(began)/time.Second); allowed < 40 || allowed > most {
		t.Errorf("%d of 80 were allowed, want 40 to %d", allowed, most)
	}
}

// After many refused credentials from one address, further ones are rate-limited. Good ones from the same address
// are accepted, and so are all from other addresses.
func TestFailedSignIns(t *testing.T) {
	t.Parallel()
	at, clock := servertest.Limited(t, map[string]string{})
	ada, nobody := servertest.Join(t, at, "acme", "ada", collab.RoleMember), &servertest.Person{T: t, At: at, Token: "wrong"}
	for range 20 {
		nobody.From("203.0.113.7").Want(http.StatusUnauthorized)
	}
	wantLimited(t, nobody.From("203.0.113.7"), 6*time.Second)
	wantLimited(t, nobody.From("10.1.2.3, 203.0.113.7"), 6*time.Second)
	wantLimited(t, nobody.From("198.51.100.1, 203.0.113.7"), 6*time.Second) // a client's own claim is not trusted
	nobody.From("203.0.113.8").Want(http.StatusUnauthorized)
	ada.From("203.0.113.7").Want(http.StatusOK)

	s := &servertest.Socket{T: t, Conn: servertest.DialFrom(t, at, "203.0.113.7")}
	s.Write(servertest.Object{"type": "connection_init", "payload": servertest.Object{"authorization": "Bearer wrong"}})
	servertest.Want(t, "code", s.CloseCode(), 1013)
	clock.Pass(6 * time.Second)
	nobody.From("203.0.113.7").Want(http.StatusUnauthorized)

	for range 20 { // one IPv6 network counts as one address
		nobody.From("2001:db8::1").Want(http.StatusUnauthorized)
	}
	wantLimited(t, nobody.From("2001:db8::ffff:1"), 6*time.Second)
	nobody.From("2001:db8:0:1::1").Want(http.StatusUnauthorized)
}

// If the proxy does not send the client's address, nobody is limited by address. If no proxy is trusted, everybody
// has the address of their connection.
func TestAddressesOfProxies(t *testing.T) {
	t.Parallel()
	at, _ := servertest.Limited(t, map[string]string{})
	nobody := &servertest.Person{T: t, At: at, Token: "wrong"}
	for range 50 {
		nobody.From("").Want(http.StatusUnauthorized)
	}
	direct, _ := servertest.Limited(t, map[string]string{"TRUSTED_PROXIES": "none"})
	nobody = &servertest.Person{T: t, At: direct, Token: "wrong"}
	for range 20 {
		nobody.From("203.0.113.7").Want(http.StatusUnauthorized)
	}
	nobody.From("203.0.113.8").Want(http.StatusTooManyRequests)
}

// Before the person is known, an address may send ten times as many requests as a person.
func TestRequestsOfOneAddress(t *testing.T) {
	t.Parallel()
	at, clock := servertest.Limited(t, servertest.Rate())
	for i := range 100 {
		servertest.Join(t, at, "acme", "user"+strconv.Itoa(i/10), collab.RoleMember).From("203.0.113.7").Want(http.StatusOK)
	}
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	wantLimited(t, ada.From("203.0.113.7"), 100*time.Millisecond)
	ada.From("203.0.113.8").Want(http.StatusOK)
	clock.Pass(100 * time.Millisecond)
	ada.From("203.0.113.7").Want(http.StatusOK)
}

// A client that opens sockets over and over is told to come back later, and can.
func TestConnectionsOverAndOver(t *testing.T) {
	t.Parallel()
	at, clock := servertest.Limited(t, map[string]string{"MAX_CONNECTIONS_PER_PERSON": "3"})
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	again := func() *servertest.Socket {
		s := &servertest.Socket{T: t, Conn: servertest.Dial(t, at)}
		s.Write(servertest.Object{"type": "connection_init", "payload": servertest.Object{"authorization": "Bearer " + ada.Token}})
		return s
	}
	for range 12 {
		_ = ada.Connect().Conn.CloseNow()
		eventually.True(t, "the socket is gone", func() bool { return at.Server.Sockets() == 0 })
	}
	servertest.Want(t, "code", again().CloseCode(), 1013)
	wantLimited(t, ada.Stream("text/event-stream", servertest.CustomerChanged, nil), 20*time.Second)
	clock.Pass(20 * time.Second)
	again().Read().At("type").Is(`"connection_ack"`)

	at, _ = servertest.LimitedWith(t, nil, server.Options{AddressConnections: &collab.Limit{Every: time.Minute, Burst: 1}})
	ada = ada.On(at)
	_ = servertest.DialFrom(t, at, "203.0.113.7").CloseNow()
	r := ada.Do(http.MethodGet, "/graphql", map[string]string{"Connection": "Upgrade", "Upgrade": "websocket", "X-Forwarded-For": "203.0.113.7"}, nil)
	wantLimited(t, r, time.Minute)
}

// One person can have a limited number of subscriptions, over all of their connections. After some end, others may
// begin.
func TestSubscriptionsOfOnePerson(t *testing.T) {
	t.Parallel()
	at, _ := servertest.Limited(t, map[string]string{"MAX_CONNECTIONS_PER_PERSON": "2"})
	ada, ben := servertest.Join(t, at, "acme", "ada", collab.RoleMember), servertest.Join(t, at, "acme", "ben", collab.RoleMember)
	one, two := ada.Connect(), ada.Connect()
	for i := range 41 {
		one.Subscribe(strconv.Itoa(i), servertest.CustomerChanged, nil)
	}
	servertest.Want(t, "code", one.Read().At("payload").Code(), "LIMIT_EXCEEDED")
	two.Subscribe("x", servertest.CustomerChanged, nil)
	servertest.Want(t, "code", two.Read().At("payload").Code(), "LIMIT_EXCEEDED")

	customer := ben.Create(servertest.Object{"name": "v1"})
	ben.Update(customer, 1, servertest.Object{"name": "v2"})
	s := ben.Connect()
	s.Subscribe("1", servertest.Follows, servertest.Object{"after": customer["cursor"]})
	s.Next("1")
	_ = one.Conn.CloseNow()
	eventually.True(t, "there is room for another once 40 ended", func() bool {
		two.Subscribe("x", servertest.Follows, servertest.Object{"after": customer["cursor"]})
		return two.Read().Get("type") == "next"
	})
}
