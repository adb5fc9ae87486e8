package delivery_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/delivery"
	"tandem/internal/eventually"
	"tandem/internal/memory"
	"tandem/internal/sqlite"
)

// openQueue returns a store with a push that is due.
func openQueue(t *testing.T) *sqlite.Store {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "tandem.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	service := collab.NewService(store, memory.NewBus(), nil, slog.New(slog.DiscardHandler), time.Now)
	service.OfferPush(collab.Push{Check: func(string, string, string) (string, error) { return "push.example", nil }})
	ada, ben := join(t, service, "ada"), join(t, service, "ben")
	if err := service.RegisterPush(t.Context(), ben, "https://push.example/1", "key", "auth"); err != nil {
		t.Fatal(err)
	}
	saved, err := service.Create(t.Context(), ada, collab.Create{Type: collab.TypeCustomer, Document: collab.Patch{"name": "Aalto"}})
	if err != nil {
		t.Fatal(err)
	}
	comment := collab.AddComment{EntityID: saved.Entity.Common().ID, Body: "Look", MentionIDs: []collab.ID{"ben"}}
	if _, err := service.AddComment(t.Context(), ada, comment); err != nil {
		t.Fatal(err)
	}
	return store
}

func join(t *testing.T, service *collab.Service, user collab.ID) *collab.Viewer {
	t.Helper()
	v, err := service.Admit(t.Context(), collab.Claims{UserID: user, OrganizationID: "acme", Role: collab.RoleMember, Name: string(user)})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// begin runs a worker at a time, for which no test waits, until stop is called, which returns when all results are recorded.
func begin(t *testing.T, store *sqlite.Store, at time.Time, handle delivery.Handler) (stop func()) {
	t.Helper()
	ignore := delivery.Counts{Sent: func(string) {}, Failed: func(string, string) {}}
	worker := delivery.NewWorker(store, delivery.Spec{Kind: collab.JobPush, Handle: handle, Slots: 1}, slog.New(slog.DiscardHandler), func() time.Time { return at }, ignore)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		worker.Run(ctx)
	}()
	return func() {
		cancel()
		<-ended
	}
}

// Another instance takes a job over when its claim ends. The result that the first one records after that is ignored.
func TestTakeOver(t *testing.T) {
	t.Parallel()
	for name, late := range map[string]delivery.Result{
		"the first one has sent it":      {Sent: true, Done: true},
		"the first one tries it again":   {},
		"the first one has nothing left": {Done: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := openQueue(t)
			start := time.Now().Add(time.Minute)
			claimed, release := make(chan *collab.Job), make(chan struct{})
			stopFirst := begin(t, store, start, func(_ context.Context, job *collab.Job) (delivery.Result, error) {
				claimed <- job
				<-release
				late.Until = collab.At(start)
				return late, nil
			})
			first := <-claimed

			until := collab.At(start.Add(time.Hour))
			taken := make(chan *collab.Job)
			stopSecond := begin(t, store, start.Add(time.Minute), func(_ context.Context, job *collab.Job) (delivery.Result, error) {
				job.Planned = true
				taken <- job
				return delivery.Result{Until: until}, nil
			})
			defer stopSecond()
			second := <-taken
			eventually.True(t, "the second instance has planned it", func() bool {
				due, err := store.DueOrganizations(t.Context(), collab.JobPush, collab.At(until.Add(-time.Second)))
				return err == nil && len(due) == 0
			})
			if second.NotificationID != first.NotificationID || second.Holder == first.Holder {
				t.Errorf("the first instance has %+v, the second one %+v", first, second)
			}
			close(release)
			stopFirst()

			if jobs := claim(t, store, collab.At(until.Add(-time.Second))); len(jobs) > 0 {
				t.Errorf("the late result made %+v due", jobs[0])
			}
			if jobs := claim(t, store, until); len(jobs) != 1 {
				t.Errorf("when the second instance wants to send, the queue has %+v", jobs)
			}
		})
	}
}

// An instance that stops leaves what it has not sent to another one, which does not count that as an attempt. A message that was sent rests.
func TestStop(t *testing.T) {
	t.Parallel()
	start := time.Now().Add(time.Hour) // after the pushes are queued, however slow the machine is
	soon, rest := collab.At(start.Add(time.Minute)), collab.At(start.Add(5*time.Minute))
	// stopped returns a queue after an instance stopped while it handled the push.
	stopped := func(result delivery.Result, err error) *sqlite.Store {
		store, claimed := openQueue(t), make(chan struct{})
		stop := begin(t, store, start, func(ctx context.Context, _ *collab.Job) (delivery.Result, error) {
			close(claimed)
			<-ctx.Done()
			return result, err
		})
		<-claimed
		stop()
		return store
	}
	if jobs := claim(t, stopped(delivery.Result{}, context.Canceled), collab.At(start)); len(jobs) != 1 || jobs[0].Attempts != 0 {
		t.Errorf("what was not sent waits as %+v", jobs)
	}
	due, err := stopped(delivery.Result{Sent: true, Done: true, Until: rest}, nil).DueOrganizations(t.Context(), collab.JobPush, soon)
	if err != nil || len(due) > 0 {
		t.Errorf("what was sent does not rest: %v, %v", due, err)
	}
}

func claim(t *testing.T, store *sqlite.Store, at collab.Time) []*collab.Job {
	t.Helper()
	jobs, _, err := store.ClaimJobs(t.Context(), "acme", collab.JobClaim{
		Kind: collab.JobPush, Now: at, Until: collab.At(at.Add(time.Minute)), Holder: collab.NewID("clm", at.Time), Limit: 10,
	})
	if err != nil {
		t.Fatal(err)
	}
	return jobs
}
