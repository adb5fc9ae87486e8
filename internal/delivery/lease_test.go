package delivery_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/collab"
	"tandem/internal/delivery"
	"tandem/internal/memory"
	"tandem/internal/sqlite"
	"tandem/internal/webpushtest"
)

// beyondLease is longer than a claim lasts.
const beyondLease = 50 * time.Second

// A late is a browser in a synctest bubble that two instances send to, of which a handler outlives its claim.
type late struct {
	*collab.Service
	t     *testing.T
	store *sqlite.Store
	ada   *collab.Viewer
	about collab.ID

	mu       sync.Mutex // guards what follows
	attempts int
	counts   []int // of the messages that were handed over
}

// inLate runs two instances, whose handlers hand over what PushContent says once before has returned. before is told which attempt it is.
func inLate(t *testing.T, before func(attempt int) error, test func(l *late)) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "tandem.db")
	synctest.Test(t, func(t *testing.T) {
		store, err := sqlite.Open(t.Context(), file)
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		log := slog.New(slog.DiscardHandler)
		l := &late{t: t, store: store, Service: collab.NewService(store, memory.NewBus(), nil, log, time.Now)}
		l.OfferPush(collab.Push{Check: func(string, string, string) (string, error) { return "push.example", nil }})
		l.ada = join(t, l.Service, "ada")
		if err := l.RegisterPush(t.Context(), join(t, l.Service, "ben"), "https://push.example/1", "key", "auth"); err != nil {
			t.Fatal(err)
		}
		saved, err := l.Create(t.Context(), l.ada, collab.Create{Type: collab.TypeCustomer, Document: collab.Patch{"name": "Aalto"}})
		if err != nil {
			t.Fatal(err)
		}
		l.about = saved.Entity.Common().ID
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		for range 2 {
			worker := delivery.NewWorker(store, delivery.Spec{Kind: collab.JobPush, Handle: func(ctx context.Context, job *collab.Job) (delivery.Result, error) {
				return l.send(context.WithoutCancel(ctx), job, before)
			}, Slots: 4}, log, time.Now, delivery.Counts{Sent: func(string) {}, Failed: func(string, string) {}})
			running.Go(func() { worker.Run(ctx) })
		}
		test(l)
		stop()
		running.Wait()
	})
}

// send is a handler without a deadline.
func (l *late) send(ctx context.Context, job *collab.Job, before func(attempt int) error) (delivery.Result, error) {
	content, err := l.PushContent(ctx, job)
	if err != nil {
		return delivery.Result{}, err
	}
	l.mu.Lock()
	l.attempts++
	attempt := l.attempts
	l.mu.Unlock()
	if err := before(attempt); err != nil {
		return delivery.Result{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts = append(l.counts, content.Notification.Count)
	return delivery.Result{Sent: true, Done: true, Until: collab.At(time.Now().Add(5 * time.Minute))}, nil
}

// mention tells ben of the customer, once more in the same notification.
func (l *late) mention() {
	l.t.Helper()
	if _, err := l.AddComment(l.t.Context(), l.ada, collab.AddComment{EntityID: l.about, Body: "Look", MentionIDs: []collab.ID{"ben"}}); err != nil {
		l.t.Fatal(err)
	}
}

// want compares the counts of the messages that were handed over, oldest first. The service worker of the kit shows those with a greater
// count than before.
func (l *late) want(counts ...int) {
	l.t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if fmt.Sprint(l.counts) != fmt.Sprint(counts) {
		l.t.Errorf("messages with the counts %v were handed over, not %v", l.counts, counts)
	}
}

// A handler that outlives its claim sends the same message as the instance that took the job over, so it is shown once. The job
// rests after that and is not lost: what is new is sent.
func TestHandlersThatOutliveTheirClaims(t *testing.T) {
	t.Parallel()
	broken := errors.New("the instance could not go on")
	for name, tc := range map[string]struct {
		before   func(attempt int) error
		mentions []time.Duration // when ben is told, after one another
		want     []int
	}{
		"late":                  {stalling(1, nil), []time.Duration{0}, []int{1, 1}},
		"late with less":        {stalling(1, nil), []time.Duration{0, 10 * time.Second}, []int{2, 1}}, // of which the second one is not shown
		"late, then more":       {stalling(1, nil), []time.Duration{0, 2 * beyondLease}, []int{1, 1, 2}},
		"fails late":            {stalling(1, broken), []time.Duration{0}, []int{1}},
		"fails late, always":    {stalling(4, broken), []time.Duration{0}, []int{1}},
		"fails late, then more": {stalling(1, broken), []time.Duration{0, 10 * time.Second, time.Hour}, []int{2, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inLate(t, tc.before, func(l *late) {
				for _, after := range tc.mentions {
					time.Sleep(after)
					l.mention()
				}
				time.Sleep(time.Hour)
				l.want(tc.want...)
			})
		})
	}
}

// stalling has the first attempts outlive their claims, and end with an error or hand over a message.
func stalling(attempts int, err error) func(attempt int) error {
	return func(attempt int) error {
		if attempt > attempts {
			return nil
		}
		time.Sleep(beyondLease)
		return err
	}
}

// A handler that finds its time over before it hands its message to the push service hands over nothing, such as after its instance was
// paused: another one may have sent it.
func TestNothingIsSentAfterTheDeadline(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx, end := context.WithCancel(t.Context())
	content := d.Content
	d.Content = func(ctx context.Context, job *collab.Job) (*collab.PushContent, error) {
		defer end()
		return content(ctx, job)
	}
	if result, err := d.Handle(ctx, &collab.Job{OrgID: "acme", UserID: "ada", Target: "psh_1"}); !errors.Is(err, context.Canceled) || d.browser.Attempts() > 0 {
		t.Errorf("got %+v, %v and %d attempts", result, err, d.browser.Attempts())
	}
	d.service.Answer(webpushtest.Always(201))
	if d.handle(&collab.Job{OrgID: "acme", UserID: "ada", Target: "psh_1"}); d.browser.Attempts() != 1 {
		t.Errorf("%d attempts by the next handler", d.browser.Attempts())
	}
}
