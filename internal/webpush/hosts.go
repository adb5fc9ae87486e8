package webpush

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Hosts are hosts that an operator trusts: they may have private addresses, and be reached by plain http.
type Hosts []host

type host struct {
	name     string // in lower case
	port     string // empty for any
	wildcard bool   // the hosts below name, and not name itself
}

// ParseHosts reads hosts: host, host:port, or *.host for all hosts below one.
func ParseHosts(texts []string) (Hosts, error) {
	var hosts Hosts
	for _, text := range texts {
		text = strings.ToLower(strings.TrimSpace(text))
		if text == "" {
			continue
		}
		h := host{name: text}
		if name, port, err := net.SplitHostPort(text); err == nil {
			if _, err := strconv.ParseUint(port, 10, 16); err != nil {
				return nil, fmt.Errorf("%q has no port from 0 to 65535", text)
			}
			h.name, h.port = name, port
		}
		h.name, h.wildcard = strings.CutPrefix(h.name, "*.")
		h.name = strings.Trim(h.name, "[]")
		if _, err := netip.ParseAddr(h.name); err != nil && (h.name == "" || strings.ContainsAny(h.name, "/*@: ")) {
			return nil, fmt.Errorf("%q is not a host", text)
		}
		hosts = append(hosts, h)
	}
	return hosts, nil
}

// trusts reports whether the hosts include one, at a port.
func (hosts Hosts) trusts(name, port string) bool {
	name = strings.TrimSuffix(strings.ToLower(name), ".")
	for _, h := range hosts {
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
	if err := hosts.CheckEndpoint(endpoint); err != nil {
		return "", err
	}
	if _, err := ParseKeys(p256dh, auth); err != nil {
		return "", err
	}
	u, err := url.Parse(endpoint)
	if err != nil {
		return "", err
	}
	return strings.ToLower(u.Host), nil
}

// CheckEndpoint refuses the URL of a push service that can't be one. Addresses that a name stands for are checked when
// they are dialed, since they may change.
func (hosts Hosts) CheckEndpoint(endpoint string) error {
	if len(endpoint) > MaxEndpoint {
		return fmt.Errorf("endpoint must have at most %d bytes", MaxEndpoint)
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Hostname() == "" || u.User != nil || u.Fragment != "" {
		return errors.New("endpoint must be a URL, as PushSubscription.endpoint has it")
	}
	if hosts.trusts(u.Hostname(), portOf(u)) && (u.Scheme == "https" || u.Scheme == "http") {
		return nil
	}
	if u.Scheme != "https" {
		return errors.New("endpoint must begin with https://")
	}
	name := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	addr, err := netip.ParseAddr(name)
	if err == nil && !isPublic(addr) || err != nil && isLocalName(name) {
		return errPrivate
	}
	return nil
}

var errPrivate = errors.New("endpoint must be at a public address")

// isLocalName reports whether a name stands for this machine or network, or is an address in a form that only some
// resolvers read, such as 127.1 or 0x7f000001.
func isLocalName(name string) bool {
	labels := strings.Split(name, ".")
	last := labels[len(labels)-1]
	if len(labels) == 1 || last == "" || last[0] >= '0' && last[0] <= '9' {
		return true
	}
	switch last {
	case "localhost", "local", "internal", "arpa":
		return true
	}
	return false
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
