package delivery_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/delivery"
	"tandem/internal/smtp"
	"tandem/internal/smtptest"
)

// A digest counts what it does not list, and says if it does not know of all.
func TestCountOfDigest(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		count         int
		orMore        bool
		subject, more string // more is empty if nothing of the kind is there
	}{
		"all":     {1, false, "Brightwater CRM: 1 notification", ""},
		"most":    {3, false, "Brightwater CRM: 3 notifications", "and 2 more: https://crm.example/inbox"},
		"in full": {500, true, "Brightwater CRM: 500 or more notifications", "and at least 499 more: https://crm.example/inbox"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := smtptest.Start(t)
			at, err := smtp.ParseServer(server.URL())
			if err != nil {
				t.Fatal(err)
			}
			sender, err := smtp.NewSender(at, "tandem@crm.example", slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			content := &collab.DigestContent{
				ID: "dig_1", Address: "ben@example.com", Zone: time.UTC, Count: tc.count, OrMore: tc.orMore,
				Notifications: []*collab.Notification{{ID: "ntf_1", Kind: collab.NotifyMention, Title: "Ada mentioned you", UpdatedAt: collab.At(time.Date(2027, 3, 10, 8, 0, 0, 0, time.UTC))}},
			}
			digester := &delivery.Digester{
				Content: func(context.Context, *collab.Job) (*collab.DigestContent, error) { return content, nil },
				End:     func(context.Context, collab.ID, collab.ID, collab.ID) error { return nil },
				Sender:  sender, Links: delivery.Links{PublicURL: "https://crm.example", Key: make([]byte, 32)}, Product: "Brightwater CRM", Now: time.Now,
			}
			if result, err := digester.Handle(t.Context(), &collab.Job{OrgID: "acme", UserID: "ben"}); err != nil || !result.Sent {
				t.Fatalf("got %+v, %v", result, err)
			}
			m := server.WaitFor("ben@example.com", 1)[0]
			if m.Subject != tc.subject || !strings.Contains(m.Text, tc.more) || strings.Contains(m.Text, "more: https://crm.example/inbox") != (tc.more != "") {
				t.Errorf("got %q: %s", m.Subject, m.Text)
			}
			for _, part := range []string{m.Text, m.HTML} {
				if !strings.Contains(part, "10 March, 08:00 UTC") || !strings.Contains(part, "from Brightwater CRM because") {
					t.Errorf("the time has no zone, or the message no sender: %s", part)
				}
			}
		})
	}
}
