// Package redis carries announcements and presence between instances, through
// one Redis. Nothing in it is kept for good: whatever Redis loses is learned
// again from the log, or by the next beat.
package redis

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"syscall"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// patience is how long a call waits for Redis. Longer, and a Redis that hangs
// makes people wait for what is only a hint; shorter, and one that is busy
// looks as if it were away.
const patience = 2 * time.Second

// A Client is the connections to one Redis: a server, the primary that Sentinels name, or a cluster.
type Client struct {
	goredis.UniversalClient
	address string // for operators: without the password
	db      int
	cluster *goredis.ClusterClient // nil if it is not a cluster
}

// Open connects to the Redis that a URL names. The URL is one of
//
//	redis://user:password@host:6379/0                                    a server
//	redis://user:password@sentinel-1:26379/0?master_name=NAME&addr=…     the primary that Sentinels name
//	redis://user:password@node-1:6379?cluster=true&addr=…                a cluster
//
// with rediss:// for TLS. addr names further Sentinels or nodes. The user and the password are those of Redis;
// those of Sentinels are sentinel_username and sentinel_password.
//
// If Redis does not answer, Open logs that and succeeds: an instance starts without Redis, as
// it runs without it, and uses it once it is there. It is an error if Redis refuses the URL's user,
// password or database.
//
// The Bus and the Presences of an instance share the client; the caller closes it after them.
// Errors are a sentence for the operator who set REDIS_URL, and never contain the password.
func Open(ctx context.Context, redisURL string, log *slog.Logger) (*Client, error) {
	client, err := newClient(redisURL)
	if err != nil {
		return nil, err
	}
	err = client.Ping(ctx).Err()
	switch _, answered := errors.AsType[goredis.Error](err); {
	case err == nil:
	case ctx.Err() != nil:
		_ = client.Close()
		return nil, ctx.Err()
	case answered && !goredis.HasErrorPrefix(err, "LOADING") && !goredis.HasErrorPrefix(err, "CLUSTERDOWN"):
		_ = client.Close()
		return nil, client.refused(err)
	default:
		log.Warn("Redis does not answer; the instance starts without it: other instances receive changes within a second, and rooms are away",
			"at", client.address, "error", err)
	}
	return client, nil
}

// newClient returns a client that has not connected yet.
func newClient(redisURL string) (*Client, error) {
	u, err := url.Parse(redisURL)
	if err == nil && u.Scheme != "redis" && u.Scheme != "rediss" && u.Scheme != "unix" {
		return nil, errors.New("REDIS_URL must begin with redis://, or with rediss:// for TLS; for example redis://localhost:6379")
	}
	// A fragment is the rest of a password that had a # in it.
	if err != nil || u.Fragment != "" {
		return nil, malformed()
	}
	// The library would write to standard error by itself. All that matters of
	// it is in the errors that callers get.
	logging.Disable()
	query := u.Query()
	switch {
	case query.Has("master_name") && query.Has("cluster"):
		return nil, errors.New("REDIS_URL has master_name, for Sentinels, and cluster; keep the one that fits")
	case query.Has("master_name"):
		return newSentinelClient(u)
	case query.Has("cluster"):
		return newClusterClient(u)
	case query.Has("addr"):
		return nil, errors.New("REDIS_URL has several addresses; add master_name=NAME if they are Sentinels, or cluster=true if they are nodes of a cluster")
	}
	options, err := goredis.ParseURL(redisURL)
	if err != nil {
		return nil, malformed()
	}
	setWaits(&options.DialTimeout, &options.ReadTimeout, &options.WriteTimeout)
	options.ContextTimeoutEnabled = true
	options.MaxRetries, options.DialerRetries = tries, tries
	options.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	options.DisableIdentity = true
	return &Client{UniversalClient: goredis.NewClient(options), address: options.Addr, db: options.DB}, nil
}

// tries is how often a call is repeated, for a connection that broke unnoticed. More would only keep callers waiting,
// and all of them can go on without Redis.
const tries = 1

func newSentinelClient(u *url.URL) (*Client, error) {
	user, password := take(u, "sentinel_username"), take(u, "sentinel_password")
	options, err := goredis.ParseFailoverURL(u.String())
	if err != nil || options.MasterName == "" {
		return nil, malformed()
	}
	// The library takes those of the URL for the Sentinels'.
	options.Username, options.Password = options.SentinelUsername, options.SentinelPassword
	options.SentinelUsername, options.SentinelPassword = user, password
	if options.TLSConfig != nil {
		options.TLSConfig.ServerName = "" // each server has a name of its own
	}
	setWaits(&options.DialTimeout, &options.ReadTimeout, &options.WriteTimeout)
	options.ContextTimeoutEnabled = true
	options.MaxRetries, options.DialerRetries = tries, tries
	options.DisableIdentity = true
	address := strings.Join(options.SentinelAddrs, ", ") + " (Sentinels of " + options.MasterName + ")"
	return &Client{UniversalClient: goredis.NewFailoverClient(options), address: address, db: options.DB}, nil
}

func newClusterClient(u *url.URL) (*Client, error) {
	if take(u, "cluster") != "true" {
		return nil, errors.New("cluster in REDIS_URL must be true, or absent for a single server")
	}
	if u.Path != "" && u.Path != "/" && u.Path != "/0" {
		return nil, errors.New("a Redis cluster has no numbered databases; remove the number from REDIS_URL")
	}
	u.Path = ""
	options, err := goredis.ParseClusterURL(u.String())
	if err != nil {
		return nil, malformed()
	}
	if options.TLSConfig != nil {
		options.TLSConfig.ServerName = "" // each node has a name of its own
	}
	setWaits(&options.DialTimeout, &options.ReadTimeout, &options.WriteTimeout)
	options.ContextTimeoutEnabled = true
	options.MaxRetries, options.DialerRetries = tries, tries
	options.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	options.DisableIdentity = true
	// The library keeps sending to a node that is gone until it reads again which node has which keys, which it does not do
	// after each kind of failure.
	var client *goredis.ClusterClient
	dial := goredis.NewDialer(&goredis.Options{DialTimeout: options.DialTimeout, TLSConfig: options.TLSConfig})
	options.Dialer = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			client.ReloadState(ctx)
		}
		return conn, err
	}
	client = goredis.NewClusterClient(options)
	return &Client{UniversalClient: client, address: strings.Join(options.Addrs, ", ") + " (cluster)", cluster: client}, nil
}

// take removes a parameter from the query of a URL.
func take(u *url.URL, name string) string {
	query := u.Query()
	value := query.Get(name)
	query.Del(name)
	u.RawQuery = query.Encode()
	return value
}

// setWaits sets the timeouts that a URL leaves open.
func setWaits(timeouts ...*time.Duration) {
	for _, timeout := range timeouts {
		*timeout = cmp.Or(*timeout, patience)
	}
}

// malformed quotes nothing of the URL, since what is wrong with it may be the password.
func malformed() error {
	return errors.New("REDIS_URL is not a URL like redis://user:password@host:6379/0; special characters of the password must be percent-encoded, # as %23")
}

// refused explains an error that Redis answered with.
func (c *Client) refused(err error) error {
	for _, refusal := range []string{"WRONGPASS", "NOAUTH", "ERR AUTH"} {
		if goredis.HasErrorPrefix(err, refusal) {
			return fmt.Errorf("the Redis at %s refuses the user name or the password of REDIS_URL; correct them there", c.address)
		}
	}
	switch {
	case isForbidden(err):
		return errors.New(lacking(err))
	case errors.Is(err, goredis.Nil):
		return fmt.Errorf("no Sentinel of %s knows this primary; correct master_name in REDIS_URL", c.address)
	case strings.Contains(strings.ToLower(err.Error()), "unknown command 'sentinel'"):
		return fmt.Errorf("a Redis server answers at %s, and no Sentinel; remove master_name from REDIS_URL, or name the Sentinels there", c.address)
	case strings.Contains(err.Error(), "cluster support disabled"):
		return fmt.Errorf("the Redis at %s is a single server; remove cluster=true from REDIS_URL", c.address)
	}
	return fmt.Errorf("the Redis at %s answers with an error (%w); correct REDIS_URL", c.address, err)
}

// unreached explains why the Redis of a URL did not answer.
func (c *Client) unreached(redisURL string, err error) error {
	if _, unverified := errors.AsType[*tls.CertificateVerificationError](err); unverified {
		return fmt.Errorf("the certificate of the Redis at %s can't be verified (%s); name a file with its authority in SSL_CERT_FILE, or correct the host in REDIS_URL", c.address, err)
	}
	if strings.HasPrefix(redisURL, "rediss:") && errors.Is(err, context.DeadlineExceeded) { // a server without TLS waits for the rest of a command
		return fmt.Errorf("nothing at %s answers over TLS in time; if it is a Redis without TLS, write redis:// in REDIS_URL, otherwise look whether it is reachable", c.address)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) {
		return fmt.Errorf("what answers at %s closes the connection; if it is a Redis with TLS, write rediss:// in REDIS_URL", c.address)
	}
	return fmt.Errorf("no Redis answers at %s; start it, or correct REDIS_URL", c.address)
}
