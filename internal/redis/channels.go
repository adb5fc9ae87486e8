package redis

import (
	"context"
	"fmt"
	"hash/fnv"

	goredis "github.com/redis/go-redis/v9"

	"tandem/internal/collab"
)

// shards is how many sharded channels carry one kind of announcement in a cluster. Each costs an instance a connection.
// More than there are nodes, so that the channels spread over them; a change of it parts instances of two releases.
const shards = 16

// channels are where one kind of announcement is published: one channel, or in a cluster one of several sharded channels
// for each organization. A cluster sends every other message to all of its nodes, and those of a sharded channel only to
// the nodes that have it. The announcements of one organization stay in order.
type channels struct {
	client *Client
	name   string
}

func (c *Client) channels(kind string) channels {
	// Channels ignore Redis's database numbers, so the number is in the name.
	return channels{c, fmt.Sprintf("tandem:%d:%s", c.db, kind)}
}

// all returns the names of the channels.
func (c channels) all() []string {
	if c.client.cluster == nil {
		return []string{c.name}
	}
	names := make([]string, shards)
	for shard := range names {
		names[shard] = c.shard(shard)
	}
	return names
}

// of returns the name of the channel of an organization.
func (c channels) of(orgID collab.ID) string {
	if c.client.cluster == nil {
		return c.name
	}
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(orgID))
	return c.shard(int(hash.Sum32() % shards))
}

// shard names a sharded channel. The number in braces decides its slot.
func (c channels) shard(number int) string { return fmt.Sprintf("%s:{%d}", c.name, number) }

// publish sends a message to one of the channels.
func (c channels) publish(ctx context.Context, to goredis.Cmdable, channel string, message []byte) *goredis.IntCmd {
	if c.client.cluster == nil {
		return to.Publish(ctx, channel, message)
	}
	return to.SPublish(ctx, channel, message)
}

// subscribe opens a connection that receives one of the channels.
func (c channels) subscribe(ctx context.Context, channel string) *goredis.PubSub {
	if c.client.cluster == nil {
		return c.client.Subscribe(ctx, channel)
	}
	// A connection that broke may mean that the channel's slot has another node now.
	c.client.cluster.ReloadState(ctx)
	return c.client.SSubscribe(ctx, channel)
}
