package collab

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"
)

// MostInDigest is how many notifications a digest lists. It counts the others.
const MostInDigest = 50

// A DigestContent is what a JobDigest sends.
type DigestContent struct {
	// Until is when the digest is due, if that is later; nil if it is now. Nothing else is set then.
	Until *Time
	// ID is that of the digest, also when it is sent again.
	ID ID
	// Address is the person's e-mail address, and Zone their time zone.
	Address string
	Zone    *time.Location
	// Notifications are the newest ones, newest first. Count includes those that are not among them. OrMore is set if there
	// may have been further ones, older than the MaxDigestItems that were collected.
	Notifications []*Notification
	Count         int
	OrMore        bool
}

// DigestContent returns what a JobDigest sends, as its person may see it at this moment; nil if there is nothing to send.
// It leaves out what they have read or snoozed, may not see, have muted, or do not want by e-mail any more. If the person is
// not a member, has no address or wants no digest, it drops what has been collected for them. Only a service that offers mail
// may call it: the others leave what was collected to those.
func (s *Service) DigestContent(ctx context.Context, job *Job) (*DigestContent, error) {
	v, err := s.recipientOf(ctx, job)
	if errors.Is(err, errRemoved) {
		return s.dropDigest(ctx, job)
	}
	if err != nil {
		return nil, err
	}
	found, err := s.store.NotificationPreferences(ctx, job.OrgID, []ID{job.UserID})
	if err != nil {
		return nil, err
	}
	preferences := found[job.UserID]
	address := preferences.mailbox(v.User)
	due := s.digestDue(preferences, job)
	if due == nil || address == "" {
		return s.dropDigest(ctx, job)
	}
	if due.After(s.now()) {
		return &DigestContent{Until: due}, nil
	}
	id, items, err := s.store.BeginDigest(ctx, job, NewID(prefixDigest, s.now()))
	if err != nil || len(items) == 0 {
		return nil, err
	}
	all, err := s.digestOf(ctx, v, preferences, items)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, s.store.EndDigest(ctx, job.OrgID, job.UserID, id)
	}
	return &DigestContent{
		ID: id, Address: address, Zone: preferences.location(),
		Notifications: all[:min(len(all), MostInDigest)], Count: len(all),
		OrMore: len(items) >= MaxDigestItems,
	}, nil
}

// dropDigest drops what has been collected for a person who can't get it. If more was added meanwhile, their wish or their
// membership may have changed before that, so the digest is planned again at once.
func (s *Service) dropDigest(ctx context.Context, job *Job) (*DigestContent, error) {
	if dropped, err := s.store.DropDigest(ctx, job); err != nil || dropped {
		return nil, err
	}
	return &DigestContent{Until: ptr(At(s.now()))}, nil
}

// digestDue returns when a job's digest is due by what the person chose; nil for never. A digest that
// failed is tried again outside of their quiet hours only.
func (s *Service) digestDue(p *NotificationPreferences, job *Job) *Time {
	due, now := p.NextDigest(job.QueuedAt, s.mail.Hour), At(s.now())
	if due == nil || due.After(now.Time) {
		return due
	}
	return ptr(p.QuietUntil(now))
}

// digestOf returns those of the notifications that the person still wants to be told by e-mail, newest first.
func (s *Service) digestOf(ctx context.Context, v *Viewer, p *NotificationPreferences, ids []ID) ([]*Notification, error) {
	now := At(s.now())
	found, err := s.store.Notifications(ctx, v.OwnScope(), v.User.ID, ids)
	if err != nil {
		return nil, err
	}
	about := []ID{} // nil would read all mutes
	for _, n := range found {
		if n.EntityID != nil {
			about = append(about, *n.EntityID)
		}
	}
	mutes, err := s.store.Mutes(ctx, v.Organization.ID, v.User.ID, about, now)
	if err != nil {
		return nil, err
	}
	all := slices.DeleteFunc(slices.Collect(maps.Values(found)), func(n *Notification) bool {
		muted := n.EntityID != nil && mutes[*n.EntityID] != nil
		return n.ReadAt != nil || n.IsSnoozed(now) || !slices.Contains(p.ChannelsFor(n.Kind, muted), ChannelEmail)
	})
	slices.SortFunc(all, func(a, b *Notification) int { return cmp.Compare(b.Cursor.Position, a.Cursor.Position) })
	return all, nil
}
