package inbox_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/collab"
	"tandem/internal/inbox"
)

// A snoozed inbox has one notification whose snooze ends at a time. Its clock may be ahead of the one that timers follow.
type snoozed struct {
	until time.Time
	ahead time.Duration
	reads int
}

func (s *snoozed) Now() collab.Time { return collab.At(time.Now().Add(s.ahead)) }

func (s *snoozed) InboxOf(_ context.Context, _ collab.ID, query collab.InboxQuery) (*collab.Inbox, error) {
	s.reads++
	if query.Since != nil && !s.Now().Before(s.until) {
		return &collab.Inbox{Unread: 1}, nil
	}
	return &collab.Inbox{Mark: collab.InboxMark{At: s.Now()}, Wakes: new(collab.At(s.until))}, nil
}

func (s *snoozed) FollowInbox(collab.ID, collab.ID, func()) (stop func()) { return func() {} }

// The end of a snooze is told at its time, and soon when the clock was set forward past it.
func TestEndOfASnooze(t *testing.T) {
	for name, test := range map[string]struct{ forward, within time.Duration }{
		"at its time":                     {0, time.Hour},
		"after the clock was set forward": {time.Hour, 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				reader := &snoozed{until: time.Now().Add(time.Hour)}
				var told []int
				feed := inbox.NewFeed(reader, &collab.Viewer{Organization: &collab.Organization{}, User: &collab.User{}}, func(change *collab.InboxChange) {
					told = append(told, change.UnreadCount)
				})
				defer feed.Close()
				if err := feed.Next(t.Context()); err != nil {
					t.Fatal(err)
				}
				reader.ahead = test.forward
				began := time.Now()
				if err := feed.Next(t.Context()); err != nil {
					t.Fatal(err)
				}
				if len(told) != 2 || told[1] != 1 || time.Since(began) > test.within || reader.reads != 2 {
					t.Errorf("counts of %v were told within %v, after %d reads", told, time.Since(began), reader.reads)
				}
			})
		})
	}
}

// A pruned inbox loses its only unread notification.
type pruned struct{ woken func() }

func (p *pruned) InboxOf(_ context.Context, _ collab.ID, query collab.InboxQuery) (*collab.Inbox, error) {
	if query.Since == nil {
		return &collab.Inbox{Unread: 1}, nil
	}
	return &collab.Inbox{}, nil
}

func (p *pruned) Now() collab.Time { return collab.At(time.Now()) }

func (p *pruned) FollowInbox(_, _ collab.ID, wake func()) (stop func()) {
	p.woken = wake
	return func() {}
}

// The client reads the inbox again after a pruning, which is the only one to delete notifications without a word on which.
func TestPrunedInbox(t *testing.T) {
	reader, told := &pruned{}, []*collab.InboxChange(nil)
	feed := inbox.NewFeed(reader, &collab.Viewer{Organization: &collab.Organization{}, User: &collab.User{}}, func(change *collab.InboxChange) {
		told = append(told, change)
	})
	defer feed.Close()
	for range 2 {
		if err := feed.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
		reader.woken()
	}
	if len(told) != 2 || told[0].Truncated || !told[1].Truncated || told[1].UnreadCount != 0 {
		t.Errorf("told %+v", told)
	}
}

// A granted inbox has a notification of a grant, which a read returns again for the change of what the person sees.
type granted struct {
	pruned
	title string
}

func (g *granted) InboxOf(_ context.Context, _ collab.ID, query collab.InboxQuery) (*collab.Inbox, error) {
	if query.Since == nil {
		return &collab.Inbox{}, nil
	}
	return &collab.Inbox{Unread: 1, Changed: []*collab.Notification{{ID: "ntf_1", Title: g.title}}}, nil
}

// A notification of a grant is reported once, and again when it is another one.
func TestGrantIsReportedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		reader, titles := &granted{title: "Ada gave you access"}, []string{}
		feed := inbox.NewFeed(reader, &collab.Viewer{Organization: &collab.Organization{}, User: &collab.User{}}, func(change *collab.InboxChange) {
			for _, n := range change.Changed {
				titles = append(titles, n.Title)
			}
		})
		defer feed.Close()
		go func() {
			for feed.Next(t.Context()) == nil {
				continue
			}
		}()
		synctest.Wait()
		reader.woken()
		synctest.Wait()
		feed.AccessChanged(&collab.Change{EntityID: "cus_1"})
		synctest.Wait()
		reader.title = "Somebody gave you access"
		reader.woken()
		synctest.Wait()
		if want := []string{"Ada gave you access", "Somebody gave you access"}; !slices.Equal(titles, want) {
			t.Errorf("reported %q, not %q", titles, want)
		}
	})
}
