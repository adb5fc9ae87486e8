package config

import (
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
)

// checkPush checks the settings of Web Push that need no other package.
func (s *Settings) checkPush() error {
	if (s.VAPIDPublicKey == "") != (s.VAPIDPrivateKey == "") {
		return errors.New("VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY belong together: set both, or neither")
	}
	if s.PushHostsOnly && len(s.PushHosts) == 0 {
		return errors.New("PUSH_HOSTS_ONLY needs PUSH_HOSTS, the push services that browsers may register: set it, or unset PUSH_HOSTS_ONLY")
	}
	if s.VAPIDSubject != "" && !isContact(s.VAPIDSubject) {
		return fmt.Errorf("VAPID_SUBJECT must be mailto: with an address or an https:// URL, for example mailto:ops@crm.example; it is %q", s.VAPIDSubject)
	}
	if s.PublicURL == "" {
		return nil
	}
	u, isURL := parseWebURL(s.PublicURL)
	if !isURL || u.User != nil || strings.ContainsAny(s.PublicURL, "?#") || len(s.PublicURL) > maxPublicURL {
		return fmt.Errorf("PUBLIC_URL must be the address of the application in ASCII, for example https://crm.example; it is %q", s.PublicURL)
	}
	s.PublicURL = strings.TrimRight(s.PublicURL, "/")
	return nil
}

// isContact reports whether a text is what a push service takes for the address of an operator (RFC 8292, section 2.1).
func isContact(text string) bool {
	if address, isMail := strings.CutPrefix(text, "mailto:"); isMail {
		parsed, err := mail.ParseAddress(address)
		return err == nil && parsed.Address == address && isASCII(address)
	}
	u, isURL := parseWebURL(text)
	return isURL && u.Scheme == "https"
}

// parseWebURL returns the URL of a page, as a header may have it: in ASCII, with a host and a port that there is.
func parseWebURL(text string) (*url.URL, bool) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || !isASCII(text) || strings.ContainsAny(text, ` <>"\`) {
		return nil, false
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	return u, !strings.HasSuffix(u.Host, ":") && (u.Port() == "" || err == nil && port > 0)
}

// maxPublicURL bounds PUBLIC_URL, in bytes, since each message has it.
const maxPublicURL = 500

// PushSubject is how push services reach the operators: VAPID_SUBJECT, or else PUBLIC_URL if that is https, or else the
// address of MAIL_FROM, if that is in ASCII; empty if none is set.
func (s *Settings) PushSubject() string {
	switch {
	case s.VAPIDSubject != "":
		return s.VAPIDSubject
	case strings.HasPrefix(s.PublicURL, "https://"):
		return s.PublicURL
	}
	from, err := mail.ParseAddress(s.MailFrom)
	if err != nil || !isContact("mailto:"+from.Address) {
		return ""
	}
	return "mailto:" + from.Address
}
