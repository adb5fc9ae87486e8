package collab

import (
	"context"
	"time"
)

// A PushContent is what a JobPush sends.
type PushContent struct {
	Subscription *PushSubscription
	Notification *Notification
	// ShowsContent lets the message name records and people, which a locked screen shows too.
	ShowsContent bool
	// Unread is how many notifications of the person are unread, up to MaxUnreadCount.
	Unread int
	// Until is the end of the snooze or of the person's quiet hours, if that is to come; nil otherwise. Nothing else is set then.
	Until *Time
	// Turn is when to look again, since an older message about the same record goes to the browser first; nil otherwise. Nothing else
	// is set then.
	Turn *Time
}

// TurnTime is how long a push waits for an older one that is under way or due, before it looks again.
const TurnTime = time.Second

// PushContent returns what a JobPush sends, as its person may see it at this moment; nil if there is nothing to send any
// more: the subscription or the notification is gone, or an erasure left nothing of it, or the person was removed or may not see
// its entity, has read it, or does not want it pushed, or the conflicts of which it tells were resolved. It sets the job's Grown: what came since the claim is in the content, so
// it is not sent again.
func (s *Service) PushContent(ctx context.Context, job *Job) (*PushContent, error) {
	now := At(s.now())
	check, err := s.store.PushCheck(ctx, job, now)
	if err != nil || check == nil {
		return nil, err
	}
	job.Grown = check.Grown
	// Until the snooze or the quiet hours end, the person may still read the notification, change their preferences back, or be given
	// access again.
	if until := check.until(now); until.After(now.Time) {
		return &PushContent{Until: &until}, nil
	}
	if !check.isSent(now) {
		return nil, nil
	}
	if turn, err := s.pushTurn(ctx, job, check.Behind, now); err != nil || turn != nil {
		return &PushContent{Turn: turn}, err
	}
	unread, err := s.store.CountUnread(ctx, ownScope(job.OrgID, job.UserID, check.Role), job.UserID, now)
	return &PushContent{
		Subscription: check.Subscription, Notification: check.Notification, ShowsContent: s.showsContent(check.PushContent), Unread: unread,
	}, err
}

// pushTurn returns when a job looks again, since older ones go first; nil if none does. An older job that
// failed goes first only as long as it is still to be sent.
func (s *Service) pushTurn(ctx context.Context, job *Job, behind []ID, now Time) (turn *Time, err error) {
	for _, id := range behind {
		older := *job
		older.NotificationID = id
		check, err := s.store.PushCheck(ctx, &older, now)
		if err != nil {
			return nil, err
		}
		if check == nil || check.DueAt == nil || check.DueAt.After(now.Time) && !check.isSent(now) {
			continue
		}
		if at := At(check.DueAt.Add(TurnTime)); turn == nil || at.After(turn.Time) {
			turn = &at
		}
	}
	return turn, nil
}

// isSent reports whether a push outside of quiet hours is sent.
func (c *PushCheck) isSent(now Time) bool {
	return !c.IsHidden && c.isWanted(c.Preferences, ChannelPush, now)
}

// until returns the end of the snooze, or of the quiet hours that now falls into; now if there is neither.
func (c *PushCheck) until(now Time) Time {
	if c.Notification.IsSnoozed(now) {
		return *c.Notification.SnoozedUntil
	}
	return c.Preferences.QuietUntil(now)
}
