package postgres

import (
	"context"
	"errors"
	"time"

	"tandem/internal/collab"
)

// PushCheck returns what decides on a push.
func (s *Store) PushCheck(ctx context.Context, job *collab.Job, now collab.Time) (found *collab.PushCheck, err error) {
	q := addWaiting(newQuery("SELECT "+settingsColumns+", m.role, "), job.OrgID, now).add(`, COALESCE(j.grown, ?),
		(SELECT json_object_agg(c.kind, c.channels) FROM notification_channels c WHERE c.org_id = m.org_id AND c.user_id = m.user_id),
		(SELECT json_object_agg(d.kind, d.channels) FROM notification_defaults d WHERE d.org_id = m.org_id),
		(SELECT o.push_content FROM organizations o WHERE o.id = m.org_id), `, job.Grown)
	q.add(`CASE WHEN j.pending THEN CASE WHEN j.holder IS NULL THEN GREATEST(j.due_at, ?::timestamptz) ELSE ?::timestamptz END END,
		(SELECT json_agg(o.notification_id) FROM jobs o JOIN notifications p ON p.org_id = o.org_id AND p.user_id = o.user_id
		AND p.id = o.notification_id WHERE o.org_id = s.org_id AND o.kind = 'PUSH' AND o.target = s.id AND o.pending
		AND (o.holder IS NOT NULL OR p.read_at IS NULL AND (o.attempts > 0 OR o.due_at <= ?))
		AND p.position < n.position AND p.entity_id = n.entity_id AND (p.snoozed_until IS NULL OR p.snoozed_until <= ?)), `,
		now, now, collab.At(now.Add(collab.TurnTime)), now)
	q.add(subscriptionColumns + ", NOT (TRUE")
	addToldMember(q, job.OrgID)
	q.add("), "+epoch+", "+notificationColumns, job.OrgID)
	q.add(` FROM push_subscriptions s JOIN members m ON m.org_id = s.org_id AND m.user_id = s.user_id
		JOIN notifications n ON n.org_id = s.org_id AND n.user_id = s.user_id
		LEFT JOIN notification_settings t ON t.org_id = m.org_id AND t.user_id = m.user_id
		LEFT JOIN jobs j ON j.org_id = s.org_id AND j.kind = 'PUSH' AND j.target = s.id AND j.notification_id = n.id
		WHERE s.org_id = ? AND s.id = ? AND s.user_id = ? AND n.id = ? AND m.removed_at IS NULL`, job.OrgID, job.Target, job.UserID, job.NotificationID)
	err = s.inTurn(ctx, job.OrgID,
		batchQuery{shareChoices(job.OrgID, job.UserID), ignore}, batchQuery{q, scanOne(&found, scanPushCheck)})
	return found, err
}

// scanPushCheck reads a row of PushCheck.
func scanPushCheck(r row) (*collab.PushCheck, error) {
	c, to, chose := &collab.PushCheck{}, &collab.PushSubscription{}, settings{}
	var chosen, defaults []byte
	var createdAt time.Time
	var behind []byte
	var dueAt *time.Time
	n, err := scanNotification(withColumnsBefore{r, append(chose.columns(), &c.Role, &c.IsMuted, &c.IsOver, &c.Grown, &chosen, &defaults, &c.PushContent, &dueAt, &behind,
		&to.ID, &to.UserID, &to.Endpoint, &to.Host, &to.P256dh, &to.Auth, &createdAt, &c.IsHidden)})
	if err != nil {
		return nil, err
	}
	to.CreatedAt = collab.At(createdAt)
	c.DueAt = atOrNil(dueAt)
	c.Subscription, c.Notification, c.Preferences = to, n, collab.DefaultPreferences(to.UserID, collab.ChannelChoices{})
	chose.applyTo(c.Preferences)
	err = errors.Join(decode(chosen, &c.Preferences.Chosen), decode(defaults, &c.Preferences.Defaults), decode(behind, &c.Behind))
	return c, err
}
