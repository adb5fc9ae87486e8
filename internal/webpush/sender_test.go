package webpush_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/webpush"
	"tandem/internal/webpushtest"
)

const subject = "mailto:ops@crm.example"

// newSender returns a sender that trusts some hosts, and its public key.
func newSender(t *testing.T, hosts ...string) (*webpush.Sender, string) {
	t.Helper()
	private, err := webpush.NewPrivateKey()
	if err != nil {
		t.Fatal(err)
	}
	identity, err := webpush.ParseIdentity(private, subject, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	trusted, err := webpush.ParseHosts(hosts)
	if err != nil {
		t.Fatal(err)
	}
	sender, err := webpush.NewSender(identity, trusted)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sender.Close)
	return sender, identity.PublicKey()
}

func subscription(t *testing.T, b *webpushtest.Browser) webpush.Subscription {
	t.Helper()
	keys, err := webpush.ParseKeys(b.P256dh, b.Auth)
	if err != nil {
		t.Fatal(err)
	}
	return webpush.Subscription{Endpoint: b.Endpoint, Keys: keys}
}

func send(t *testing.T, s *webpush.Sender, to webpush.Subscription) webpush.Outcome {
	t.Helper()
	outcome, err := s.Send(t.Context(), to, webpush.Message{ID: "ntf_1", Title: "Hello", TTL: time.Hour, Urgency: webpush.UrgencyNormal})
	if err != nil {
		t.Fatal(err)
	}
	return outcome
}

func TestMessageArrives(t *testing.T) {
	t.Parallel()
	service := webpushtest.Start(t)
	sender, key := newSender(t, service.Host())
	browser := service.Subscribe(key)
	for range 2 { // the second one with the same proof
		if got := send(t, sender, subscription(t, browser)); got.Verdict != webpush.Sent {
			t.Fatalf("got %+v", got)
		}
	}
	m := browser.Messages()[1]
	if m.WebPush != 8030 || m.Notification.Title != "Hello" || m.Notification.Tag != "ntf_1" || m.TTL != 3600 || m.Urgency != "normal" || m.Subject != subject {
		t.Errorf("got %+v", m)
	}
}

func TestAnswersAreJudged(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		status  int
		headers []string
		want    webpush.Outcome
	}{
		"gone":                   {410, nil, webpush.Outcome{Verdict: webpush.Gone, Reason: webpush.ReasonGone}},
		"not found":              {404, nil, webpush.Outcome{Verdict: webpush.Gone, Reason: webpush.ReasonGone}},
		"too large":              {413, nil, webpush.Outcome{Verdict: webpush.Drop, Reason: webpush.ReasonTooLarge}},
		"limited":                {429, []string{"Retry-After", "7"}, webpush.Outcome{Verdict: webpush.Retry, Reason: webpush.ReasonLimited, After: 7 * time.Second}},
		"limited until a past":   {429, []string{"Retry-After", "Thu, 01 Jan 1970 00:00:00 GMT"}, webpush.Outcome{Verdict: webpush.Retry, Reason: webpush.ReasonLimited}},
		"limited for ever":       {429, []string{"Retry-After", "999999999"}, webpush.Outcome{Verdict: webpush.Retry, Reason: webpush.ReasonLimited, After: time.Hour}},
		"limited beyond 31 bits": {429, []string{"Retry-After", "99999999999999"}, webpush.Outcome{Verdict: webpush.Retry, Reason: webpush.ReasonLimited, After: time.Hour}},
		"limited without a time": {429, []string{"Retry-After", "soon"}, webpush.Outcome{Verdict: webpush.Retry, Reason: webpush.ReasonLimited}},
		"no storage":             {507, []string{"Retry-After", "7"}, webpush.Outcome{Verdict: webpush.Retry, Reason: webpush.ReasonLimited, After: 7 * time.Second}},
		"unavailable":            {503, []string{"Retry-After", "2"}, webpush.Outcome{Verdict: webpush.Retry, Reason: webpush.ReasonFailed, After: 2 * time.Second}},
		"failed":                 {500, nil, webpush.Outcome{Verdict: webpush.Retry, Reason: webpush.ReasonFailed}},
		"refused":                {403, nil, webpush.Outcome{Verdict: webpush.Retry, Reason: webpush.ReasonRefused}},
		"redirected":             {307, []string{"Location", "http://169.254.169.254/"}, webpush.Outcome{Verdict: webpush.Retry, Reason: webpush.ReasonRefused}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			service := webpushtest.Start(t)
			sender, key := newSender(t, service.Host())
			service.Answer(webpushtest.Always(tc.status), tc.headers...)
			if got := send(t, sender, subscription(t, service.Subscribe(key))); got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

// A redirect is not followed, also to a host that is trusted.
func TestRedirectsAreRefused(t *testing.T) {
	t.Parallel()
	service := webpushtest.Start(t)
	sender, key := newSender(t, service.Host())
	from, to := service.Subscribe(key), service.Subscribe(key)
	service.Answer(func(b *webpushtest.Browser, _ int) int {
		if b == from {
			return http.StatusPermanentRedirect
		}
		return http.StatusCreated
	}, "Location", to.Endpoint)
	send(t, sender, subscription(t, from))
	if to.Attempts() != 0 {
		t.Error("the redirect was followed")
	}
}

func TestPrivateEndpointsAreNotTried(t *testing.T) {
	t.Parallel()
	service := webpushtest.Start(t)
	sender, key := newSender(t)
	to := subscription(t, service.Subscribe(key)) // over plain http, at this machine
	if got := send(t, sender, to); got.Verdict != webpush.Gone || got.Reason != webpush.ReasonAddress {
		t.Errorf("got %+v", got)
	}
	if attempts, _ := service.Attempts(); attempts != 0 {
		t.Errorf("%d messages were sent", attempts)
	}
}

// A name that leads to this machine is not dialed. It is tried again: a resolver that fails must not cost people their subscriptions.
func TestNamesAtPrivateAddressesAreTriedAgain(t *testing.T) {
	t.Parallel()
	service := webpushtest.Start(t)
	sender, key := newSender(t)
	sender.Resolve(service.Host())
	to := subscription(t, service.Subscribe(key))
	to.Endpoint = "https://push.crm.dev/1"
	if got := send(t, sender, to); got.Verdict != webpush.Retry || got.Reason != webpush.ReasonAddress {
		t.Errorf("got %+v", got)
	}
	if attempts, _ := service.Attempts(); attempts != 0 {
		t.Errorf("%d messages were sent", attempts)
	}
}

// A message that is longer than push services accept is dropped. A message that the server can't prepare for another reason is not: the
// error goes to the caller, who tries again.
func TestMessagesThatCannotBePrepared(t *testing.T) {
	t.Parallel()
	service := webpushtest.Start(t)
	sender, key := newSender(t, service.Host())
	to := subscription(t, service.Subscribe(key))
	long := webpush.Message{ID: "ntf_1", Navigate: strings.Repeat("x", webpush.MaxPayload)}
	if got, err := sender.Send(t.Context(), to, long); err != nil || got.Verdict != webpush.Drop || got.Reason != webpush.ReasonTooLarge {
		t.Errorf("too long: %+v, %v", got, err)
	}
	unfit, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sender.SignWith(unfit)
	if got, err := sender.Send(t.Context(), to, webpush.Message{ID: "ntf_1"}); err == nil || got != (webpush.Outcome{}) {
		t.Errorf("not signed: %+v, %v", got, err)
	}
	if attempts, _ := service.Attempts(); attempts != 0 {
		t.Errorf("%d messages were sent", attempts)
	}
	if limited := sender.Limited(); len(limited) > 0 {
		t.Errorf("the push service counts as failing: %v", limited)
	}
}

// An address is checked when it is dialed, since a name may lead elsewhere than before.
func TestPrivateAddressesAreNotDialed(t *testing.T) {
	t.Parallel()
	service := webpushtest.Start(t)
	_, port, _ := net.SplitHostPort(service.Host())
	for _, host := range []string{"127.0.0.1", "localhost", "::ffff:127.0.0.1"} {
		err := webpush.Dial(t.Context(), webpush.Hosts{}, net.JoinHostPort(host, port))
		if !errors.Is(err, webpush.ErrAddress) {
			t.Errorf("%s: %v", host, err)
		}
	}
	hosts, err := webpush.ParseHosts([]string{"localhost"})
	if err != nil {
		t.Fatal(err)
	}
	if err := webpush.Dial(t.Context(), hosts, "localhost:"+port); err != nil {
		t.Errorf("a trusted host: %v", err)
	}
}

// An endless answer ends after what is read of it.
func TestAnswersAreBounded(t *testing.T) {
	t.Parallel()
	written := make(chan int, 1)
	endless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusCreated)
		bytes := 0
		for r.Context().Err() == nil {
			n, err := w.Write(make([]byte, 64<<10))
			if bytes += n; err != nil {
				break
			}
		}
		written <- bytes
	}))
	t.Cleanup(endless.Close)
	service := webpushtest.Start(t)
	sender, key := newSender(t, strings.TrimPrefix(endless.URL, "http://"))
	to := subscription(t, service.Subscribe(key))
	to.Endpoint = endless.URL + "/"
	if got := send(t, sender, to); got.Verdict != webpush.Sent {
		t.Errorf("got %+v", got)
	}
	// The connection buffers some bytes that the sender does not read.
	if most, bytes := 16<<20, <-written; bytes > most {
		t.Errorf("%d bytes of the answer were taken", bytes)
	}
}

func TestProofsAreRenewed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		private, err := webpush.NewPrivateKey()
		if err != nil {
			t.Fatal(err)
		}
		identity, err := webpush.ParseIdentity(private, "", time.Now)
		if err != nil {
			t.Fatal(err)
		}
		header := func() string {
			text, err := webpush.Header(identity, "https://push.example")
			if err != nil {
				t.Fatal(err)
			}
			return text
		}
		first := header()
		time.Sleep(10 * time.Hour)
		if header() != first {
			t.Error("the proof was made anew while it was valid")
		}
		time.Sleep(time.Hour)
		if header() == first {
			t.Error("the proof was used until its end")
		}
	})
}

// Push services refuse a proof that is good for more than a day, as one is that was made while the clock was ahead.
func TestProofAfterTheClockWasAhead(t *testing.T) {
	private, err := webpush.NewPrivateKey()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	identity, err := webpush.ParseIdentity(private, "", func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	ahead, err := webpush.Header(identity, "https://push.example")
	if err != nil {
		t.Fatal(err)
	}
	for _, back := range []time.Duration{time.Minute, 48 * time.Hour} {
		now = now.Add(-back)
		if header, err := webpush.Header(identity, "https://push.example"); err != nil || header == ahead {
			t.Errorf("the proof is kept after the clock was set back by %v: %v", back, err)
		}
	}
}

func TestPrivateKeys(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "AAAA", strings.Repeat("A", 43), strings.Repeat("_", 43), "not base64url"} {
		if _, err := webpush.ParseIdentity(text, "", time.Now); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}
