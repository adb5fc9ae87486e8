package collab

import (
	"context"
	"errors"
	"slices"
)

// A PushContent is what a JobPush sends.
type PushContent struct {
	Subscription *PushSubscription
	Notification *Notification
	// Unread is how many notifications of the person are unread.
	Unread int
	// Until is the end of the person's quiet hours, if they have some at this moment; nil otherwise. Nothing else is set then.
	Until *Time
}

// PushContent returns what a JobPush sends, as its person may see it at this moment; nil if there is nothing to send any
// more: the subscription or the notification is gone, the person was removed or may not see its entity, has read
// it, or does not want it pushed.
func (s *Service) PushContent(ctx context.Context, job *Job) (*PushContent, error) {
	subscription, err := s.store.PushSubscription(ctx, job.OrgID, job.Target)
	if err != nil || subscription == nil || subscription.UserID != job.UserID {
		return nil, err
	}
	v, err := s.recipientOf(ctx, job)
	if errors.Is(err, errRemoved) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	scope := v.OwnScope()
	found, err := s.store.Notifications(ctx, scope, job.UserID, []ID{job.NotificationID})
	if err != nil {
		return nil, err
	}
	n := found[job.NotificationID]
	if n == nil || n.ReadAt != nil || n.IsSnoozed(At(s.now())) {
		return nil, nil
	}
	preferences, wanted, err := s.wants(ctx, job, n, ChannelPush)
	if err != nil || !wanted {
		return nil, err
	}
	now := At(s.now())
	if until := preferences.QuietUntil(now); until.After(now.Time) {
		return &PushContent{Until: &until}, nil
	}
	unread, err := s.store.CountUnread(ctx, scope, job.UserID, now)
	return &PushContent{Subscription: subscription, Notification: n, Unread: unread}, err
}

// wants reports whether a job's person wants a notification on a channel now, and returns what they chose.
func (s *Service) wants(ctx context.Context, job *Job, n *Notification, channel NotificationChannel) (*NotificationPreferences, bool, error) {
	found, err := s.store.NotificationPreferences(ctx, job.OrgID, []ID{job.UserID})
	if err != nil {
		return nil, false, err
	}
	muted := false
	if n.EntityID != nil {
		mutes, err := s.store.Mutes(ctx, job.OrgID, job.UserID, []ID{*n.EntityID}, At(s.now()))
		if err != nil {
			return nil, false, err
		}
		muted = mutes[*n.EntityID] != nil
	}
	preferences := found[job.UserID]
	return preferences, slices.Contains(preferences.ChannelsFor(n.Kind, muted), channel), nil
}

// recipientOf returns a job's person, as the database has them now. The error is errRemoved if they are not a member.
func (s *Service) recipientOf(ctx context.Context, job *Job) (*Viewer, error) {
	org, member, err := s.store.Member(ctx, job.OrgID, job.UserID)
	if err != nil {
		return nil, err
	}
	return viewerOf(org, member)
}
