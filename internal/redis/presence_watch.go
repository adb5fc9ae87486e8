package redis

import (
	"context"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"tandem/internal/collab"
)

// Watch calls changed after each visible change on any instance, until ctx ends.
// Whenever Redis was away, the first hint is the zero Room, for what was missed.
func (p *Presences) Watch(ctx context.Context, changed func(collab.Room)) {
	go func() {
		for ctx.Err() == nil {
			p.watch(ctx, changed)
			select {
			case <-time.After(reconnectDelay):
			case <-ctx.Done():
			}
		}
	}()
}

// watch hears hints over one connection, until that breaks. The beats of those
// who watch fail as well then, and it is for them to say so.
func (p *Presences) watch(ctx context.Context, changed func(collab.Room)) {
	subscription := p.client.Subscribe(ctx, p.channel)
	defer subscription.Close()
	// A read that waits doesn't look at ctx.
	defer context.AfterFunc(ctx, func() { _ = subscription.Close() })()

	asked := false
	for ctx.Err() == nil {
		message, err := subscription.ReceiveTimeout(ctx, idleTimeout)
		switch {
		case isTimeout(err) && !asked:
			asked = true
			if subscription.Ping(ctx) != nil {
				return
			}
			continue
		case err != nil:
			return
		}
		asked = false
		switch message := message.(type) {
		case *goredis.Subscription:
			changed(collab.Room{})
		case *goredis.Message:
			if orgID, roomID, err := parsePair(message.Payload); err == nil {
				changed(collab.Room{OrgID: orgID, ID: roomID})
			}
		}
	}
}
