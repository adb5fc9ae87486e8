package sqlite

import (
	"errors"

	"tandem/internal/collab"
)

// subscriptionColumns is what scanSubscription reads of a row s of the push subscriptions.
const subscriptionColumns = `s.id, s.user_id, s.endpoint, s.host, s.p256dh, s.auth, s.created_at`

func scanSubscription(r row) (*collab.PushSubscription, error) {
	p := &collab.PushSubscription{}
	var createdAt int64
	err := r.Scan(&p.ID, &p.UserID, &p.Endpoint, &p.Host, &p.P256dh, &p.Auth, &createdAt)
	p.CreatedAt = at(createdAt)
	return p, err
}

// notificationColumns is what scanNotification reads of a row n of the notifications.
const notificationColumns = `n.position, n.id, n.user_id, n.kind, n.title, n.body, n.entity_type, n.entity_id,
	n.actor_id, n.actor_ids, n.count, n.burst, n.created_at, n.updated_at, n.read_at, n.snoozed_until, NOT n.in_app`

// addWaiting adds to q what tells a collab.Waiting of a row n of the notifications, beside the notification: whether its person, a member m,
// has muted all of its records that they see, and whether all conflicts of which it tells were resolved.
func addWaiting(q *query, orgID collab.ID, now collab.Time) *query {
	return addMuted(q, orgID, now).add(`, COALESCE(n.kind = 'CONFLICT' AND n.burst ->> '$.conflicts' IS NOT NULL AND NOT EXISTS (SELECT 1 FROM json_each(n.burst, '$.conflicts') of
	JOIN conflicts c ON c.org_id = n.org_id AND c.id = of.value WHERE c.resolution IS NULL), FALSE)`)
}

// selectNotifications begins a query for scanNotification.
func selectNotifications(orgID collab.ID) *query {
	return newQuery("SELECT "+epoch+", "+notificationColumns+" FROM notifications n WHERE n.org_id = ?", orgID, orgID)
}

func scanNotification(r row) (*collab.Notification, error) {
	n := &collab.Notification{}
	var actors, burst []byte
	var createdAt int64
	var updatedAt, readAt, snoozedUntil *int64
	err := r.Scan(&n.Cursor.Epoch, &n.Cursor.Position, &n.ID, &n.UserID, &n.Kind, &n.Title, &n.Body,
		&n.EntityType, &n.EntityID, &n.ActorID, &actors, &n.Count, &burst, &createdAt, &updatedAt, &readAt, &snoozedUntil, &n.IsElsewhere)
	if err != nil {
		return nil, err
	}
	n.CreatedAt, n.ReadAt, n.SnoozedUntil = at(createdAt), atOrNil(readAt), atOrNil(snoozedUntil)
	n.Complete(atOrNil(updatedAt))
	err = errors.Join(decode(actors, &n.ActorIDs), decode(burst, &n.Burst))
	return n, err
}

func scanWatch(r row) (*collab.Watch, error) {
	w := &collab.Watch{}
	var chosenAt int64
	err := r.Scan(&w.EntityID, &w.UserID, &w.Watching, &chosenAt)
	w.ChosenAt = at(chosenAt)
	return w, err
}

// scanRecipient reads a person as queryRecipients asks for them.
func scanRecipient(r row) (*collab.Recipient, error) {
	p := &collab.Recipient{}
	var isMuted bool
	var until *int64
	var chosen, defaults []byte
	err := r.Scan(&p.UserID, &p.Name, &p.Role, &p.Removed, &p.Watches, &p.Commented, &isMuted, &until, &chosen, &defaults)
	if err != nil {
		return p, err
	}
	if isMuted {
		p.Mute = &collab.Mute{UserID: p.UserID, Until: atOrNil(until)}
	}
	err = errors.Join(decode(chosen, &p.Chosen), decode(defaults, &p.Defaults))
	return p, err
}

func scanMute(r row) (*collab.Mute, error) {
	m := &collab.Mute{}
	var until *int64
	err := r.Scan(&m.UserID, &m.EntityID, &until)
	m.Until = atOrNil(until)
	return m, err
}
