package webpush

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// Hosts are hosts that an operator trusts: they may have private addresses, and be reached by plain http.
type Hosts struct {
	listed []host
	// Only refuses all other hosts.
	Only bool
}

type host struct {
	name     string // in lower case
	port     string // empty for any
	wildcard bool   // the hosts below name, and not name itself
}

// ParseHosts reads hosts: host, host:port, or *.host for all hosts below one.
func ParseHosts(texts []string) (hosts Hosts, err error) {
	for _, text := range texts {
		text = strings.ToLower(strings.TrimSpace(text))
		if text == "" {
			continue
		}
		h := host{name: text}
		if name, port, err := net.SplitHostPort(text); err == nil {
			if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
				return Hosts{}, fmt.Errorf("%q has no port from 1 to 65535", text)
			}
			h.name, h.port = name, port
		}
		h.name, h.wildcard = strings.CutPrefix(h.name, "*.")
		h.name = strings.Trim(h.name, "[]")
		if _, err := netip.ParseAddr(h.name); err != nil && !isHostName(h.name) || err == nil && h.wildcard {
			return Hosts{}, fmt.Errorf("%q is not a host; write it without a scheme and a path, and letters outside ASCII as xn--", text)
		}
		hosts.listed = append(hosts.listed, h)
	}
	return hosts, nil
}

// maxHostName bounds the name of a host, as DNS does.
const maxHostName = 253

// hostName is what the name of a host looks like in a URL of a browser: labels of at most 63 characters, which no hyphen begins or ends.
var hostName = regexp.MustCompile(`^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$`)

func isHostName(name string) bool { return len(name) <= maxHostName && hostName.MatchString(name) }

// trusts reports whether the hosts include one, in lower case, at a port.
func (hosts Hosts) trusts(name, port string) bool {
	for _, h := range hosts.listed {
		same := name == h.name
		if h.wildcard {
			same = strings.HasSuffix(name, "."+h.name)
		}
		if same && (h.port == "" || h.port == port) {
			return true
		}
	}
	return false
}

// MaxEndpoint bounds the URL of an endpoint, in bytes.
const MaxEndpoint = 2048

// CheckSubscription returns the host of a subscription's endpoint, or why the subscription can't be one.
func (hosts Hosts) CheckSubscription(endpoint, p256dh, auth string) (host string, err error) {
	u, err := hosts.parseEndpoint(endpoint)
	if err != nil {
		return "", err
	}
	if _, err := ParseKeys(p256dh, auth); err != nil {
		return "", err
	}
	return u.Host, nil
}

// errForm is the error of an endpoint that no browser writes so. A subscription is known by the text of its endpoint, which
// therefore has one form.
var errForm = errors.New("endpoint must be a URL as PushSubscription.endpoint has it: in ASCII, with the host in lower case, " +
	"and without a user, a fragment, dot segments, a dot after the host or the usual port")

// parseEndpoint returns the URL of a push service, or why it can't be one. Addresses that a name stands for are checked when
// they are dialed, since they may change.
func (hosts Hosts) parseEndpoint(endpoint string) (*url.URL, error) {
	if len(endpoint) > MaxEndpoint {
		return nil, fmt.Errorf("endpoint must have at most %d bytes", MaxEndpoint)
	}
	u, err := url.Parse(endpoint)
	if err != nil || !hasOneForm(endpoint, u) {
		return nil, errForm
	}
	if hosts.trusts(u.Hostname(), portOf(u)) && (u.Scheme == "https" || u.Scheme == "http") {
		return u, nil
	}
	addr, err := netip.ParseAddr(u.Hostname())
	isAddress := err == nil
	switch {
	case hosts.Only:
		return nil, errNotListed
	case u.Scheme != "https":
		return nil, errors.New("endpoint must begin with https://")
	case isAddress && !isPublic(addr):
		return nil, errPrivate
	case !isAddress && !isPublicName(u.Hostname()):
		return nil, errReserved
	case isAddress:
		return nil, errors.New("endpoint must name a host, and not an address")
	case u.Port() != "":
		return nil, errors.New("endpoint must be at the port of https")
	}
	return u, nil
}

// hasOneForm reports whether a URL is written as browsers write it.
func hasOneForm(text string, u *url.URL) bool {
	printable := !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '\\' || r == '#' })
	if _, err := netip.ParseAddr(u.Hostname()); err != nil && !isHostName(u.Hostname()) {
		return false
	}
	usual := u.Scheme == "https" && u.Port() == "443" || u.Scheme == "http" && u.Port() == "80"
	host := u.User == nil && u.Host == strings.ToLower(u.Host) && !usual && !strings.HasSuffix(u.Host, ":")
	return printable && host && hasWholePath(u) && u.String() == text
}

// hasWholePath reports whether the path begins at the root and has no segments that a browser resolves.
func hasWholePath(u *url.URL) bool {
	return strings.HasPrefix(u.Path, "/") && !slices.ContainsFunc(strings.Split(u.Path, "/"), func(segment string) bool { return segment == "." || segment == ".." })
}

var (
	errNotListed = errors.New("endpoint must be at a push service that the server allows; its operator can add the host to PUSH_HOSTS")
	errPrivate   = errors.New("endpoint must be at a public address")
	errReserved  = errors.New("endpoint must name a host of the public DNS; another one is accepted only if PUSH_HOSTS of the server lists it")
)

// reservedDomains are outside of the public DNS, as by the registry of special-use domain names of IANA, or have no push services.
var reservedDomains = []string{"alt", "arpa", "example", "i2p", "internal", "invalid", "local", "localhost", "onion", "test"}

// isPublicName reports whether the public DNS may have a name. It has no names of this machine or network, none with broken Punycode,
// and no addresses in a form that only some resolvers read, such as 127.1 or 0x7f000001.
func isPublicName(name string) bool {
	labels := strings.Split(name, ".")
	last := labels[len(labels)-1]
	if len(labels) == 1 || last[0] >= '0' && last[0] <= '9' || slices.Contains(reservedDomains, last) {
		return false
	}
	return !slices.ContainsFunc(labels, func(label string) bool {
		_, err := idna.Lookup.ToUnicode(label)
		return strings.HasPrefix(label, "xn--") && err != nil
	})
}

func portOf(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "http":
		return "80"
	}
	return "443"
}
