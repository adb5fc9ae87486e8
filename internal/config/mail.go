package config

import (
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// DIGEST_HOUR is from leastDigestHour, so that a person is not sent e-mail without end, to mostDigestHour.
const (
	leastDigestHour = time.Second
	mostDigestHour  = 24 * time.Hour
)

// checkMail checks the settings of e-mail that need no other package.
func (s *Settings) checkMail() error {
	switch {
	case s.SMTPURL != "" && s.MailFrom == "":
		return errors.New(`SMTP_URL needs MAIL_FROM, the sender of the messages: set it, for example to "Tandem <tandem@crm.example>"`)
	case s.SMTPURL != "" && s.PublicURL == "":
		return errors.New("SMTP_URL needs PUBLIC_URL, for the links in messages: set it to where people open the application, for example https://crm.example")
	case s.DigestHour < leastDigestHour || s.DigestHour > mostDigestHour:
		return fmt.Errorf("DIGEST_HOUR must be from %s to %s, for example 1h; it is %s", written(leastDigestHour), written(mostDigestHour), written(s.DigestHour))
	}
	if s.MailFrom == "" {
		return nil
	}
	if _, err := mail.ParseAddress(s.MailFrom); err != nil {
		return fmt.Errorf(`MAIL_FROM must be an address, for example "Tandem <tandem@crm.example>"; it is %q`, s.MailFrom)
	}
	return nil
}

// productName is a name that fits in the subject of an e-mail and on a lock screen.
var productName = regexp.MustCompile(`^[^\pC\pZ]([^\pC\p{Zl}\p{Zp}]{0,58}[^\pC\pZ])?$`)

func (s *Settings) checkProduct() error {
	if !utf8.ValidString(s.ProductName) || !productName.MatchString(s.ProductName) {
		return fmt.Errorf("PRODUCT_NAME must be 1 to 60 characters without line breaks, and without spaces at its ends, for example Brightwater CRM; it is %q", s.ProductName)
	}
	return nil
}

// written returns a duration as a person writes it: 24h and not 24h0m0s.
func written(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
