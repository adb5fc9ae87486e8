//go:build !linux || 386

package websocket

import (
	"errors"
	"net"
)

// descriptor reports false: on this platform a goroutine makes every write.
func descriptor(*net.TCPConn) (fd int, ok bool) { return 0, false }

func writeNow(int, []byte) (int, error) { return 0, errors.ErrUnsupported }
