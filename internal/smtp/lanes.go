package smtp

import (
	"context"
	"time"
)

const (
	// connections bounds those to the mail server at once, while it answers. Some servers refuse more of one client.
	connections = 4
	// slowConnections bounds those beside them: attempts that take longer than patience, and those for people for whom the mail server failed the last
	// time. A low value makes the messages of people of whom nothing is known wait for those that hang; a high one uses up what the mail server allows.
	slowConnections = 8
	// patience is how long an attempt has one of the connections.
	patience = 2 * time.Second
)

// lanes are the places of attempts. An attempt that takes long leaves its place to the next one, so that a message which hangs until its deadline
// does not hold up others. It is safe for concurrent use.
type lanes struct {
	quick, slow chan struct{}
	patience    time.Duration // or less in tests
}

func newLanes() *lanes {
	return &lanes{make(chan struct{}, connections), make(chan struct{}, slowConnections), patience}
}

// enter waits for a place, unless ctx ends before. The caller leaves it.
func (l *lanes) enter(ctx context.Context) (leave func(), entered bool) {
	select {
	case l.quick <- struct{}{}:
	case <-ctx.Done():
		return nil, false
	}
	ended := make(chan struct{})
	go l.hold(ended)
	return func() { close(ended) }, true
}

// hold keeps a place of an attempt until it ended. Once that takes long, it is among the slow ones, as soon as there is room.
func (l *lanes) hold(ended <-chan struct{}) {
	held := l.quick
	defer func() { <-held }()
	slow := time.NewTimer(l.patience)
	defer slow.Stop()
	select {
	case <-slow.C:
	case <-ended:
		return
	}
	select {
	case l.slow <- struct{}{}:
		<-l.quick
		held = l.slow
		<-ended
	case <-ended:
	}
}

// enterSlow takes a place among the slow ones, if there is one. It does not wait: somebody else's message takes the caller's place in the queue.
func (l *lanes) enterSlow() (leave func(), entered bool) {
	select {
	case l.slow <- struct{}{}:
		return func() { <-l.slow }, true
	default:
		return nil, false
	}
}
