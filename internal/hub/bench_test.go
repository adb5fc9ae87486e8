package hub_test

import (
	"fmt"
	"log/slog"
	"sync"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/hub"
)

// BenchmarkDelivery measures one change on its way to all subscriptions, from
// its announcement until the last of them has it.
func BenchmarkDelivery(b *testing.B) {
	for _, subscriptions := range []int{1, 100, 1000} {
		b.Run(fmt.Sprint(subscriptions), func(b *testing.B) {
			h := hub.New(newLog(acme), &testCaches{}, slog.New(slog.DiscardHandler), hub.Options{})
			var delivered, readers sync.WaitGroup
			for range subscriptions {
				s, err := h.Subscribe(b.Context(), acme, nil)
				if err != nil {
					b.Fatal(err)
				}
				readers.Go(func() {
					defer s.Close()
					for {
						if _, err := s.Next(b.Context()); err != nil {
							return
						}
						delivered.Done()
					}
				})
			}
			b.Cleanup(readers.Wait)
			b.ReportAllocs()
			position := int64(0)
			for b.Loop() {
				position++
				delivered.Add(subscriptions)
				h.Announce(&collab.Change{OrgID: acme, Cursor: *at(position)})
				delivered.Wait()
			}
			perDelivery := float64(b.Elapsed().Nanoseconds()) / float64(b.N*subscriptions)
			b.ReportMetric(perDelivery, "ns/delivery")
		})
	}
}

// BenchmarkAnnounce measures what an announcement costs its writer: in
// order, and with every second one ahead of the one before it.
func BenchmarkAnnounce(b *testing.B) {
	for name, swap := range map[string]int64{"in order": 0, "reordered": 1} {
		b.Run(name, func(b *testing.B) {
			h := hub.New(newLog(acme), &testCaches{}, slog.New(slog.DiscardHandler), hub.Options{})
			s, err := h.Subscribe(b.Context(), acme, nil)
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(s.Close)
			b.ReportAllocs()
			next := int64(0)
			for b.Loop() {
				next++
				position := next
				if swap == 1 { // 2, 1, 4, 3, …
					position = (next - 1) ^ 1 + 1
				}
				h.Announce(&collab.Change{OrgID: acme, Cursor: *at(position)})
			}
		})
	}
}
