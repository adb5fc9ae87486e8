package main

import (
	"fmt"
	"net/netip"
	"time"

	"tandem/internal/collab"
	"tandem/internal/httpd"
)

const (
	// operationTime is how long a query or a mutation may take. Shorter, and large
	// pages fail while the database is busy; longer, and a database that hangs keeps
	// what people wait for no more.
	operationTime = 30 * time.Second
	// responseTime is how long a client may take to read what is no stream.
	responseTime = 2 * time.Minute

	// writesShare is which part of a person's operations may be writes, and as many
	// again may be beats of a presence.
	writesShare = 2
	// addressShare is how many times as much as a person an address may ask for: an
	// office is one address.
	addressShare = 10
	// subscriptionsPerConnection is how many subscriptions a person may have for each
	// of the connections that they may have. Fewer, and rich pages in many tabs are
	// refused; more, and one person takes the executions of an instance.
	subscriptionsPerConnection = 20
	// executionsPerConnection is how many of them may be of their own kind, which
	// nobody else shares: each event of those is rendered for this person alone.
	executionsPerConnection = 3
)

// Limits that are always on. They are far above what browsers do, also when an
// instance stops and all come back at once, and below what hurts.
var (
	// signInLimit is of refused credentials, by address.
	signInLimit = collab.Limit{Every: 6 * time.Second, Burst: 20}
	// addressConnections is of sockets and streams that are opened, by address.
	addressConnections = collab.Limit{Every: 10 * time.Millisecond, Burst: 2000}
)

// personConnections is of sockets and streams that a person opens: all they may
// have, four times in a row, and then all in a minute.
func personConnections(most int) collab.Limit {
	return collab.Limit{Every: time.Minute / time.Duration(most), Burst: 4 * most}
}

// newLimiter returns what bounds how much people and addresses do.
func (a *app) newLimiter(limits collab.Limits) *httpd.Limiter {
	s := a.settings
	l := &httpd.Limiter{
		Limits: limits, Proxies: s.proxies,
		SignIns: signInLimit, AddressConnections: addressConnections,
		Refused: func(what string) {
			if a.count.Limited != nil {
				a.count.Limited(what)
			}
		},
	}
	if most := s.MaxConnectionsPerPerson; most > 0 {
		l.Connections, l.Subscriptions = personConnections(most), most*subscriptionsPerConnection
	}
	if s.rate > 0 {
		every := time.Second / time.Duration(s.rate)
		l.Requests = collab.Limit{Every: every, Burst: s.burst}
		l.Mutations = collab.Limit{Every: every * writesShare, Burst: max(1, s.burst/writesShare)}
		l.Beats = l.Mutations
		l.AddressRequests = collab.Limit{Every: every / addressShare, Burst: s.burst * addressShare}
	}
	return l
}

// ownNetworks are the networks that no client on the internet comes from: this
// machine, and private ones.
var ownNetworks = []string{"127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"}

// parseNetworks reads networks, each as 10.0.0.0/8 or as one address.
func parseNetworks(texts []string) ([]netip.Prefix, error) {
	networks := make([]netip.Prefix, 0, len(texts))
	for _, text := range texts {
		network, err := netip.ParsePrefix(text)
		if at, single := netip.ParseAddr(text); single == nil {
			network, err = netip.PrefixFrom(at, at.BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("%q is neither a network nor an address", text)
		}
		networks = append(networks, network.Masked())
	}
	return networks, nil
}
