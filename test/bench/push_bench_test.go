package bench_test

import (
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/eventually"
	"tandem/internal/server"
	"tandem/internal/servertest"
	"tandem/internal/webpushtest"
)

// pushedTo is how many people have browsers, collab.MaxPushSubscriptions each: as many as one comment may mention.
const pushedTo = 50

// BenchmarkPush measures sending the messages of a change that mentions 50 people with 20 browsers each, from the comment to
// the push service's answer.
func BenchmarkPush(b *testing.B) {
	for _, name := range []string{"sqlite", "postgres"} {
		b.Run(name, func(b *testing.B) {
			var arrived atomic.Int64
			service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				arrived.Add(1)
				w.WriteHeader(http.StatusCreated)
			}))
			b.Cleanup(service.Close)
			settings, database := benchSettings(b, name)
			settings["PUSH_HOSTS"] = strings.TrimPrefix(service.URL, "http://")
			s := servertest.Start(b, settings).Server
			ada, people := registerBrowsers(b, s, service.URL)
			if database != "" {
				analyze(b, database)
			}
			used := measureCPU(b, database)
			for b.Loop() {
				arrived.Store(0)
				mention(b, s.Service, ada, people)
				eventually.Is(b, "all messages arrived", arrived.Load, pushedTo*collab.MaxPushSubscriptions)
			}
			messages := float64(pushedTo * collab.MaxPushSubscriptions * b.N)
			b.ReportMetric(messages/b.Elapsed().Seconds(), "messages/s")
			b.ReportMetric(float64(used.used(b).Microseconds())/messages, "cpu-µs/message")
		})
	}
}

// registerBrowsers makes an organization of people with browsers, and returns somebody without one, and them.
func registerBrowsers(b *testing.B, s *server.Server, service string) (ada *collab.Viewer, people []collab.ID) {
	b.Helper()
	orgID, keys := collab.ID(rand.Text()), webpushtest.Start(b).Subscribe("")
	admit := func(userID collab.ID) *collab.Viewer {
		v, err := s.Service.Admit(b.Context(), collab.Claims{OrganizationID: orgID, UserID: userID, Name: string(userID), Role: collab.RoleMember})
		if err != nil {
			b.Fatal(err)
		}
		return v
	}
	for i := range pushedTo {
		person := admit(watcher(i))
		people = append(people, watcher(i))
		for range collab.MaxPushSubscriptions {
			if err := s.Service.RegisterPush(b.Context(), person, service+"/"+rand.Text(), keys.P256dh, keys.Auth); err != nil {
				b.Fatal(err)
			}
		}
	}
	return admit("ada"), people
}

// mention mentions people in a comment on a new customer.
func mention(b *testing.B, service *collab.Service, ada *collab.Viewer, people []collab.ID) {
	b.Helper()
	saved, err := service.Create(b.Context(), ada, collab.Create{Type: collab.TypeCustomer, Document: collab.Patch{"name": "Aalto Oy"}})
	if err != nil {
		b.Fatal(err)
	}
	comment := collab.AddComment{EntityID: saved.Entity.Common().ID, Body: "Look", MentionIDs: people}
	if _, err := service.AddComment(b.Context(), ada, comment); err != nil {
		b.Fatal(err)
	}
}
