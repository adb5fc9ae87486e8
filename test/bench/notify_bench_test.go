package bench_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/memory"
	"tandem/internal/postgres"
	"tandem/internal/sqlite"
)

// benchStore opens an empty store, without a server that sends what is queued there. The database is that of measureCPU.
func benchStore(b *testing.B, name string) (store collab.Store, database string) {
	b.Helper()
	var err error
	if name == "postgres" {
		database = benchDatabase(b)
		var opened *postgres.Store
		opened, err = postgres.Open(b.Context(), database)
		store = opened
		b.Cleanup(func() { opened.Close() })
	} else {
		var opened *sqlite.Store
		opened, err = sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "tandem.db"))
		store = opened
		b.Cleanup(func() { opened.Close() })
	}
	if err != nil {
		b.Fatal(err)
	}
	return store, database
}

// A firm is an organization of a store, with a clock that each change moves.
type firm struct {
	*collab.Service
	b     *testing.B
	orgID collab.ID
	now   time.Time
}

func newFirm(b *testing.B, store collab.Store) *firm {
	f := &firm{b: b, orgID: collab.ID(rand.Text()), now: time.Now()}
	f.Service = collab.NewService(store, memory.NewBus(), nil, slog.New(slog.DiscardHandler), func() time.Time { return f.now })
	return f
}

func (f *firm) admit(userID collab.ID, role collab.Role) *collab.Viewer {
	f.b.Helper()
	v, err := f.Admit(f.b.Context(), collab.Claims{OrganizationID: f.orgID, UserID: userID, Name: string(userID), Role: role})
	if err != nil {
		f.b.Fatal(err)
	}
	return v
}

// BenchmarkNotifyBrowsers measures a comment that notifies 1,000 people with 20 browsers each: in its transaction, for whose end other
// changes of the organization wait, it makes 1,000 notifications and queues 20,000 messages.
func BenchmarkNotifyBrowsers(b *testing.B) {
	for _, name := range []string{"sqlite", "postgres"} {
		b.Run(name, func(b *testing.B) {
			store, database := benchStore(b, name)
			f := newFirm(b, store)
			ada := f.admit("ada", collab.RoleAdmin)
			id := f.watchWithBrowsers(ada, store, collab.MaxPushSubscriptions)
			if database != "" {
				analyze(b, database)
			}
			used := measureCPU(b, database)
			for b.Loop() {
				f.now = f.now.Add(25 * time.Hour) // after which no line grows
				if _, err := f.AddComment(b.Context(), ada, collab.AddComment{EntityID: id, Body: "Hello"}); err != nil {
					b.Fatal(err)
				}
			}
			jobs := float64(watchers * collab.MaxPushSubscriptions * b.N)
			b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N), "ms/change")
			b.ReportMetric(float64(used.used(b).Microseconds())/jobs, "cpu-µs/job")
		})
	}
}

// watchWithBrowsers makes a customer that all watchers watch, who have some browsers each, and returns its id.
func (f *firm) watchWithBrowsers(ada *collab.Viewer, store collab.Store, browsers int) collab.ID {
	f.b.Helper()
	choice := []*collab.ChannelChoice{{Kind: collab.NotifyWatched, Channels: []collab.NotificationChannel{collab.ChannelInApp, collab.ChannelPush}}}
	if _, err := f.SetNotificationDefaults(f.b.Context(), ada, collab.DefaultsInput{Choices: choice}); err != nil {
		f.b.Fatal(err)
	}
	saved, err := f.Create(f.b.Context(), ada, collab.Create{Type: collab.TypeCustomer, Document: collab.Patch{"name": "Aalto Oy"}})
	if err != nil {
		f.b.Fatal(err)
	}
	id := saved.Entity.Common().ID
	for i := range watchers {
		if _, err := f.Watch(f.b.Context(), f.admit(watcher(i), collab.RoleMember), id); err != nil {
			f.b.Fatal(err)
		}
		for range browsers {
			f.register(store, watcher(i))
		}
	}
	return id
}

func (f *firm) register(store collab.Store, userID collab.ID) {
	f.b.Helper()
	browser := &collab.PushSubscription{ID: collab.NewID("psh", f.now), UserID: userID, Endpoint: "https://push.example/" + rand.Text(),
		Host: "push.example", CreatedAt: collab.At(f.now)}
	if done, err := store.RegisterPush(f.b.Context(), f.orgID, browser); err != nil || !done {
		f.b.Fatal("registered:", done, err)
	}
}

// followed is how many people of an organization follow their inboxes on one instance.
const followed = 10_000

// BenchmarkCompareInboxes measures the question that an instance asks once a second about the inboxes that 10,000 people of an
// organization follow, while nothing was marked, and after one of them was.
func BenchmarkCompareInboxes(b *testing.B) {
	for _, name := range []string{"sqlite", "postgres"} {
		b.Run(name, func(b *testing.B) {
			store, database := benchStore(b, name)
			f := newFirm(b, store)
			for i := range followed {
				if _, err := f.MarkNotificationsRead(b.Context(), f.admit(watcher(i), collab.RoleMember), nil, nil, nil); err != nil {
					b.Fatal(err)
				}
			}
			if database != "" {
				analyze(b, database)
			}
			b.Run("quiet", func(b *testing.B) { f.compare(b, store, database, followed) })
			b.Run("one", func(b *testing.B) { f.compare(b, store, database, followed-1) })
		})
	}
}

// compare measures the comparison by an instance that has seen some of the marks.
func (f *firm) compare(b *testing.B, store collab.Store, database string, seen int64) {
	used := measureCPU(b, database)
	for b.Loop() {
		changed, err := changedSince(b.Context(), store, f.orgID, seen)
		if err != nil || changed != followed-int(seen) {
			b.Fatal("changed:", changed, err)
		}
	}
	b.ReportMetric(float64(used.used(b).Microseconds())/float64(b.N), "cpu-µs/op")
}

// changedSince asks as Service.CompareInboxes does.
func changedSince(ctx context.Context, store collab.Store, orgID collab.ID, seen int64) (int, error) {
	sequences, err := store.InboxSequences(ctx, []collab.ID{orgID})
	if err != nil || sequences[orgID] == seen {
		return 0, err
	}
	changed, err := store.ChangedInboxes(ctx, orgID, collab.InboxPlace{Sequence: seen + 1}, 1000)
	return len(changed), err
}
