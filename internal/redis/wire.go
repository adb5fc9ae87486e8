package redis

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"tandem/internal/announce"
	"tandem/internal/collab"
)

const (
	// reconnectDelay is how long a watch of presence waits after its connection broke. It bounds the time
	// without hints after Redis is back.
	reconnectDelay = 200 * time.Millisecond
	// idleTimeout is how long a connection may be silent before Redis is pinged, and how long Redis
	// then has to answer. It detects connections whose other end vanished.
	idleTimeout = 3 * time.Second
	// shards is how many sharded channels carry one kind of announcement in a cluster. Each costs an instance a connection.
	// More than there are nodes, so that the channels spread over them; a change of it parts instances of two releases.
	shards = 16
)

// A wire is the Pub/Sub of Redis: one channel for a kind of announcement, or in a cluster one of several sharded channels
// for each organization. A cluster sends every other message to all of its nodes, and those of a sharded channel only to
// the nodes that have it.
type wire struct{ client *Client }

// Channels returns one name, or those of all shards.
func (w wire) Channels(kind string) []string {
	if w.client.cluster == nil {
		return []string{w.client.channel(kind)}
	}
	names := make([]string, shards)
	for number := range names {
		names[number] = w.client.shard(kind, number)
	}
	return names
}

// Channel returns the only name, or that of an organization's shard.
func (w wire) Channel(kind string, orgID collab.ID) string {
	if w.client.cluster == nil {
		return w.client.channel(kind)
	}
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(orgID))
	return w.client.shard(kind, int(hash.Sum32()%shards))
}

// channel names a channel. Channels ignore Redis's database numbers, so the number is in the name.
func (c *Client) channel(kind string) string { return fmt.Sprintf("tandem:%d:%s", c.db, kind) }

// shard names a sharded channel. The number in braces decides its slot.
func (c *Client) shard(kind string, number int) string {
	return fmt.Sprintf("%s:{%d}", c.channel(kind), number)
}

// Publish sends all messages in one round trip.
func (w wire) Publish(ctx context.Context, messages []announce.Message) (lost int, err error) {
	_, err = w.client.Pipelined(ctx, func(pipe goredis.Pipeliner) error {
		for _, message := range messages {
			w.client.announce(ctx, pipe, message.Channel, message.Payload)
		}
		return nil
	})
	if err != nil {
		return len(messages), err
	}
	return 0, nil
}

// announce sends a message to one of the channels.
func (c *Client) announce(ctx context.Context, to goredis.Cmdable, channel string, message []byte) *goredis.IntCmd {
	if c.cluster == nil {
		return to.Publish(ctx, channel, message)
	}
	return to.SPublish(ctx, channel, message)
}

// subscribe opens a connection that receives one of the channels.
func (c *Client) subscribe(ctx context.Context, channel string) *goredis.PubSub {
	if c.cluster == nil {
		return c.Subscribe(ctx, channel)
	}
	// A connection that broke may mean that the channel's slot has another node now.
	c.cluster.ReloadState(ctx)
	return c.SSubscribe(ctx, channel)
}

// Receive holds a connection of its own.
func (w wire) Receive(ctx context.Context, channel string, began func(), heard func([]byte)) error {
	subscription := w.client.subscribe(ctx, channel)
	defer subscription.Close()
	// A read that waits doesn't look at ctx.
	defer context.AfterFunc(ctx, func() { _ = subscription.Close() })()

	asked := false
	for {
		message, err := subscription.ReceiveTimeout(ctx, idleTimeout)
		switch {
		case isTimeout(err) && !asked:
			asked = true
			if err := subscription.Ping(ctx); err != nil {
				return err
			}
			continue
		case err != nil:
			return err
		}
		asked = false
		switch message := message.(type) {
		case *goredis.Subscription:
			if message.Kind == "sunsubscribe" { // a cluster moved the channel to another node
				return errMoved
			}
			began()
		case *goredis.Message:
			heard([]byte(message.Payload))
		}
	}
}

var errMoved = errors.New("the channel has another node")

func isTimeout(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}
