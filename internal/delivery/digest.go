package delivery

import (
	"context"
	"time"

	"tandem/internal/collab"
)

// dropAtOnce is how many items of a digest are deleted at once.
const dropAtOnce = 1000

// DropDigest returns a Handler for a server that sends no mail. It deletes the items of a digest, so that none pile up:
// people may choose e-mail all the same.
func DropDigest(queue collab.JobStore, now func() time.Time) Handler {
	return func(ctx context.Context, job *collab.Job) (Result, error) {
		for {
			ids, err := queue.DigestItems(ctx, job.OrgID, job.UserID, dropAtOnce)
			if err != nil {
				return Result{}, err
			}
			if len(ids) == 0 {
				return Result{Done: true, Until: collab.At(now())}, nil
			}
			if err := queue.DeleteDigestItems(ctx, job.OrgID, job.UserID, ids); err != nil {
				return Result{}, err
			}
		}
	}
}
