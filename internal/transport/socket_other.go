//go:build !linux || 386

package transport

import (
	"errors"
	"net"
)

// descriptor returns none: here every write goes the way of a connection that
// can't be tried.
func descriptor(*net.TCPConn) (fd int, ok bool) { return 0, false }

func writeNow(int, []byte) (int, error) { return 0, errors.ErrUnsupported }
