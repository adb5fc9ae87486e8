package server

import (
	"context"
	"log/slog"
	"time"

	"tandem/internal/collab"
	"tandem/internal/config"
	"tandem/internal/delivery"
	"tandem/internal/metrics"
	"tandem/internal/smtp"
	"tandem/internal/webpush"
)

// outgoing is what reaches people outside of the application.
type outgoing struct {
	push  *pusher
	mail  *smtp.Sender // nil if mail is off
	links delivery.Links
}

// openOutgoing reads what outgoing messages need.
func openOutgoing(ctx context.Context, s config.Settings, store collab.Store, log *slog.Logger) (out outgoing, err error) {
	if out.push, err = openPush(ctx, s, store); err != nil {
		return out, err
	}
	if out.links, err = openLinks(ctx, s, store); err != nil {
		return out, err
	}
	out.mail, err = openMail(s, log)
	return out, err
}

// offer tells the service what it may offer to people.
func (out outgoing) offer(service *collab.Service, s config.Settings) {
	service.OfferPush(out.push.offer(s))
	if out.mail != nil {
		service.OfferMail(collab.Mail{Hour: s.DigestHour})
	}
}

// newWorkers returns the workers that send what waits in the queue. Without mail, none takes digests, which wait for an instance
// that sends them.
func newWorkers(settings config.Settings, service *collab.Service, store collab.Store, presences collab.Presences, out outgoing, log *slog.Logger, now func() time.Time, counts delivery.Counts) ([]*delivery.Worker, error) {
	sender, err := webpush.NewSender(out.push.identity, out.push.hosts)
	if err != nil {
		return nil, err
	}
	pushes := &delivery.Pusher{
		Content: service.PushContent, Shown: delivery.NewAttention(presences, now).Shown, Drop: store.DropPush, Sender: sender,
		Product: settings.ProductName, PublicURL: settings.PublicURL, Now: now,
	}
	specs := []delivery.Spec{{Kind: collab.JobPush, Handle: pushes.Handle, Slots: delivery.PushSlots, Limited: sender.Limited}}
	if out.mail != nil {
		digests := &delivery.Digester{
			Content: service.DigestContent, End: store.EndDigest, Refuse: service.RefuseEmail,
			Sender: out.mail, Links: out.links, Product: settings.ProductName, Now: now,
		}
		specs = append(specs, delivery.Spec{Kind: collab.JobDigest, Handle: digests.Handle, Slots: delivery.DigestSlots})
	}
	var workers []*delivery.Worker
	for _, spec := range specs {
		workers = append(workers, delivery.NewWorker(store, spec, log, now, counts))
	}
	return workers, nil
}

// readQueue reads what waits in the queue, of the kinds that this instance sends: what waits for an instance that sends it is not
// late here. If the store does not answer, the scrape lacks it.
func (s *Server) readQueue(ctx context.Context, set metrics.Set) {
	now := s.Service.Now()
	stats, err := s.Store.JobStats(ctx, now)
	if err != nil {
		return
	}
	for _, worker := range s.workers {
		kind := worker.Kind()
		one, age := stats[kind], 0.0
		if !one.Oldest.IsZero() {
			age = now.Sub(one.Oldest.Time).Seconds()
		}
		set("tandem_queue_jobs", float64(one.Waiting), string(kind))
		set("tandem_queue_oldest_seconds", age, string(kind))
	}
}
