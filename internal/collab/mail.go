package collab

import (
	"context"
	"errors"
	"slices"
	"time"
)

// Mail is how digests are sent.
type Mail struct {
	// Hour is how long the hour of an hourly digest is.
	Hour time.Duration
}

// OfferMail has the service send digests. It is called before the first request.
func (s *Service) OfferMail(mail Mail) { s.mail = &mail }

// AvailableChannels returns the channels on which this server can reach the viewer. EMAIL is one of them if it sends
// mail, and has an address of the viewer that the mail server has not refused.
func (s *Service) AvailableChannels(v *Viewer, p *NotificationPreferences) []NotificationChannel {
	return slices.DeleteFunc(slices.Clone(notificationChannels), func(channel NotificationChannel) bool {
		switch channel {
		case ChannelPush:
			return s.push == nil
		case ChannelEmail:
			return s.mail == nil || p.mailbox(v.User) == ""
		}
		return false
	})
}

// mailbox returns the address to which the person's digests go; empty if there is none, or if the mail server does not know it.
func (p *NotificationPreferences) mailbox(user *User) string {
	if user.Email == nil || p.IsRefused(user) {
		return ""
	}
	return *user.Email
}

// IsRefused reports whether the address of the person is the one that the mail server does not know.
func (p *NotificationPreferences) IsRefused(user *User) bool {
	return user.Email != nil && p.RefusedEmail != nil && *p.RefusedEmail == *user.Email
}

// MailReader returns the member with an id, without a sign-in, if isTo accepts their address; otherwise nil.
func (s *Service) MailReader(ctx context.Context, orgID, userID ID, isTo func(address string) bool) (*Viewer, error) {
	org, member, err := s.store.Member(ctx, orgID, userID)
	if err != nil {
		return nil, err
	}
	v, err := viewerOf(org, member)
	if errors.Is(err, errRemoved) {
		return nil, nil
	}
	if err != nil || v.User.Email == nil || !isTo(*v.User.Email) {
		return nil, err
	}
	return v, nil
}

// WantsMail reports whether a person has chosen to get e-mail.
func (s *Service) WantsMail(ctx context.Context, v *Viewer) (bool, error) {
	p, err := s.NotificationPreferences(ctx, v)
	return err == nil && p.Digest != DigestNone, err
}

// EndMail ends the e-mail of a person.
func (s *Service) EndMail(ctx context.Context, v *Viewer) error {
	_, err := s.SetNotificationPreferences(ctx, v, PreferencesInput{PreferencesPatch: PreferencesPatch{Digest: ptr(DigestNone)}})
	return err
}

// RefuseEmail notes that the mail server does not know an address of a person, so that nothing is sent to it any more.
func (s *Service) RefuseEmail(ctx context.Context, orgID, userID ID, address string) error {
	_, err := s.store.SetNotificationPreferences(ctx, orgID, userID, PreferencesPatch{RefusedEmail: &address}, At(s.now()))
	return err
}
