package delivery_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/delivery"
	"tandem/internal/webpush"
	"tandem/internal/webpushtest"
)

// now is the time of all tests, for which no test waits.
var now = time.Now().UTC().Truncate(time.Second) // since the proof of the sender is checked by the real clock

// A desk is a Pusher with one browser, at a push service on this machine.
type desk struct {
	*delivery.Pusher
	t       *testing.T
	service *webpushtest.Service
	browser *webpushtest.Browser
	content *collab.PushContent
	shown   bool
	dropped int
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, service: webpushtest.Start(t)}
	clock := func() time.Time { return now }
	private, err := webpush.NewPrivateKey()
	if err != nil {
		t.Fatal(err)
	}
	identity, err := webpush.ParseIdentity(private, "https://crm.example", clock)
	if err != nil {
		t.Fatal(err)
	}
	hosts, err := webpush.ParseHosts([]string{d.service.Host()})
	if err != nil {
		t.Fatal(err)
	}
	sender, err := webpush.NewSender(identity, hosts)
	if err != nil {
		t.Fatal(err)
	}
	d.browser = d.service.Subscribe("")
	d.content = &collab.PushContent{
		Subscription: &collab.PushSubscription{Endpoint: d.browser.Endpoint, P256dh: d.browser.P256dh, Auth: d.browser.Auth},
		Notification: &collab.Notification{ID: "ntf_1", Kind: collab.NotifyMention, UpdatedAt: collab.At(now.Add(-time.Minute))},
	}
	d.Pusher = &delivery.Pusher{
		Content: func(context.Context, *collab.Job) (*collab.PushContent, error) { return d.content, nil },
		Shown:   func(context.Context, collab.ID, collab.ID) bool { return d.shown },
		Drop:    func(context.Context, collab.ID, collab.ID) error { d.dropped++; return nil },
		Sender:  sender, Now: clock,
	}
	return d
}

// handle handles the job, and returns how long the result makes it wait.
func (d *desk) handle(job *collab.Job) (delivery.Result, time.Duration) {
	d.t.Helper()
	result, err := d.Handle(d.t.Context(), job)
	if err != nil {
		d.t.Fatal(err)
	}
	return result, result.Until.Sub(now)
}

func TestAnswersOfPushServices(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		status     int
		retryAfter string
		want       delivery.Result // without Until
		least      time.Duration   // of the wait
		most       time.Duration
		dropped    int
	}{
		"accepted":          {201, "", delivery.Result{Sent: true, Done: true}, 5 * time.Minute, 5 * time.Minute, 0},
		"ended":             {410, "", delivery.Result{Done: true, Reason: "gone"}, 0, 0, 1},
		"unknown":           {404, "", delivery.Result{Done: true, Reason: "gone"}, 0, 0, 1},
		"too large":         {413, "", delivery.Result{Done: true, Reason: "too_large"}, 0, 0, 0},
		"limited":           {429, "7", delivery.Result{Reason: "limited"}, 7 * time.Second, 8750 * time.Millisecond, 0},
		"limited to a date": {429, now.Add(time.Minute).Format(http.TimeFormat), delivery.Result{Reason: "limited"}, time.Minute, 75 * time.Second, 0},
		"limited for days":  {429, "864000", delivery.Result{Reason: "limited"}, time.Hour, 75 * time.Minute, 0},
		"limited, no time":  {429, "", delivery.Result{Reason: "limited"}, 10 * time.Second, 12500 * time.Millisecond, 0},
		"failed":            {503, "", delivery.Result{Reason: "failed"}, 10 * time.Second, 12500 * time.Millisecond, 0},
		"failed for longer": {503, "90", delivery.Result{Reason: "failed"}, 90 * time.Second, 112500 * time.Millisecond, 0},
		"redirected":        {307, "", delivery.Result{Reason: "refused"}, 10 * time.Second, 12500 * time.Millisecond, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.service.Answer(webpushtest.Always(tc.status), "Retry-After", tc.retryAfter)
			result, wait := d.handle(&collab.Job{OrgID: "acme", UserID: "ada", Target: "psh_1"})
			if result.Until = (collab.Time{}); result != tc.want || wait < tc.least || wait > tc.most || d.dropped != tc.dropped {
				t.Errorf("got %+v after %s, and %d subscriptions dropped", result, wait, d.dropped)
			}
		})
	}
}

// A message whose turn comes later is not tried, and counts no attempt.
func TestTurnOfAMessage(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.content = &collab.PushContent{Turn: new(collab.At(now.Add(time.Second)))}
	job := &collab.Job{OrgID: "acme", UserID: "ada"}
	result, wait := d.handle(job)
	if result.Done || wait != time.Second || job.Attempts != 0 || job.Planned || d.browser.Attempts() != 0 {
		t.Errorf("got %+v after %s, %d attempts", result, wait, d.browser.Attempts())
	}
}

// A message leads to the page of its entity, whose address is the word for several of the type, as in the demo. A deleted one has
// that page too.
func TestPages(t *testing.T) {
	t.Parallel()
	for kind, want := range map[collab.EntityType]string{
		"CUSTOMER": "/customers/x_1", "COMPANY": "/companies/x_1", "ADDRESS": "/addresses/x_1", "SALES_ORDER": "/sales%20orders/x_1",
	} {
		d := newDesk(t)
		d.PublicURL = "https://crm.example"
		d.content.Notification.Kind, d.content.Notification.EntityType, d.content.Notification.EntityID = collab.NotifyEntityDeleted, &kind, new(collab.ID("x_1"))
		d.handle(&collab.Job{OrgID: "acme", UserID: "ada"})
		if got := d.browser.WaitFor(1)[0].Notification.Navigate; got != "https://crm.example"+want {
			t.Errorf("%s: it leads to %s", kind, got)
		}
	}
}

// A message about a comment leads to the comments of its entity, and one about no entity to the inbox.
func TestPagesOfKinds(t *testing.T) {
	t.Parallel()
	for kind, want := range map[collab.NotificationKind]string{
		collab.NotifyMention: "/customers/cus_1?tab=comments", collab.NotifyComment: "/customers/cus_1?tab=comments",
		collab.NotifyWatched: "/customers/cus_1", collab.NotifyAccessChanged: "/inbox",
	} {
		d := newDesk(t)
		d.PublicURL = "https://crm.example"
		d.content.Notification.Kind = kind
		if kind != collab.NotifyAccessChanged {
			d.content.Notification.EntityType, d.content.Notification.EntityID = new(collab.TypeCustomer), new(collab.ID("cus_1"))
		}
		d.handle(&collab.Job{OrgID: "acme", UserID: "ada"})
		if got := d.browser.WaitFor(1)[0].Notification; got.Navigate != "https://crm.example"+want || got.Data.Kind != string(kind) {
			t.Errorf("%s: it leads to %s, and its kind is %q", kind, got.Navigate, got.Data.Kind)
		}
	}
}

// Each failed attempt doubles the wait, up to an hour and a quarter of jitter.
func TestBackoff(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		attempts int
		least    time.Duration
	}{{0, 10 * time.Second}, {1, 20 * time.Second}, {4, 160 * time.Second}, {8, 2560 * time.Second}, {9, time.Hour}, {1000, time.Hour}} {
		d := newDesk(t)
		d.service.Answer(webpushtest.Always(http.StatusBadGateway))
		job := &collab.Job{OrgID: "acme", UserID: "ada", Attempts: tc.attempts}
		if _, wait := d.handle(job); wait < tc.least || wait > tc.least*5/4 || job.Attempts != tc.attempts+1 {
			t.Errorf("after %d attempts it waits %s, and has %d", tc.attempts, wait, job.Attempts)
		}
	}
}

// Retry-After holds for the first attempt; later it does not shorten the backoff. Jobs that wait for the same time are tried apart.
func TestRetryAfterAgain(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		attempts int
		asked    string
		least    time.Duration
	}{{0, "1", time.Second}, {1, "1", 20 * time.Second}, {4, "1", 160 * time.Second}, {4, "600", 600 * time.Second}} {
		d := newDesk(t)
		d.service.Answer(webpushtest.Always(http.StatusTooManyRequests), "Retry-After", tc.asked)
		waits := map[time.Duration]bool{}
		for range 5 {
			_, wait := d.handle(&collab.Job{OrgID: "acme", UserID: "ada", Attempts: tc.attempts})
			if wait < tc.least || wait > tc.least*5/4 {
				t.Errorf("after %d attempts and Retry-After: %s it waits %s", tc.attempts, tc.asked, wait)
			}
			waits[wait] = true
		}
		if len(waits) == 1 {
			t.Errorf("Retry-After: %s has all jobs tried at the same time", tc.asked)
		}
	}
}

// A push service that fails for five people in a row is left alone, and a job that meets that keeps its number of attempts.
func TestCircuit(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.service.Answer(webpushtest.Always(http.StatusInternalServerError))
	for i := range 5 {
		d.handle(&collab.Job{OrgID: "acme", UserID: collab.ID(fmt.Sprint("person-", i))})
	}
	d.service.Answer(nil)
	job := &collab.Job{OrgID: "acme", UserID: "ada", Attempts: 3}
	result, wait := d.handle(job)
	if result.Done || result.Reason != "circuit_open" || job.Attempts != 3 || d.browser.Attempts() != 5 {
		t.Errorf("got %+v, %d attempts of the job and %d of the browser", result, job.Attempts, d.browser.Attempts())
	}
	if wait < 40*time.Second || wait > 43*time.Second { // 30 s and the jitter of a first backoff
		t.Errorf("it waits %s", wait)
	}
}

// A job waits for the end of quiet hours, and sends nothing that was shown or that is gone.
func TestNothingIsSent(t *testing.T) {
	t.Parallel()
	job := &collab.Job{OrgID: "acme", UserID: "ada"}
	quiet := newDesk(t)
	quiet.content.Until = new(collab.At(now.Add(8 * time.Hour)))
	if result, wait := quiet.handle(job); result.Done || result.Reason != "" || wait != 8*time.Hour || !job.Planned || job.Attempts != 0 {
		t.Errorf("in quiet hours: %+v, %s, %+v", result, wait, job)
	}
	shown := newDesk(t)
	shown.shown = true
	if result, _ := shown.handle(job); !result.Done || result.Sent || result.Reason != "shown" {
		t.Errorf("shown: %+v", result)
	}
	recent := newDesk(t)
	recent.shown, recent.content.Notification.UpdatedAt = true, collab.At(now)
	if result, wait := recent.handle(job); result.Done || result.Reason != "" || wait != 45*time.Second {
		t.Errorf("shown a moment ago: %+v, %s", result, wait)
	}
	woken := newDesk(t)
	woken.shown, woken.content.Notification.SnoozedUntil = true, new(collab.At(now))
	if result, wait := woken.handle(job); result.Done || wait != 45*time.Second {
		t.Errorf("its snooze ended a moment ago: %+v, %s", result, wait)
	}
	gone := newDesk(t)
	gone.content = nil
	if result, _ := gone.handle(job); !result.Done || result.Sent || result.Reason != "" {
		t.Errorf("gone: %+v", result)
	}
	broken := newDesk(t)
	broken.content.Subscription.P256dh = "AAAA"
	if result, _ := broken.handle(job); !result.Done || result.Sent || broken.dropped != 1 {
		t.Errorf("a broken key: %+v, and %d subscriptions dropped", result, broken.dropped)
	}
	for _, d := range []*desk{quiet, shown, recent, woken, gone, broken} {
		if d.browser.Attempts() > 0 {
			t.Error("an attempt was made")
		}
	}
}

// No client shows a notification that is not in the inbox, so it is pushed also to people who are there.
func TestWhatIsNotInTheInboxIsPushed(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.shown, d.content.Notification.IsElsewhere = true, true
	if result, _ := d.handle(&collab.Job{OrgID: "acme", UserID: "ada"}); !result.Sent || d.browser.Attempts() != 1 {
		t.Errorf("got %+v in %d attempts", result, d.browser.Attempts())
	}
}

// A message that the push service refuses is tried three times, and its subscription stays.
func TestRefusedMessagesEnd(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.service.Answer(webpushtest.Always(http.StatusForbidden))
	job := &collab.Job{OrgID: "acme", UserID: "ada"}
	for attempt := 1; attempt <= 3; attempt++ {
		if result, _ := d.handle(job); result.Done != (attempt == 3) || result.Reason != "refused" || d.dropped != 0 {
			t.Errorf("attempt %d: %+v, and %d subscriptions dropped", attempt, result, d.dropped)
		}
	}
}
