package delivery_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/collab"
	"tandem/internal/delivery"
	"tandem/internal/memory"
	"tandem/internal/sqlite"
)

// A mailroom is a worker in a synctest bubble, with a handler that takes a while for each job.
type mailroom struct {
	*collab.Service
	t      *testing.T
	worker *delivery.Worker
	hangs  bool           // push services take hanging, each browser has one of its own, and small's take handling
	shared bool           // all browsers have one push service, also if it hangs
	limits map[string]int // of hosts that failed; guarded by mu
	slow   time.Duration  // how long the store takes for each claim and each result

	mu       sync.Mutex // guards what follows
	handled  []*collab.Job
	underWay int
	most     int
}

// A slowQueue is a store that takes a while for each claim and each result.
type slowQueue struct {
	delivery.Queue
	m *mailroom
}

func (q slowQueue) ClaimJobs(ctx context.Context, orgID collab.ID, claim collab.JobClaim) ([]*collab.Job, []collab.JobKind, error) {
	time.Sleep(q.m.slow)
	return q.Queue.ClaimJobs(ctx, orgID, claim)
}

func (q slowQueue) FinishJob(ctx context.Context, job *collab.Job, until collab.Time) error {
	select {
	case <-time.After(q.m.slow):
		return q.Queue.FinishJob(ctx, job, until)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// handling is how long a push service takes for a message, by the clock of the bubble.
const handling = 100 * time.Millisecond

// hanging is how long one takes that does not answer.
const hanging = 10 * time.Second

func inMailroom(t *testing.T, test func(t *testing.T, m *mailroom)) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "tandem.db")
	synctest.Test(t, func(t *testing.T) {
		store, err := sqlite.Open(t.Context(), file)
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		log := slog.New(slog.DiscardHandler)
		m := &mailroom{t: t, Service: collab.NewService(store, memory.NewBus(), nil, log, time.Now)}
		m.OfferPush(collab.Push{Check: func(endpoint, _, _ string) (string, error) {
			if m.hangs && !m.shared {
				return endpoint, nil
			}
			return "push.example", nil
		}})
		m.worker = delivery.NewWorker(slowQueue{store, m}, delivery.Spec{Kind: collab.JobPush, Handle: m.handle, Slots: delivery.PushSlots, Limited: m.limited}, log, time.Now,
			delivery.Counts{Sent: func(string) {}, Failed: func(string, string) {}})
		test(t, m)
	})
}

func (m *mailroom) limited() map[string]int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.limits)
}

// limit sets how many messages may be under way to hosts that failed.
func (m *mailroom) limit(limits map[string]int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.limits = limits
}

func (m *mailroom) handle(ctx context.Context, job *collab.Job) (delivery.Result, error) {
	m.mu.Lock()
	m.handled = append(m.handled, job)
	m.underWay++
	m.most = max(m.most, m.underWay)
	if deadline, bounded := ctx.Deadline(); !bounded || time.Until(deadline) > 20*time.Second-m.slow {
		m.t.Error("a job has time beyond 20 s after the beginning of its claim")
	}
	m.mu.Unlock()
	takes := handling
	if m.hangs && job.OrgID != "small" {
		takes = hanging
	}
	time.Sleep(takes)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.underWay--
	return delivery.Result{Sent: true, Done: true, Until: collab.At(time.Now().Add(time.Hour))}, nil
}

// notify has one person of an organization mention the others in a comment, each of whom has as many browsers as a person may have.
func (m *mailroom) notify(orgID collab.ID, people int) {
	m.t.Helper()
	var names []collab.ID
	for i := range people {
		names = append(names, collab.ID(fmt.Sprint("person-", i)))
	}
	for _, name := range names {
		m.register(orgID, name, collab.MaxPushSubscriptions)
	}
	m.mention(orgID, names...)
}

func (m *mailroom) admit(orgID, name collab.ID) *collab.Viewer {
	m.t.Helper()
	v, err := m.Admit(m.t.Context(), collab.Claims{OrganizationID: orgID, UserID: name, Name: string(name), Role: collab.RoleMember})
	if err != nil {
		m.t.Fatal(err)
	}
	return v
}

// register registers browsers of a person.
func (m *mailroom) register(orgID, name collab.ID, browsers int) {
	m.t.Helper()
	person := m.admit(orgID, name)
	for range browsers {
		if err := m.RegisterPush(m.t.Context(), person, rand.Text(), "", ""); err != nil {
			m.t.Fatal(err)
		}
	}
}

// mention has one person of an organization mention others in a comment.
func (m *mailroom) mention(orgID collab.ID, names ...collab.ID) {
	m.t.Helper()
	ada := m.admit(orgID, "ada")
	saved, err := m.Create(m.t.Context(), ada, collab.Create{Type: collab.TypeCustomer, Document: collab.Patch{"name": "Aalto Oy"}})
	if err != nil {
		m.t.Fatal(err)
	}
	comment := collab.AddComment{EntityID: saved.Entity.Common().ID, Body: "Look", MentionIDs: names}
	if _, err := m.AddComment(m.t.Context(), ada, comment); err != nil {
		m.t.Fatal(err)
	}
}

// work runs the worker until it has handled a number of jobs, and returns how long that took.
func (m *mailroom) work(jobs int) time.Duration {
	m.t.Helper()
	ctx, stop := context.WithCancel(m.t.Context())
	began := time.Now()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		m.worker.Run(ctx)
	}()
	handled := func() int {
		m.mu.Lock()
		defer m.mu.Unlock()
		return len(m.handled)
	}
	for handled() < jobs && time.Since(began) < time.Minute {
		time.Sleep(handling)
	}
	took := time.Since(began)
	time.Sleep(time.Minute) // in which nothing more is sent
	stop()
	<-ended
	if got := handled(); got != jobs {
		m.t.Errorf("%d of %d jobs were handled", got, jobs)
	}
	return took
}

// run runs the worker for a time, then calls check, and stops the worker.
func (m *mailroom) run(d time.Duration, check func()) {
	m.t.Helper()
	ctx, stop := context.WithCancel(m.t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		m.worker.Run(ctx)
	}()
	time.Sleep(d)
	m.mu.Lock()
	check()
	m.mu.Unlock()
	stop()
	<-ended
}

// A long queue takes no longer than its messages do, though few are under way at once.
func TestLongQueueIsPaced(t *testing.T) {
	inMailroom(t, func(t *testing.T, m *mailroom) {
		m.notify("acme", 10)
		if took := m.work(200); took > 12*handling {
			t.Errorf("it took %s", took)
		}
		if m.most > 63 {
			t.Errorf("%d messages were under way at once", m.most)
		}
		targets := map[collab.ID]bool{}
		for _, job := range m.handled {
			targets[job.Target] = true
		}
		if len(targets) != 200 {
			t.Errorf("%d browsers were sent a message", len(targets))
		}
	})
}

// A small organization does not wait for the queue of a large one at the same push service.
func TestOrganizationsTakeTurns(t *testing.T) {
	inMailroom(t, func(t *testing.T, m *mailroom) {
		m.notify("large", 10)
		m.notify("small", 1)
		m.work(220)
		last := 0
		for i, job := range m.handled {
			if job.OrgID == "small" {
				last = i
			}
		}
		if last >= 110 {
			t.Errorf("its last message was the %dth", last)
		}
	})
}

// However many messages of some organizations hang, at push services of their own, another organization finds room at once.
func TestHangingOrganizationsLeaveRoom(t *testing.T) {
	inMailroom(t, func(t *testing.T, m *mailroom) {
		m.hangs = true
		for i := range 8 {
			m.notify(collab.ID(fmt.Sprint("large-", i)), 5)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			m.worker.Run(ctx)
		}()
		time.Sleep(hanging / 2)
		m.notify("small", 1)
		time.Sleep(hanging / 4)
		stop()
		<-ended
		handled := 0
		for _, job := range m.handled {
			if job.OrgID == "small" {
				handled++
			}
		}
		if handled != collab.MaxPushSubscriptions {
			t.Errorf("%d of the other organization's messages were sent", handled)
		}
	})
}

// A message to a slow push service is not sent again after its claim because the store is slow to claim it and to record that it was sent.
func TestSlowStoreKeepsResults(t *testing.T) {
	inMailroom(t, func(t *testing.T, m *mailroom) {
		m.hangs, m.slow = true, 15*time.Second
		m.notify("acme", 1)
		m.work(collab.MaxPushSubscriptions)
	})
}
