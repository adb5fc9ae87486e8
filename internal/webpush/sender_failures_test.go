package webpush_test

import (
	"fmt"
	"maps"
	"net/http"
	"testing"

	"tandem/internal/webpush"
	"tandem/internal/webpushtest"
)

// A service that fails for several people is left alone: further messages are not tried.
func TestFailingServiceIsLeftAlone(t *testing.T) {
	t.Parallel()
	broken, healthy := webpushtest.Start(t), webpushtest.Start(t)
	sender, key := newSender(t, broken.Host(), healthy.Host())
	broken.Answer(webpushtest.Always(http.StatusInternalServerError))
	to := subscription(t, broken.Subscribe(key))
	for i := range 5 {
		to.Owner = fmt.Sprint("person-", i)
		if got := send(t, sender, to); got.Reason != webpush.ReasonFailed {
			t.Fatalf("got %+v", got)
		}
	}
	if got := send(t, sender, to); got.Verdict != webpush.Wait || got.After <= 0 {
		t.Errorf("got %+v", got)
	}
	if got, want := sender.Limited(), map[string]int{broken.Host(): 0}; !maps.Equal(got, want) {
		t.Errorf("limited are %v, not %v", got, want)
	}
	to.Keys = webpush.Keys{} // with which nothing can be encrypted
	if got := send(t, sender, to); got.Verdict != webpush.Wait {
		t.Errorf("a message that is not tried was encrypted: %+v", got)
	}
	if attempts, _ := broken.Attempts(); attempts != 5 {
		t.Errorf("%d attempts", attempts)
	}
	if got := send(t, sender, subscription(t, healthy.Subscribe(key))); got.Verdict != webpush.Sent {
		t.Errorf("the other service: %+v", got)
	}
}

// The endpoints of one person don't have a push service left alone, whatever it answers for them.
func TestEndpointsOfOnePersonFail(t *testing.T) {
	t.Parallel()
	service := webpushtest.Start(t)
	sender, key := newSender(t, service.Host())
	healthy := service.Subscribe(key)
	service.Answer(func(b *webpushtest.Browser, _ int) int {
		if b == healthy {
			return http.StatusCreated
		}
		return http.StatusInternalServerError
	})
	for range 20 {
		to := subscription(t, service.Subscribe(key))
		to.Owner = "eve"
		if got := send(t, sender, to); got.Reason != webpush.ReasonFailed {
			t.Fatalf("got %+v", got)
		}
	}
	to := subscription(t, healthy)
	to.Owner = "bob"
	if got := send(t, sender, to); got.Verdict != webpush.Sent {
		t.Errorf("somebody else's message: %+v", got)
	}
}

// Answers about one subscription say nothing about the service.
func TestRefusedMessagesLeaveTheServiceOpen(t *testing.T) {
	t.Parallel()
	service := webpushtest.Start(t)
	sender, key := newSender(t, service.Host())
	service.Answer(webpushtest.Always(http.StatusTooManyRequests))
	to := subscription(t, service.Subscribe(key))
	for range 10 {
		if got := send(t, sender, to); got.Reason != webpush.ReasonLimited {
			t.Fatalf("got %+v", got)
		}
	}
}
