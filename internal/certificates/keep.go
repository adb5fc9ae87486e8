package certificates

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"time"

	"golang.org/x/crypto/acme"

	"tandem/internal/collab"
)

const (
	// requestTime bounds a request to the authority, and orderTime all of an order. A claim outlasts it, with the calls of the store
	// around it.
	requestTime = 30 * time.Second
	orderTime   = 3 * time.Minute
	claimTime   = orderTime + 30*time.Second
	// storeTime bounds a call of the store.
	storeTime = 5 * time.Second
	// lookPause is how often an instance looks for the certificate that another one orders, and for a store that is away.
	lookPause = 2 * time.Second
	// longestLook is how long an instance does not look at a certificate that is not due. Another one may have replaced it.
	longestLook = time.Hour
	// earliestRenewal bounds how long before its end a certificate is renewed: in the last third of its time.
	earliestRenewal = 30 * 24 * time.Hour
	// refusedPause is between two orders that the authority refuses. Let's Encrypt allows five failures of a host in an hour.
	refusedPause = 13 * time.Minute
	// An authority that can't be reached is tried again after firstPause, and then after twice as long, up to longestPause.
	firstPause   = 2 * time.Second
	longestPause = 5 * time.Minute
)

// errDueAlready is the error of an order after which another one would be due at once.
var errDueAlready = errors.New("the certificate that was issued is due to be renewed already; check the clock, and how long the authority's certificates are valid")

// keep has a certificate of a host issued, and renewed, until ctx ends.
func (i *Issuer) keep(ctx context.Context, host string) {
	for failures := 0; ; {
		wait, err := i.look(ctx, host, failures)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			failures = 0
		default:
			failures++
			i.log.Warn("a certificate can't be had; trying again", "host", host, "in", wait.Round(time.Second).String(), "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// look uses the certificate that the store has, orders one if it is due, and returns after which time to look again.
func (i *Issuer) look(ctx context.Context, host string, failures int) (time.Duration, error) {
	wait, err := i.load(ctx, host)
	if err != nil || wait > 0 {
		return wait, err
	}
	isOurs, err := i.claim(ctx, host, claimTime)
	if err != nil || !isOurs {
		return lookPause, err
	}
	// The holder before may have received one since.
	if wait, err = i.load(ctx, host); err == nil && wait <= 0 {
		if err = i.orderFor(ctx, host); err == nil {
			if wait, err = i.load(ctx, host); err == nil && wait <= 0 {
				err = errDueAlready
			}
		}
	}
	var pause time.Duration
	if err != nil && ctx.Err() == nil {
		pause = pauseAfter(err, failures)
		wait = pause
	}
	// Until the pause is over, the other instances don't try either.
	if _, failed := i.claim(context.WithoutCancel(ctx), host, pause); err == nil && failed != nil {
		return lookPause, failed
	}
	return wait, err
}

// claim holds the orders of a host for a time.
func (i *Issuer) claim(ctx context.Context, host string, during time.Duration) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	now := time.Now()
	return i.store.ClaimCertificate(ctx, i.name(host), i.config.Instance, collab.Time{Time: now}, collab.Time{Time: now.Add(during)})
}

// load uses the certificate in the store, and returns after which time to look again; 0 if it is due to be renewed, or missing.
func (i *Issuer) load(ctx context.Context, host string) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	kept, err := i.store.Certificate(ctx, i.name(host))
	if err != nil {
		return lookPause, err
	}
	if kept == "" {
		return 0, nil
	}
	certificate, err := decode(kept)
	if err != nil {
		i.log.Warn("the certificate in the database can't be read; ordering another one", "host", host, "error", err)
		return 0, nil
	}
	if time.Now().Before(certificate.Leaf.NotAfter) {
		i.use(host, certificate)
	}
	return min(untilDue(certificate), longestLook), nil
}

// orderFor orders a certificate, and keeps it.
func (i *Issuer) orderFor(ctx context.Context, host string) error {
	ctx, cancel := context.WithTimeout(ctx, orderTime)
	defer cancel()
	issued, err := i.order(ctx, host)
	if err != nil {
		return fmt.Errorf("%s: %w", i.config.Directory, err)
	}
	certificate, err := decode(issued)
	if err != nil {
		return fmt.Errorf("%s issued a certificate that can't be used: %w", i.config.Directory, err)
	}
	i.use(host, certificate)
	i.log.Info("a certificate was issued", "host", host, "expires", certificate.Leaf.NotAfter)
	return i.store.KeepCertificate(ctx, i.name(host), issued)
}

// name is under which the store has a certificate. Another authority issues another one.
func (i *Issuer) name(host string) string { return i.config.Directory + " " + host }

// untilDue returns how long it is until a certificate is due to be renewed.
func untilDue(c *tls.Certificate) time.Duration {
	early := min(c.Leaf.NotAfter.Sub(c.Leaf.NotBefore)/3, earliestRenewal)
	return max(time.Until(c.Leaf.NotAfter.Add(-early)), 0)
}

// pauseAfter returns how long to wait after an order that failed, and after failures before it.
func pauseAfter(err error, failures int) time.Duration {
	reply, isReply := errors.AsType[*acme.Error](err)
	if isReply {
		if pause, limited := acme.RateLimit(reply); limited {
			return max(pause, refusedPause)
		}
	}
	_, isUnverified := errors.AsType[*acme.AuthorizationError](err)
	_, isEnded := errors.AsType[*acme.OrderError](err)
	if errors.Is(err, errDueAlready) || isUnverified || isEnded || isReply && reply.StatusCode < 500 {
		return refusedPause
	}
	return min(firstPause<<min(failures, 16), longestPause)
}
