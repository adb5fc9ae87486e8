package bench_test

import (
	"crypto/rand"
	"fmt"
	"sync"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// watchers is how many people are notified of one change, all of whom have their inbox open.
const watchers = 1000

// BenchmarkInboxes measures the reads that one change causes if 1,000 people whom it notifies have their inbox open.
func BenchmarkInboxes(b *testing.B) {
	for _, name := range []string{"sqlite", "postgres"} {
		b.Run(name, func(b *testing.B) {
			settings, database := benchSettings(b, name)
			service := servertest.Start(b, settings).Server.Service
			orgID := collab.ID(rand.Text())
			before := notifyWatchers(b, service, orgID)
			if database != "" {
				analyze(b, database)
			}
			used := measureCPU(b, database)
			for b.Loop() {
				readInboxes(b, service, orgID, before)
			}
			b.ReportMetric(float64(used.used(b).Microseconds())/float64(watchers*b.N), "cpu-µs/person")
		})
	}
}

func watcher(i int) collab.ID { return collab.ID(fmt.Sprint("person-", i)) }

// notifyWatchers makes a change that notifies all watchers, and returns where their inboxes were before.
func notifyWatchers(b *testing.B, service *collab.Service, orgID collab.ID) *collab.InboxMark {
	b.Helper()
	admit := func(userID collab.ID) *collab.Viewer {
		v, err := service.Admit(b.Context(), collab.Claims{OrganizationID: orgID, UserID: userID, Name: string(userID), Role: collab.RoleMember})
		if err != nil {
			b.Fatal(err)
		}
		return v
	}
	ada := admit("ada")
	saved, err := service.Create(b.Context(), ada, collab.Create{Type: collab.TypeCustomer, Document: collab.Patch{"name": "Aalto Oy"}})
	if err != nil {
		b.Fatal(err)
	}
	for i := range watchers {
		if _, err := service.Watch(b.Context(), admit(watcher(i)), saved.Entity.Common().ID); err != nil {
			b.Fatal(err)
		}
	}
	inbox, err := service.InboxOf(b.Context(), orgID, collab.InboxQuery{UserID: watcher(0)})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := service.AddComment(b.Context(), ada, collab.AddComment{EntityID: saved.Entity.Common().ID, Body: "Hello"}); err != nil {
		b.Fatal(err)
	}
	return &inbox.Mark
}

// readInboxes reads the inboxes of all watchers at once, as their subscriptions do when they are woken.
func readInboxes(b *testing.B, service *collab.Service, orgID collab.ID, since *collab.InboxMark) {
	var reading sync.WaitGroup
	for i := range watchers {
		reading.Go(func() {
			inbox, err := service.InboxOf(b.Context(), orgID, collab.InboxQuery{UserID: watcher(i), Since: since})
			if err != nil || len(inbox.Changed) != 1 {
				b.Errorf("read %v: %v", inbox, err)
			}
		})
	}
	reading.Wait()
}
