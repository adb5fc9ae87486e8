package webpush_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"testing"

	"tandem/internal/webpush"
	"tandem/internal/webpushtest"
)

func TestSendEndsWithItsContext(t *testing.T) {
	t.Parallel()
	service := webpushtest.Start(t)
	sender, key := newSender(t, service.Host())
	service.Answer(webpushtest.Always(webpushtest.Hang))
	browser := service.Subscribe(key)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	to := subscription(t, browser)
	// The service hangs once it has the request.
	trace := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { cancel() }})
	if outcome, err := sender.Send(trace, to, webpush.Message{ID: "ntf_1"}); err == nil {
		t.Errorf("got %+v", outcome)
	}
}

// An answer that switches protocols is refused, though its connection stays open and silent.
func TestSwitchedProtocolsAreRefused(t *testing.T) {
	t.Parallel()
	over := make(chan struct{})
	switching := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		connection, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = connection.Close() }()
		_, _ = buffered.WriteString("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
		_ = buffered.Flush()
		<-over
	}))
	t.Cleanup(switching.Close)
	t.Cleanup(func() { close(over) }) // before the server waits for its connections
	sender, key := newSender(t, strings.TrimPrefix(switching.URL, "http://"))
	to := subscription(t, webpushtest.Start(t).Subscribe(key))
	to.Endpoint = switching.URL + "/"
	if got := send(t, sender, to); got != (webpush.Outcome{Verdict: webpush.Retry, Reason: webpush.ReasonRefused}) {
		t.Errorf("got %+v", got)
	}
}

// A context that ends while the body of an answer is read does not take back what the push service decided.
func TestDecidedAnswersOutliveTheContext(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]webpush.Verdict{http.StatusCreated: webpush.Sent, http.StatusGone: webpush.Gone} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			answering := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(status)
				_, _ = w.Write([]byte("decided"))
			}))
			t.Cleanup(answering.Close)
			sender, key := newSender(t, strings.TrimPrefix(answering.URL, "http://"))
			to := subscription(t, webpushtest.Start(t).Subscribe(key))
			to.Endpoint = answering.URL + "/"
			ctx, cancel := context.WithCancel(t.Context())
			// The connection is idle again once the body is read, after its status.
			trace := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{PutIdleConn: func(error) { cancel() }})
			got, err := sender.Send(trace, to, webpush.Message{ID: "ntf_1"})
			if ctx.Err() == nil || err != nil || got.Verdict != want {
				t.Errorf("got %+v and %v", got, err)
			}
		})
	}
}
