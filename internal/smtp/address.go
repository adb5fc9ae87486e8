package smtp

import (
	"errors"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

// errNoUTF8 is the error of an address that the mail server can't be told, since it has letters outside ASCII before the @.
var errNoUTF8 = errors.New("the mail server does not offer SMTPUTF8 (RFC 6531)")

// withASCIIDomain returns an address whose domain is in ASCII (RFC 5891), as the DNS and every mail server read it.
func withASCIIDomain(address string) (string, error) {
	at := strings.LastIndexByte(address, '@')
	if isASCII(address[at+1:]) {
		return address, nil
	}
	domain, err := idna.Lookup.ToASCII(address[at+1:])
	return address[:at+1] + domain, err
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII })
}
