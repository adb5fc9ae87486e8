package config

import (
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"strings"
)

// checkPush checks the settings of Web Push that need no other package.
func (s *Settings) checkPush() error {
	if (s.VAPIDPublicKey == "") != (s.VAPIDPrivateKey == "") {
		return errors.New("VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY belong together: set both, or neither")
	}
	if s.VAPIDSubject != "" && !strings.HasPrefix(s.VAPIDSubject, "mailto:") && !strings.HasPrefix(s.VAPIDSubject, "https://") {
		return fmt.Errorf("VAPID_SUBJECT must begin with mailto: or https://, for example mailto:ops@crm.example; it is %q", s.VAPIDSubject)
	}
	if s.PublicURL == "" {
		return nil
	}
	u, err := url.Parse(s.PublicURL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || len(s.PublicURL) > maxPublicURL {
		return fmt.Errorf("PUBLIC_URL must be the address of the application, for example https://crm.example; it is %q", s.PublicURL)
	}
	s.PublicURL = strings.TrimSuffix(s.PublicURL, "/")
	return nil
}

// maxPublicURL bounds PUBLIC_URL, in bytes, since each message has it.
const maxPublicURL = 500

// PushSubject is how push services reach the operators: VAPID_SUBJECT, or else PUBLIC_URL if that is https, or else the
// address of MAIL_FROM; empty if none is set.
func (s *Settings) PushSubject() string {
	switch {
	case s.VAPIDSubject != "":
		return s.VAPIDSubject
	case strings.HasPrefix(s.PublicURL, "https://"):
		return s.PublicURL
	}
	if from, err := mail.ParseAddress(s.MailFrom); err == nil {
		return "mailto:" + from.Address
	}
	return ""
}
