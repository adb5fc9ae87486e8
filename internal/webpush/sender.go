package webpush

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/hashicorp/golang-lru/v2"

	"tandem/internal/circuit"
)

const (
	// sendTime bounds an attempt, from looking up the name to the end of the answer.
	sendTime = 10 * time.Second
	// mostServices bounds the push services whose state is kept. Browsers have about five.
	mostServices = 1000
)

// A Subscription is where messages for one browser go.
type Subscription struct {
	Endpoint string
	Keys     Keys
	// Owner tells people apart, so that the endpoints of one don't make a push service look broken.
	Owner string
}

// A Sender sends messages. It is safe for concurrent use.
type Sender struct {
	identity *Identity
	hosts    Hosts
	client   *http.Client
	services *lru.Cache[string, *circuit.Breaker] // by host
}

// NewSender returns a sender. It dials private addresses and plain http only for hosts that are listed.
func NewSender(identity *Identity, hosts Hosts) (*Sender, error) {
	services, err := lru.New[string, *circuit.Breaker](mostServices)
	if err != nil {
		return nil, err
	}
	return &Sender{identity: identity, hosts: hosts, services: services, client: &http.Client{
		Transport: newTransport(hosts), Timeout: sendTime,
		// A redirect could lead to an address that a client chose.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Close ends idle connections.
func (s *Sender) Close() { s.client.CloseIdleConnections() }

// Send makes one attempt to hand a message to the push service of a subscription. The error is ctx's, if it ended before the push
// service had decided, or why the message can't be prepared, which says nothing about the push service or the subscription.
func (s *Sender) Send(ctx context.Context, to Subscription, message Message) (Outcome, error) {
	endpoint, err := s.hosts.parseEndpoint(to.Endpoint)
	if err != nil {
		return Outcome{Verdict: Gone, Reason: ReasonAddress}, nil
	}
	end, allowed := s.breaker(endpoint.Host).AllowFor(to.Owner)
	if !allowed {
		return Outcome{Verdict: Wait, Reason: ReasonOpen, After: circuit.LeaveAlone}, nil
	}
	request, err := s.request(ctx, endpoint, to.Keys, message)
	if err != nil {
		end(circuit.Unknown)
		if errors.Is(err, errTooLarge) {
			return Outcome{Verdict: Drop, Reason: ReasonTooLarge}, nil
		}
		return Outcome{}, fmt.Errorf("prepare a push message: %w", err)
	}
	outcome := s.attempt(request)
	if ctx.Err() != nil && outcome.Verdict != Sent && outcome.Verdict != Gone {
		end(circuit.Unknown)
		return Outcome{}, ctx.Err()
	}
	if outcome.isOutage() {
		end(circuit.Fails)
	} else {
		end(circuit.Works)
	}
	return outcome, nil
}

// Limited returns how many messages may be under way to the push services that failed, by host.
func (s *Sender) Limited() map[string]int {
	limited := make(map[string]int)
	for _, host := range s.services.Keys() {
		if service, ok := s.services.Peek(host); ok {
			if room, isLimited := service.Room(); isLimited {
				limited[host] = room
			}
		}
	}
	return limited
}

// request returns the request that hands over a message.
func (s *Sender) request(ctx context.Context, endpoint *url.URL, keys Keys, message Message) (*http.Request, error) {
	payload, err := message.payload()
	if err != nil {
		return nil, err
	}
	body, err := keys.encrypt(payload)
	if err != nil {
		return nil, err
	}
	authorization, err := s.identity.header(originOf(endpoint))
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for name, value := range map[string]string{
		"Authorization": authorization, "Content-Encoding": "aes128gcm", "Content-Type": "application/octet-stream",
		"TTL": strconv.Itoa(int(message.TTL.Seconds())), "Urgency": string(message.Urgency), "Topic": message.topic(),
	} {
		request.Header.Set(name, value)
	}
	return request, nil
}

// attempt sends a request and judges the answer.
func (s *Sender) attempt(request *http.Request) Outcome {
	response, err := s.client.Do(request)
	if err != nil {
		return outcomeOfError(err)
	}
	// Closing a longer body ends the connection. An attempt counts by its status, however its body ends. The body of a 101 is the
	// bare connection, whose reads neither the client's timeout nor the request's context ends.
	if response.StatusCode != http.StatusSwitchingProtocols {
		_, _ = io.CopyN(io.Discard, response.Body, maxAnswer)
	}
	_ = response.Body.Close()
	return outcomeOf(response, s.identity.now())
}

// breaker returns the circuit breaker of a push service.
func (s *Sender) breaker(host string) *circuit.Breaker {
	if kept, ok := s.services.Get(host); ok {
		return kept
	}
	made := circuit.New(host)
	if kept, found, _ := s.services.PeekOrAdd(host, made); found {
		return kept
	}
	return made
}

// originOf returns the origin of an endpoint, by which a push service checks whom a proof is for.
func originOf(endpoint *url.URL) string { return endpoint.Scheme + "://" + endpoint.Host }
