package server

import (
	"context"
	"fmt"
	"io"
	"net"
	"time"
)

// downTime is how long an instance that the demo restarts stays away, so that people see what their clients do meanwhile.
const downTime = 2 * time.Second

// A restart is the wish of the demo's user that the instance stops and starts again.
type restart struct {
	asked chan struct{}
	// addr is where the instance listened before. It listens there again, also if the settings leave the port open.
	addr net.Addr
}

func newRestart() *restart { return &restart{asked: make(chan struct{}, 1)} }

// ask stops the instance. Until the instance is back, others change nothing.
func (r *restart) ask() {
	select {
	case r.asked <- struct{}{}:
	default:
	}
}

// again reports whether the instance has to start again, after it was away for downTime. It need not once ctx ends.
func (r *restart) again(ctx context.Context) bool {
	if ctx.Err() != nil {
		return false
	}
	select {
	case <-time.After(downTime):
		r.forget()
		return true
	case <-ctx.Done():
		return false
	}
}

// forget drops a wish that came while the instance stopped for another one.
func (r *restart) forget() {
	select {
	case <-r.asked:
	default:
	}
}

// announce tells the person at the terminal that the instance is back. Their tokens and addresses are as before.
func (r *restart) announce(out io.Writer, origin string) {
	fmt.Fprintf(out, "Tandem was restarted from the demo, and is ready again at %s\n", origin)
}
