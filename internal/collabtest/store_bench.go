package collabtest

import (
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
		must(store.SetNotificationPreferences(b.Context(), c.id, "bob", collab.PreferencesPatch{SetsQuietHours: true, QuietHours: quiet}))(b)
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
