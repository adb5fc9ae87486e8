package server

import (
	"time"

	"tandem/internal/collab"
	"tandem/internal/config"
	"tandem/internal/httpd"
)

const (
	// operationTime bounds a query or a mutation. A low value fails large pages while the database is
	// busy. A high value keeps operations that wait for a hanging database.
	operationTime = 30 * time.Second
	// responseTime is how long a client may take to read a response other than a stream.
	responseTime = 2 * time.Minute

	// A person's rate limit of writes is 1/writesShare of that of operations, and so is the one of
	// beats.
	writesShare = 2
	// inputsShare is how many inputs of batches a person may send for each operation that they may begin: an
	// import of 10,000 records takes at least 8 s at the default rate. inputsBurst is the same for the burst.
	inputsShare = 50
	inputsBurst = 10
	// addressShare is how many times a person's rate limit an address has: an office is one address.
	addressShare = 10
	// subscriptionsPerConnection is the number of subscriptions that a person may have for each
	// connection that they may have. A low value rejects rich pages in many tabs. A high value lets
	// one person take the executions of an instance.
	subscriptionsPerConnection = 20
	// executionsPerConnection is the number of those that nobody else may share: the instance renders
	// each of their events for this person alone.
	executionsPerConnection = 3
)

// Limits that are always on. They are far above the rates of browsers, even when an instance stops
// and all of its clients connect again.
var (
	// signInLimit limits the rejected credentials of an address.
	signInLimit = collab.Limit{Every: 6 * time.Second, Burst: 20}
	// addressConnections limits the sockets and streams that an address opens.
	addressConnections = collab.Limit{Every: 10 * time.Millisecond, Burst: 2000}
)

// personConnections limits the sockets and streams that a person opens: four times their quota at
// once, and their quota once a minute.
func personConnections(most int) collab.Limit {
	return collab.Limit{Every: time.Minute / time.Duration(most), Burst: 4 * most}
}

// newLimiter returns the rate limits of people and addresses.
func newLimiter(settings config.Settings, options Options, limits collab.Limits, refused func(what string)) *httpd.Limiter {
	l := &httpd.Limiter{
		Limits: limits, Proxies: settings.Proxies,
		SignIns: signInLimit, AddressConnections: addressConnections, Refused: refused,
	}
	if limit := options.AddressConnections; limit != nil {
		l.AddressConnections = *limit
	}
	if most := settings.MaxConnectionsPerPerson; most > 0 {
		l.Connections, l.Subscriptions = personConnections(most), most*subscriptionsPerConnection
	}
	if settings.Rate > 0 {
		every := time.Second / time.Duration(settings.Rate)
		l.Requests = collab.Limit{Every: every, Burst: settings.Burst}
		l.Mutations = collab.Limit{Every: every * writesShare, Burst: max(1, settings.Burst/writesShare)}
		l.Beats = l.Mutations
		l.Inputs = collab.Limit{Every: every / inputsShare, Burst: settings.Burst * inputsBurst}
		l.AddressRequests = collab.Limit{Every: every / addressShare, Burst: settings.Burst * addressShare}
	}
	return l
}
