//go:build !linux

package websocket

import "errors"

// A poller exists on Linux only. Elsewhere each connection has a goroutine that reads it.
type poller struct{}

func newPoller() (*poller, error) { return nil, errors.ErrUnsupported }

func (*poller) close()                {}
func (*poller) park(*connection) bool { return false }
func (*poller) wake(*connection)      {}
