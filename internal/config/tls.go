package config

import (
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

// checkTLS checks the settings of TLS. The files are read later.
func (s *Settings) checkTLS() error {
	if (s.TLSCert == "") != (s.TLSKey == "") {
		return errors.New("TLS_CERT and TLS_KEY belong together: set both, or neither")
	}
	return s.checkACME()
}

// hostName matches names that an authority issues certificates for: with a dot, and without a *, which neither of the challenges
// is for.
var hostName = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)

// checkACME checks the settings of certificates by ACME, and has the hosts in lower-case ASCII.
func (s *Settings) checkACME() error {
	if len(s.ACMEHosts) == 0 {
		for name, value := range map[string]string{"ACME_EMAIL": s.ACMEEmail, "ACME_DIRECTORY": s.ACMEDirectory, "ACME_HTTP_ADDR": s.ACMEHTTPAddr} {
			if value != "" {
				return fmt.Errorf("%s needs ACME_HOSTS, the names of this server: set it, for example to tandem.example, or unset %s", name, name)
			}
		}
		return nil
	}
	if s.TLSCert != "" {
		return errors.New("ACME_HOSTS and TLS_CERT are two ways to a certificate: unset one of them")
	}
	listed := s.ACMEHosts
	s.ACMEHosts = nil
	for _, host := range listed {
		host = strings.TrimSpace(host)
		ascii, err := idna.Lookup.ToASCII(host)
		if err != nil || len(ascii) > 253 || !hostName.MatchString(ascii) {
			return fmt.Errorf("ACME_HOSTS must list names of this server, for example tandem.example,www.tandem.example; %q is none", host)
		}
		if !slices.Contains(s.ACMEHosts, ascii) {
			s.ACMEHosts = append(s.ACMEHosts, ascii)
		}
	}
	return s.checkAuthority()
}

// checkAuthority checks how the authority is reached, and how it reaches the server.
func (s *Settings) checkAuthority() error {
	if s.ACMEEmail != "" {
		if at, err := mail.ParseAddress(s.ACMEEmail); err != nil || at.Address != s.ACMEEmail {
			return fmt.Errorf("ACME_EMAIL must be an address, for example ops@tandem.example; it is %q", s.ACMEEmail)
		}
	}
	if s.ACMEDirectory != "" {
		if u, isURL := parseWebURL(s.ACMEDirectory); !isURL || u.Scheme != "https" {
			return fmt.Errorf("ACME_DIRECTORY must be the https:// address of an authority's directory; it is %q", s.ACMEDirectory)
		}
	}
	if s.ACMEHTTPAddr == "" {
		return nil
	}
	_, err := checkHostPort("ACME_HTTP_ADDR", s.ACMEHTTPAddr, "0.0.0.0:80")
	return err
}
