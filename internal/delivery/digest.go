package delivery

import (
	"context"
	"time"

	"tandem/internal/collab"
)

// DropDigest returns a Handler for a server that sends no mail. It deletes the items of a digest, so that none pile up:
// people may choose e-mail all the same.
func DropDigest(queue collab.JobStore, now func() time.Time) Handler {
	return func(ctx context.Context, job *collab.Job) (Result, error) {
		return Result{Done: true, Until: collab.At(now())}, queue.DropDigest(ctx, job.OrgID, job.UserID)
	}
}
