package delivery

import (
	"context"
	"net/url"
	"time"

	"tandem/internal/collab"
	"tandem/internal/webpush"
)

const (
	// pushTTL is how long a push service keeps a message for a device that is off.
	pushTTL = 24 * time.Hour
	// pushRest is how long a notification that grows is not sent again to the same browser.
	pushRest = 5 * time.Minute
	// shownTime is how long a client that shows a notification has to stay before nothing is pushed. It is longer than a
	// connection that broke silently looks alive: half a minute without an answer, and the grace of presence.
	shownTime = 45 * time.Second
	// mostRefused bounds the attempts to send a message that the push service refuses, such as one signed with another key. Earlier
	// attempts that failed otherwise count too: a queue keeps their number, and not what became of each.
	mostRefused = 3
)

// A Pusher sends notifications to browsers.
type Pusher struct {
	// Content returns what a job sends; nil for nothing.
	Content func(ctx context.Context, job *collab.Job) (*collab.PushContent, error)
	// Shown reports whether a client that its person uses shows what comes to the inbox.
	Shown func(ctx context.Context, orgID, userID collab.ID) bool
	// Drop deletes a subscription.
	Drop func(ctx context.Context, orgID, id collab.ID) error
	// Sender hands messages to push services.
	Sender *webpush.Sender
	// Product is the name of the product.
	Product string
	// PublicURL is where people open the application, without a slash at its end; empty for a path only.
	PublicURL string
	Now       func() time.Time
}

// Handle is a Handler.
func (p *Pusher) Handle(ctx context.Context, job *collab.Job) (Result, error) {
	now := collab.At(p.Now())
	nothing := Result{Done: true, Until: now}
	content, err := p.Content(ctx, job)
	if err != nil || content == nil {
		return nothing, err
	}
	if content.Until != nil {
		job.Planned = true
		return Result{Until: *content.Until}, nil
	}
	if content.Turn != nil {
		return Result{Until: *content.Turn}, nil
	}
	if n := content.Notification; !n.IsElsewhere && p.Shown(ctx, job.OrgID, job.UserID) {
		sure := collab.At(n.CameAt().Add(shownTime))
		if sure.After(now.Time) && n.CameAt().Before(now.Add(shownTime)) { // one of a clock that was ahead came before it was set right
			job.Planned = true
			return Result{Until: sure}, nil
		}
		return Result{Done: true, Until: now, Reason: reasonShown}, nil
	}
	to := content.Subscription
	keys, err := webpush.ParseKeys(to.P256dh, to.Auth)
	if err != nil {
		return nothing, p.Drop(ctx, job.OrgID, job.Target)
	}
	outcome, err := p.Sender.Send(ctx, webpush.Subscription{Endpoint: to.Endpoint, Keys: keys, Owner: ownerOf(job)}, p.message(content))
	if err != nil {
		return Result{}, err
	}
	return p.result(ctx, job, outcome)
}

// result returns what becomes of a job after an attempt.
func (p *Pusher) result(ctx context.Context, job *collab.Job, outcome webpush.Outcome) (Result, error) {
	now := p.Now()
	switch result := (Result{Reason: string(outcome.Reason)}); outcome.Verdict {
	case webpush.Sent:
		return Result{Sent: true, Done: true, Until: collab.At(now.Add(pushRest))}, nil
	case webpush.Gone:
		result.Done, result.Until = true, collab.At(now)
		// The subscription is deleted also while the instance stops: another one would only be refused again.
		ctx, cancel := outlasting(ctx)
		defer cancel()
		return result, p.Drop(ctx, job.OrgID, job.Target)
	case webpush.Drop:
		result.Done, result.Until = true, collab.At(now)
		return result, nil
	case webpush.Wait:
		result.Until = collab.At(now.Add(outcome.After + backoff(1)))
		return result, nil
	default:
		job.Attempts++
		result.Done = outcome.Reason == webpush.ReasonRefused && job.Attempts >= mostRefused
		result.Until = collab.At(now.Add(askedWait(outcome.After, job.Attempts)))
		return result, nil
	}
}

// message returns what the browser shows.
func (p *Pusher) message(c *collab.PushContent) webpush.Message {
	n := c.Notification
	m := webpush.Message{
		ID: string(n.ID), Kind: string(n.Kind), Title: n.Title, Body: n.Body, Navigate: p.PublicURL + pathOf(n), Count: n.Count, Unread: c.Unread,
		Urgency: urgencyOf(n), TTL: pushTTL,
	}
	if !c.ShowsContent {
		m.Title, m.Body = n.Kind.Discreet(n.Count), "Open "+p.Product+" to see the details."
	}
	if n.SnoozedUntil != nil {
		m.SnoozedUntil = n.SnoozedUntil.Time
	}
	if n.EntityID != nil {
		m.EntityID = string(*n.EntityID)
	}
	return m
}

// pathOf returns the page of a notification: that of its entity, such as /customers/cus_1, with its comments if one of them is
// the reason, or the inbox. The page of a deleted entity offers to restore it.
func pathOf(n *collab.Notification) string {
	if n.EntityID == nil || n.EntityType == nil {
		return "/inbox"
	}
	path := "/" + url.PathEscape(n.EntityType.Plural()) + "/" + string(*n.EntityID)
	if n.Kind == collab.NotifyMention || n.Kind == collab.NotifyComment {
		return path + "?tab=comments"
	}
	return path
}

// urgencyOf returns how soon a device is woken: at once for what concerns the person, and later for what they follow.
func urgencyOf(n *collab.Notification) webpush.Urgency {
	if n.IsUrgent() {
		return webpush.UrgencyNormal
	}
	return webpush.UrgencyLow
}
