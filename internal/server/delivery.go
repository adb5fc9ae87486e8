package server

import (
	"context"
	"log/slog"
	"time"

	"tandem/internal/collab"
	"tandem/internal/config"
	"tandem/internal/delivery"
	"tandem/internal/metrics"
	"tandem/internal/webpush"
)

// newWorker returns the worker that sends what waits in the queue.
func newWorker(settings config.Settings, service *collab.Service, store collab.Store, presences collab.Presences, push *pusher, log *slog.Logger, counts delivery.Counts) (*delivery.Worker, error) {
	sender, err := webpush.NewSender(push.identity, push.hosts)
	if err != nil {
		return nil, err
	}
	pushes := &delivery.Pusher{
		Content: service.PushContent, Shown: delivery.NewAttention(presences, time.Now).Shown, Drop: store.DropPush, Sender: sender,
		PublicURL: settings.PublicURL, ShowsContent: settings.PushContent, Now: time.Now,
	}
	handlers := map[collab.JobKind]delivery.Handler{collab.JobPush: pushes.Handle, collab.JobDigest: delivery.DropDigest(store, time.Now)}
	return delivery.NewWorker(store, handlers, log, time.Now, counts), nil
}

// readQueue reads what waits in the queue. If the store does not answer, the scrape lacks it.
func (s *Server) readQueue(ctx context.Context, set metrics.Set) {
	now := collab.At(time.Now())
	stats, err := s.Store.JobStats(ctx, now)
	if err != nil {
		return
	}
	for _, kind := range collab.JobKinds {
		one, age := stats[kind], 0.0
		if !one.Oldest.IsZero() {
			age = now.Sub(one.Oldest.Time).Seconds()
		}
		set("tandem_queue_jobs", float64(one.Waiting), string(kind))
		set("tandem_queue_oldest_seconds", age, string(kind))
	}
}
