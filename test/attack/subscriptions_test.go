package attack_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
)

// editing edits the first customer until ctx ends.
func editing(ctx context.Context, e *scene) {
	by := e.member()
	flood(ctx, 1, func(ctx context.Context, _ int) error {
		e.edit(ctx, by)
		return nil
	})
}

// manySubscriptions starts subscriptions on ten sockets, and reads their events.
func manySubscriptions(ctx context.Context, e *scene, number int, query func(i int) string) {
	var next atomic.Int64
	onSockets(ctx, e.viewer(), 10, func(s *socket, _ int) (err error) {
		go s.drain()
		for n := 0; n < number/10 && err == nil; n++ {
			err = s.subscribe(n, query(int(next.Add(1))), "{}")
		}
		return err
	})
}

func largeEvents(ctx context.Context, e *scene) {
	manySubscriptions(ctx, e, 400, func(i int) string {
		return fmt.Sprintf(`subscription { customerChanged { customer { n%d: notes } } }`, i)
	})
	editing(ctx, e)
}

func hairSubscriptions(ctx context.Context, e *scene) {
	manySubscriptions(ctx, e, 2000, func(i int) string {
		return fmt.Sprintf(`subscription { customerChanged(maxPerSecond: %d.%04d) { customer { notes owner { name } meetings { nodes { title } } calls { nodes { subject } } } } }`, 500, i)
	})
	editing(ctx, e)
}

func smallestRate(ctx context.Context, e *scene) {
	manySubscriptions(ctx, e, 1000, func(i int) string {
		return fmt.Sprintf(`subscription { customerChanged(maxPerSecond: 0.0003%04d) { customer { notes } } }`, i)
	})
	editing(ctx, e)
}

func resumeStorm(ctx context.Context, e *scene) {
	onSockets(ctx, e.viewer(), 10, func(s *socket, _ int) (err error) {
		go s.drain()
		for n := 0; err == nil; n++ {
			err = s.subscribe(n, fmt.Sprintf(`subscription { customerChanged(after: "%v") { customer { notes } } }`, e.Oldest), "{}")
			if n >= 50 && err == nil {
				err = s.say(fmt.Sprintf(`{"id":"%d","type":"complete"}`, n-50))
			}
		}
		return err
	})
}

func unreadSubscriptions(ctx context.Context, e *scene) {
	onSockets(ctx, e.viewer(), 20, func(s *socket, _ int) (err error) {
		for n := 0; n < 100 && err == nil; n++ {
			err = s.subscribe(n, fmt.Sprintf(`subscription { customerChanged(after: "%v") { customer { notes } } }`, e.Oldest), "{}")
		}
		return err
	})
	editing(ctx, e)
}

func unreadStreams(ctx context.Context, e *scene) {
	body := fmt.Sprintf(`{"query":"subscription { customerChanged(after: \"%v\") { customer { notes } } }"}`, e.Oldest)
	head := strings.Replace(e.viewer().head(len(body)), "Content-Type", "Accept: text/event-stream\r\nContent-Type", 1)
	flood(ctx, 90, func(ctx context.Context, _ int) error { return rawRequest(ctx, e, head+body) })
	editing(ctx, e)
}
