package config

import (
	"errors"
	"fmt"
	"net/mail"
	"time"
)

// mostDigestHour bounds DIGEST_HOUR.
const mostDigestHour = 24 * time.Hour

// checkMail checks the settings of e-mail that need no other package.
func (s *Settings) checkMail() error {
	switch {
	case s.SMTPURL != "" && s.MailFrom == "":
		return errors.New(`SMTP_URL needs MAIL_FROM, the sender of the messages: set it, for example to "Tandem <tandem@crm.example>"`)
	case s.SMTPURL != "" && s.PublicURL == "":
		return errors.New("SMTP_URL needs PUBLIC_URL, for the links in messages: set it to where people open the application, for example https://crm.example")
	case s.DigestHour <= 0 || s.DigestHour > mostDigestHour:
		return fmt.Errorf("DIGEST_HOUR must be above 0 and at most %v, for example 1h; it is %v", mostDigestHour, s.DigestHour)
	}
	if s.MailFrom == "" {
		return nil
	}
	if _, err := mail.ParseAddress(s.MailFrom); err != nil {
		return fmt.Errorf(`MAIL_FROM must be an address, for example "Tandem <tandem@crm.example>"; it is %q`, s.MailFrom)
	}
	return nil
}
