package webpushtest

import (
	"encoding/base64"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// A Service is a push service on this machine, over plain http.
type Service struct {
	URL string

	t        testing.TB
	mu       sync.Mutex // guards what follows, and the subscriptions
	browsers map[string]*Browser
	answer   func(to *Browser, attempt int) int // nil accepts everything
	header   http.Header
	hang     chan struct{}   // closed when the test ends
	delay    <-chan struct{} // nil answers at once
	prompt   *Browser        // is answered at once all the same
	attempts int
	active   map[string]int // messages under way, by who sends them
	most     int
}

// Start starts a push service that ends with the test.
func Start(t testing.TB) *Service {
	s := &Service{t: t, browsers: map[string]*Browser{}, hang: make(chan struct{}), header: http.Header{}, active: map[string]int{}}
	server := httptest.NewServer(s)
	s.URL = server.URL
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(s.hang) })
	return s
}

// Host returns the service as PUSH_HOSTS names it.
func (s *Service) Host() string { return strings.TrimPrefix(s.URL, "http://") }

// Hang as an answer keeps the sender waiting.
const Hang = -1

// Answer has the service answer with a status that depends on the subscription and on how many messages were sent to it before;
// Hang never answers. Answers have headers besides.
func (s *Service) Answer(answer func(to *Browser, attempt int) int, headers ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer, s.header = answer, http.Header{}
	for i := 0; i+1 < len(headers); i += 2 {
		s.header.Set(headers[i], headers[i+1])
	}
}

// Always is an answer for Answer.
func Always(status int) func(*Browser, int) int { return func(*Browser, int) int { return status } }

// Delay has the service answer only once a channel is closed, except for messages to one browser.
func (s *Service) Delay(until <-chan struct{}, except *Browser) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delay, s.prompt = until, except
}

// Attempts returns how many messages were sent to the service, and how many were under way at once.
func (s *Service) Attempts() (all, most int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.attempts, s.most
}

// UnderWay returns how many messages the service has yet to answer, by how their senders' operators are reached. It has those too whose
// sender is gone: the service receives them all the same.
func (s *Service) UnderWay() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.active)
}

func sum(counts map[string]int) (all int) {
	for _, n := range counts {
		all += n
	}
	return all
}

// ServeHTTP receives one message.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	subject := subjectOf(r.Header.Get("Authorization"))
	s.begin(r, subject)
	status, headers := s.receive(r, body)
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.active[subject]--; s.active[subject] == 0 {
			delete(s.active, subject)
		}
	}()
	if status == Hang {
		select {
		case <-s.hang:
		case <-r.Context().Done():
		}
		return
	}
	for name, values := range headers {
		w.Header()[name] = values
	}
	w.WriteHeader(status)
}

// begin counts a message, and waits for the end of a delay.
func (s *Service) begin(r *http.Request, subject string) {
	s.mu.Lock()
	s.attempts++
	s.active[subject]++
	s.most = max(s.most, sum(s.active))
	delay, prompt := s.delay, s.prompt != nil && s.browsers[r.URL.Path] == s.prompt
	s.mu.Unlock()
	if delay == nil || prompt {
		return
	}
	select {
	case <-delay:
	case <-s.hang:
	}
}

// receive records a message, and returns the answer.
func (s *Service) receive(r *http.Request, body []byte) (status int, headers http.Header) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.browsers[r.URL.Path]
	if b == nil || b.unsubscribed {
		return http.StatusGone, nil
	}
	b.attempts++
	if s.answer != nil {
		status = s.answer(b, b.attempts)
	}
	if status != 0 && status != http.StatusCreated {
		return status, s.header
	}
	message, err := b.open(r, body)
	if err != nil {
		s.t.Errorf("the push service refused a message: %v", err)
		return http.StatusBadRequest, nil
	}
	b.messages = append(b.messages, message)
	return http.StatusCreated, s.header
}

// origin returns whom a proof has to be for.
func (s *Service) origin() string {
	u, err := url.Parse(s.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	return u.Scheme + "://" + u.Host
}

func text(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }
