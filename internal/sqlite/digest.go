package sqlite

import (
	"context"

	"tandem/internal/collab"
)

// DigestCheck returns what decides on a digest, and what is in it.
func (s *Store) DigestCheck(ctx context.Context, job *collab.Job, now collab.Time) (*collab.DigestCheck, error) {
	q := addWaiting(newQuery("SELECT "), job.OrgID, now).add(", "+epoch+", "+notificationColumns, job.OrgID)
	q.add(` FROM digest_items i JOIN members m ON m.org_id = i.org_id AND m.user_id = i.user_id
		JOIN notifications n ON n.org_id = i.org_id AND n.user_id = i.user_id AND n.id = i.notification_id
		WHERE i.org_id = ? AND i.user_id = ? AND i.digest_id IS NOT NULL`, job.OrgID, job.UserID)
	addToldMember(q, job.OrgID)
	q.add(" ORDER BY n.position DESC")
	var member *collab.Member
	check := &collab.DigestCheck{}
	found, queries := queryPreferences(job.OrgID, []collab.ID{job.UserID})
	queries = append(queries, queryMember(job.OrgID, job.UserID, &member), batchQuery{q, scanAll(&check.Items, scanDigestContent)})
	if err := s.query(ctx, queries...); err != nil || member == nil || member.Removed {
		return nil, err
	}
	check.User, check.Preferences = member.User, found[job.UserID]
	return check, nil
}

// scanDigestContent reads an item of a DigestCheck.
func scanDigestContent(r row) (item collab.Waiting, err error) {
	item.Notification, err = scanNotification(withColumnsBefore{r, []any{&item.IsMuted, &item.IsOver}})
	return item, err
}
