//go:build !linux

package transport

import "errors"

// A poller is there on Linux only. Elsewhere a goroutine reads each connection.
type poller struct{}

func newPoller() (*poller, error) { return nil, errors.ErrUnsupported }

func (*poller) close()                {}
func (*poller) rest(*connection) bool { return false }
func (*poller) rouse(*connection)     {}
