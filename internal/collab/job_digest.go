package collab

import (
	"context"
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

// A DigestCheck is what decides on a JobDigest, in one state.
type DigestCheck struct {
	User        *User
	Preferences *NotificationPreferences
	// Items are what the digest that was begun tells and the person may see, newest first.
	Items []Waiting
}

// DigestContent returns what a JobDigest sends, as its person may see it at this moment; nil if there is nothing to send.
// It leaves out what they have read or snoozed, may not see, have muted, or do not want by e-mail any more, what was erased, and conflicts that
// were resolved. If the person is
// not a member, has no address or wants no digest, it drops what has been collected for them. Only a service that offers mail
// may call it: the others leave what was collected to those.
func (s *Service) DigestContent(ctx context.Context, job *Job) (*DigestContent, error) {
	now := At(s.now())
	before, err := s.store.DigestCheck(ctx, job, now)
	if err != nil {
		return nil, err
	}
	due := s.digestDue(before, job, now)
	if due == nil {
		return s.dropDigest(ctx, job)
	}
	if due.After(now.Time) {
		return &DigestContent{Until: due}, nil
	}
	id, items, err := s.store.BeginDigest(ctx, job, NewID(prefixDigest, now.Time))
	if err != nil || len(items) == 0 {
		return nil, err
	}
	// BeginDigest may have waited, so what the person is and wants is read again, together with the content.
	check, err := s.store.DigestCheck(ctx, job, now)
	if err != nil {
		return nil, err
	}
	if s.digestDue(check, job, now) == nil {
		return s.dropDigest(ctx, job)
	}
	wanted := check.wanted(now)
	if len(wanted) == 0 {
		return nil, s.store.EndDigest(ctx, job.OrgID, job.UserID, id)
	}
	return &DigestContent{
		ID: id, Address: check.Preferences.mailbox(check.User), Zone: check.Preferences.location(),
		Notifications: wanted[:min(len(wanted), MostInDigest)], Count: len(wanted),
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

// digestDue returns when a job's digest is due by what the person chose, now at the earliest; nil for never, or for somebody who is
// not a member or has no address. A digest that failed is tried again outside of their quiet hours only.
func (s *Service) digestDue(c *DigestCheck, job *Job, now Time) *Time {
	if c == nil || c.Preferences.mailbox(c.User) == "" {
		return nil
	}
	due := c.Preferences.NextDigest(job.QueuedAt, s.mail.Hour)
	if due == nil || due.After(now.Time) {
		return due
	}
	return ptr(c.Preferences.QuietUntil(now))
}

// wanted returns those of the notifications that the person still wants to be told by e-mail, newest first.
func (c *DigestCheck) wanted(now Time) (wanted []*Notification) {
	for _, item := range c.Items {
		if item.isWanted(c.Preferences, ChannelEmail, now) {
			wanted = append(wanted, item.Notification)
		}
	}
	return wanted
}
