package certificates

import (
	"context"
	"crypto/tls"
	"crypto/x509"
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

// A keeper has the certificate of one host issued.
type keeper struct {
	*Issuer
	host string
	// unstored is the last certificate that was issued, while the store has refused it. Another order instead would count against
	// the limits of the authority.
	unstored string
}

// keep has a certificate of the host issued, and renewed, until ctx ends.
func (k *keeper) keep(ctx context.Context) {
	for failures := 0; ; {
		wait, err := k.look(ctx, failures)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			failures = 0
		default:
			failures++
			k.log.Warn("a certificate can't be had; trying again", "host", k.host, "in", wait.Round(time.Second).String(), "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// look uses the certificate that the store has, orders one if it is due, and returns after which time to look again.
func (k *keeper) look(ctx context.Context, failures int) (time.Duration, error) {
	if err := k.storeIssued(ctx); err != nil {
		return lookPause, err
	}
	wait, err := k.load(ctx)
	if err != nil || wait > 0 {
		return wait, err
	}
	isOurs, err := k.claim(ctx, claimTime)
	if err != nil || !isOurs {
		return lookPause, err
	}
	// The holder before may have received one since.
	if wait, err = k.load(ctx); err == nil && wait <= 0 {
		if err = k.orderOne(ctx); err == nil {
			if wait, err = k.load(ctx); err == nil && wait <= 0 {
				err = errDueAlready
			}
		}
	}
	if k.unstored != "" {
		return lookPause, err // the claim lasts, so that no other instance orders meanwhile
	}
	var pause time.Duration
	if err != nil && ctx.Err() == nil {
		pause = pauseAfter(err, failures)
		wait = pause
	}
	// Until the pause is over, the other instances don't try either.
	if _, failed := k.claim(context.WithoutCancel(ctx), pause); err == nil && failed != nil {
		return lookPause, failed
	}
	return wait, err
}

// claim holds the orders of the host for a time.
func (k *keeper) claim(ctx context.Context, during time.Duration) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	now := time.Now()
	return k.store.ClaimCertificate(ctx, k.name(), k.config.Instance, collab.Time{Time: now}, collab.Time{Time: now.Add(during)})
}

// load uses the certificate in the store, and returns after which time to look again; 0 if it is due to be renewed, or missing.
func (k *keeper) load(ctx context.Context) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	kept, err := k.store.Certificate(ctx, k.name())
	if err != nil {
		return lookPause, err
	}
	if kept == "" {
		return 0, nil
	}
	certificate, err := decode(kept)
	if err != nil {
		k.log.Warn("the certificate in the database can't be read; ordering another one", "host", k.host, "error", err)
		return 0, nil
	}
	if time.Now().Before(certificate.Leaf.NotAfter) {
		k.use(k.host, certificate)
	}
	return min(untilDue(certificate), longestLook), nil
}

// orderOne orders a certificate, and keeps it.
func (k *keeper) orderOne(ctx context.Context) error {
	ordering, cancel := context.WithTimeout(ctx, orderTime)
	defer cancel()
	defer k.forgetAnswer(ctx, k.host)
	issued, err := k.order(ordering, k.host)
	if err != nil {
		return fmt.Errorf("%s: %w", k.config.Directory, err)
	}
	certificate, err := decode(issued)
	if err != nil {
		return fmt.Errorf("%s issued a certificate that can't be used: %w", k.config.Directory, err)
	}
	k.use(k.host, certificate)
	k.log.Info("a certificate was issued", "host", k.host, "expires", certificate.Leaf.NotAfter)
	k.unstored = issued
	return k.storeIssued(ctx)
}

// storeIssued keeps the certificate that was issued, if the store does not have it yet, also while the program ends.
func (k *keeper) storeIssued(ctx context.Context) error {
	if k.unstored == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTime)
	defer cancel()
	if err := k.store.KeepCertificate(ctx, k.name(), k.unstored); err != nil {
		return fmt.Errorf("the certificate that was issued is in use, and can't be stored: %w", err)
	}
	k.unstored = ""
	return nil
}

func (k *keeper) name() string { return nameOf(k.config.Directory, k.host) }

// nameOf is under which the store has a certificate. Another authority issues another one.
func nameOf(directory, host string) string { return directory + " " + host }

// dueAt returns when a certificate is due to be renewed.
func dueAt(c *x509.Certificate) time.Time {
	return c.NotAfter.Add(-min(c.NotAfter.Sub(c.NotBefore)/3, earliestRenewal))
}

// untilDue returns how long it is until then.
func untilDue(c *tls.Certificate) time.Duration { return max(time.Until(dueAt(c.Leaf)), 0) }

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
