package collabtest

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"tandem/internal/collab"
)

// BenchmarkWrite measures updates of one entity, one after the other.
func BenchmarkWrite(b *testing.B, store collab.Store) {
	c := found(b, store)
	id := c.create(call("counted", nil))
	decide := c.editing(collab.ChangeUpdate, countUp)
	b.ReportAllocs()
	for b.Loop() {
		c.write(collab.Intent{EntityID: id}, decide)
	}
}

// BenchmarkChanges measures reading a page of 100 changes of the log.
func BenchmarkChanges(b *testing.B, store collab.Store) {
	const page = 100
	c := found(b, store)
	id := c.create(customer("Acme"))
	for range 2 * page {
		c.edit(id, func(e collab.Entity) { e.(*collab.Customer).Notes = new(awkwardText) })
	}
	b.ReportAllocs()
	for b.Loop() {
		if got := must(store.Changes(b.Context(), c.id, page, page))(b); len(got) != page {
			b.Fatalf("a page of %d has %d", page, len(got))
		}
	}
}

// BenchmarkPushContent measures the check of a push just before it is sent, and of one in quiet hours.
func BenchmarkPushContent(b *testing.B, store collab.Store) {
	c := found(b, store)
	c.join("bob")
	c.become(&collab.Membership{UserID: "bob", Role: collab.RoleMember})
	c.as("bob").register("https://push.example/" + string(c.id))
	c.pushTo(c.create(customer("Acme")), nil, "bob")
	job, now := c.claim(collab.JobPush, c.after(0))[0], c.now()
	service := collab.NewService(store, nil, nil, slog.New(slog.DiscardHandler), func() time.Time { return now.Time })
	check := func(b *testing.B, quiet *collab.QuietHours) {
		must(store.SetNotificationPreferences(b.Context(), c.id, "bob", collab.PreferencesPatch{SetsQuietHours: true, QuietHours: quiet}, c.now()))(b)
		b.ReportAllocs()
		for b.Loop() {
			if content := must(service.PushContent(b.Context(), job))(b); content == nil || (content.Until != nil) != (quiet != nil) {
				b.Fatalf("got %+v", content)
			}
		}
	}
	b.Run("sent", func(b *testing.B) { check(b, nil) })
	b.Run("quiet", func(b *testing.B) { check(b, &collab.QuietHours{From: "08:00", To: "17:00"}) })
}

// BenchmarkNotify measures a change that notifies 1,000 people by push, who have a number of browsers each. The queue of each
// browser is full.
func BenchmarkNotify(b *testing.B, store collab.Store) {
	for _, browsers := range []int{0, 5} {
		b.Run(fmt.Sprint(browsers, " browsers"), func(b *testing.B) { benchmarkNotify(b, store, browsers) })
	}
}

func benchmarkNotify(b *testing.B, store collab.Store, browsers int) {
	c := found(b, store)
	people := make([]collab.ID, 1000)
	for i := range people {
		people[i] = collab.ID(fmt.Sprint("person-", i))
		c.join(people[i])
		for n := range browsers {
			c.as(people[i]).register(fmt.Sprintf("https://push.example/%s/%d/%d", c.id, i, n))
		}
	}
	id := c.create(customer("Acme"))
	notify := func(st *collab.State) (*collab.Decision, error) {
		decided, err := c.pushing(collab.NotifyMention, nil, people...)(st)
		for _, n := range decided.Change.Notifications {
			n.Channels = []collab.NotificationChannel{collab.ChannelPush}
		}
		return decided, err
	}
	for range min(browsers, 1) * collab.MaxJobsPerBrowser {
		c.write(collab.Intent{EntityID: id}, notify)
	}
	for b.Loop() {
		c.write(collab.Intent{EntityID: id}, notify)
	}
}

// BenchmarkSnooze measures a snooze of as many notifications as one call may snooze, by a person with as many browsers as one may have.
func BenchmarkSnooze(b *testing.B, store collab.Store) {
	c := found(b, store)
	for n := range collab.MaxPushSubscriptions {
		c.register(fmt.Sprintf("https://push.example/%s/%d", c.id, n))
	}
	id := c.create(customer("Acme"))
	told := make([]*collab.Notification, 1000)
	for i := range told {
		told[i] = c.tell(id, ann).Notifications[0]
	}
	until := c.after(time.Hour)
	b.ReportAllocs()
	for b.Loop() {
		until = collab.At(until.Add(time.Second))
		c.snooze(until, told...)
	}
}
