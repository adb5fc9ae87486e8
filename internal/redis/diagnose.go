package redis

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"

	goredis "github.com/redis/go-redis/v9"

	"tandem/internal/diagnosis"
)

// diagnosisTries is how often something is tried that gets no answer in time, as happens on a busy machine.
const diagnosisTries = 3

// oldestRedis is the oldest version whose commands suffice.
const oldestRedis = "6.2"

// oldestCluster is the oldest version with sharded channels.
const oldestCluster = "7.0"

// Diagnose examines the Redis of a URL. Its keys expire after probeTTL.
func Diagnose(ctx context.Context, redisURL string) (report diagnosis.Report) {
	client, err := newClient(redisURL)
	if err != nil {
		report.Fail("%s", err)
		return report
	}
	defer func() { _ = client.Close() }()
	err = client.Ping(ctx).Err()
	switch _, answered := errors.AsType[goredis.Error](err); {
	case answered && goredis.HasErrorPrefix(err, "LOADING"):
		report.Fail("the Redis at %s still loads its data; try again in a moment", client.address)
	case answered && goredis.HasErrorPrefix(err, "CLUSTERDOWN"):
		report.Fail("the Redis cluster serves no keys (%s); give every slot a node", err)
	case answered:
		report.Fail("%s", client.refused(err))
	case err != nil:
		report.Fail("%s", client.unreached(redisURL, err))
	}
	if err == nil && diagnoseServer(ctx, &report, client) {
		diagnoseRights(ctx, &report, client)
	}
	return report
}

// diagnoseServer reports on what answers at the address, and whether an instance can use it.
func diagnoseServer(ctx context.Context, report *diagnosis.Report, client *Client) (usable bool) {
	said, err := hello(ctx, client)
	if err != nil {
		report.Fail("it does not say what it is (%s); use Redis %s or newer, and a user with the right to HELLO", err, oldestRedis)
		return false
	}
	oldest := oldestRedis
	if client.cluster != nil {
		oldest = oldestCluster
	}
	version, mode, role := said["version"], said["mode"], said["role"]
	switch {
	case mode == "sentinel":
		report.Fail("this is a Sentinel; add master_name=NAME to REDIS_URL, or name the Redis server itself")
	case mode == "cluster" && client.cluster == nil:
		report.Fail("this Redis is a node of a cluster; add cluster=true to REDIS_URL")
	case role != "master" && client.cluster == nil:
		report.Fail("this Redis is a replica, which can't be written to; name the primary in REDIS_URL")
	case isOlder(version, oldest):
		report.Fail("Redis %s is too old; use %s or newer", version, oldest)
	default:
		report.OK("Redis %s", version)
		return true
	}
	return false
}

// hello returns what a Redis says of itself.
func hello(ctx context.Context, client *Client) (said map[string]string, err error) {
	answer, err := client.Do(ctx, "HELLO", "3").Result()
	if err != nil {
		return nil, err
	}
	pairs, ok := answer.(map[any]any)
	if !ok {
		return nil, fmt.Errorf("it answers HELLO with %T", answer)
	}
	said = make(map[string]string, len(pairs))
	for name, value := range pairs {
		said[fmt.Sprint(name)] = fmt.Sprint(value)
	}
	return said, nil
}

// isOlder compares the first two numbers of versions, as 6.2.
func isOlder(version, than string) bool {
	var major, minor, wantedMajor, wantedMinor int
	_, _ = fmt.Sscanf(version, "%d.%d", &major, &minor)
	_, _ = fmt.Sscanf(than, "%d.%d", &wantedMajor, &wantedMinor)
	return major < wantedMajor || major == wantedMajor && minor < wantedMinor
}

// diagnoseRights reports whether the user of the URL may do all that instances do.
func diagnoseRights(ctx context.Context, report *diagnosis.Report, client *Client) {
	bus := NewBus(client, slog.New(slog.DiscardHandler))
	for try := 1; ; try++ {
		err := bus.Ping(ctx)
		if err == nil {
			err = hearSelf(ctx, client)
		}
		_, answered := errors.AsType[goredis.Error](err)
		switch {
		case err == nil:
			report.OK("the user may announce, listen, and keep presence and limits")
		case !answered && try < diagnosisTries:
			continue
		case !answered:
			report.Fail("Redis does not answer in time (%s); look at its load, and at the network between", err)
		default:
			report.Fail("%s", lacking(err))
		}
		return
	}
}

// lacking explains an error of something that instances do.
func lacking(err error) string {
	switch {
	case isForbidden(err):
		return fmt.Sprintf("the user of REDIS_URL lacks a right%s; docs/operations/scale.md has the ACL that instances need", missingRight(err))
	case goredis.HasErrorPrefix(err, "OOM"):
		return "Redis is full; raise maxmemory, or give Tandem a Redis of its own"
	case goredis.HasErrorPrefix(err, "READONLY"):
		return "this Redis can't be written to; name the primary in REDIS_URL"
	case goredis.HasErrorPrefix(err, "MISCONF"):
		return "this Redis refuses writes because it can't save to its disk; Tandem needs nothing on disk, so start it with --save '' --appendonly no"
	}
	return fmt.Sprintf("Redis does not work as instances need it: %s", err)
}

// hearSelf announces to itself and waits for the announcement.
func hearSelf(ctx context.Context, client *Client) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	channel := wire{client}.Channel("probe:"+rand.Text(), "")
	subscription := client.subscribe(ctx, channel)
	defer func() { _ = subscription.Close() }()
	if _, err := subscription.Receive(ctx); err != nil { // of the subscription
		return err
	}
	if err := client.announce(ctx, client, channel, nil).Err(); err != nil {
		return err
	}
	_, err := subscription.ReceiveMessage(ctx)
	if ctx.Err() != nil {
		return fmt.Errorf("an announcement did not arrive within %s", patience)
	}
	return err
}
