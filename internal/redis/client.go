// Package redis carries announcements and presence between instances, through
// one Redis. Nothing in it is kept for good: whatever Redis loses is learned
// again from the log, or by the next beat.
package redis

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// patience is how long a call waits for Redis. Longer, and a Redis that hangs
// makes people wait for what is only a hint; shorter, and one that is busy
// looks as if it were away.
const patience = 2 * time.Second

// Open connects to the Redis that a URL names, as redis://user:password@host:6379/0 (rediss:// over
// TLS). If Redis does not answer, Open logs that and succeeds: an instance starts without Redis, as
// it runs without it, and uses it once it is there. It is an error if Redis refuses the URL's user,
// password or database.
//
// The Bus and the Presences of an instance share the client; the caller closes it after them.
// Errors are a sentence for the operator who set REDIS_URL, and never contain the password.
func Open(ctx context.Context, redisURL string, log *slog.Logger) (*goredis.Client, error) {
	options, err := parse(redisURL)
	if err != nil {
		return nil, err
	}
	// The library would write to standard error by itself. All that matters of
	// it is in the errors that callers get.
	logging.Disable()
	client := goredis.NewClient(options)
	err = client.Ping(ctx).Err()
	switch _, answered := errors.AsType[goredis.Error](err); {
	case err == nil:
	case ctx.Err() != nil:
		_ = client.Close()
		return nil, ctx.Err()
	case answered && !goredis.HasErrorPrefix(err, "LOADING"):
		_ = client.Close()
		return nil, refused(options.Addr, err)
	default:
		log.Warn("Redis does not answer; the instance starts without it: other instances receive changes within a second, and rooms are away",
			"at", options.Addr, "error", err)
	}
	return client, nil
}

func parse(redisURL string) (*goredis.Options, error) {
	u, err := url.Parse(redisURL)
	if err == nil && u.Scheme != "redis" && u.Scheme != "rediss" && u.Scheme != "unix" {
		return nil, errors.New("REDIS_URL must begin with redis://, or with rediss:// for TLS; for example redis://localhost:6379")
	}
	// A fragment is the rest of a password that had a # in it.
	if err != nil || u.Fragment != "" {
		return nil, malformed()
	}
	options, err := goredis.ParseURL(redisURL)
	if err != nil {
		return nil, malformed()
	}
	options.DialTimeout = cmp.Or(options.DialTimeout, patience)
	options.ReadTimeout = cmp.Or(options.ReadTimeout, patience)
	options.WriteTimeout = cmp.Or(options.WriteTimeout, patience)
	options.ContextTimeoutEnabled = true
	// One more try is for a connection that broke unnoticed. More would only
	// keep callers waiting, and all of them can go on without Redis.
	options.MaxRetries, options.DialerRetries = 1, 1
	options.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	options.DisableIdentity = true
	return options, nil
}

// malformed quotes nothing of the URL, since what is wrong with it may be the password.
func malformed() error {
	return errors.New("REDIS_URL is not a URL like redis://user:password@host:6379/0; special characters of the password must be percent-encoded, # as %23")
}

// refused explains an error that Redis answered with.
func refused(address string, err error) error {
	for _, refusal := range []string{"WRONGPASS", "NOAUTH", "ERR AUTH"} {
		if goredis.HasErrorPrefix(err, refusal) {
			return fmt.Errorf("the Redis at %s refuses the user name or the password of REDIS_URL; correct them there", address)
		}
	}
	return fmt.Errorf("the Redis at %s answers with an error (%w); correct REDIS_URL", address, err)
}
