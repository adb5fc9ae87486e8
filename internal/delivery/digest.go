package delivery

import (
	"context"
	"time"

	"tandem/internal/collab"
	"tandem/internal/smtp"
)

// A Digester sends digests by e-mail.
type Digester struct {
	// Content returns what a job sends; nil for nothing.
	Content func(ctx context.Context, job *collab.Job) (*collab.DigestContent, error)
	// End deletes the items of a digest, which is not sent again.
	End func(ctx context.Context, orgID, userID, id collab.ID) error
	// Refuse notes that the mail server does not know an address.
	Refuse func(ctx context.Context, orgID, userID collab.ID, address string) error
	// Sender hands messages to the mail server.
	Sender *smtp.Sender
	Links  Links
	// Product is the name of the product.
	Product string
	Now     func() time.Time
}

// Handle is a Handler.
func (d *Digester) Handle(ctx context.Context, job *collab.Job) (Result, error) {
	nothing := Result{Done: true, Until: collab.At(d.Now())}
	content, err := d.Content(ctx, job)
	if err != nil || content == nil {
		return nothing, err
	}
	if content.Until != nil {
		job.Planned = true
		return Result{Until: *content.Until}, nil
	}
	message, err := d.message(job, content)
	if err != nil {
		return Result{}, err
	}
	outcome, err := d.Sender.Send(ctx, message)
	if err != nil {
		return Result{}, err
	}
	return d.result(ctx, job, content, outcome)
}

// result returns what becomes of a job after an attempt. A digest that was sent ends also while the instance stops. A digest
// whose address does not exist is planned again: that drops it, unless its person has another address by now.
func (d *Digester) result(ctx context.Context, job *collab.Job, content *collab.DigestContent, outcome smtp.Outcome) (Result, error) {
	now := d.Now()
	result := Result{Reason: string(outcome.Reason), Until: collab.At(now)}
	switch outcome.Verdict {
	case smtp.Wait:
		result.Until = collab.At(now.Add(outcome.After + backoff(1)))
		return result, nil
	case smtp.Retry:
		job.Attempts++
		result.Until = collab.At(now.Add(backoff(job.Attempts)))
		return result, nil
	}
	ctx, cancel := outlasting(ctx)
	defer cancel()
	if outcome.Verdict == smtp.NoMailbox {
		return result, d.Refuse(ctx, job.OrgID, job.UserID, content.Address)
	}
	result.Done, result.Sent = true, outcome.Verdict == smtp.Sent
	return result, d.End(ctx, job.OrgID, job.UserID, content.ID)
}
