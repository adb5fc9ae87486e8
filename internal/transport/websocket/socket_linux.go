//go:build !386

package websocket

import (
	"net"
	"runtime"
	"syscall"
	"unsafe"
)

// descriptor returns the file descriptor of a connection. The connection owns it, so it must not be used
// once the connection is closed.
func descriptor(conn *net.TCPConn) (fd int, ok bool) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, false
	}
	err = raw.Control(func(own uintptr) { fd = int(own) })
	return fd, err == nil
}

// writeNow writes as much as the kernel accepts without blocking. It bypasses the Go scheduler, which
// would be a tenth of the cost of a delivery, and uses send(2), which does less than write(2).
func writeNow(fd int, bytes []byte) (int, error) {
	from := unsafe.Pointer(unsafe.SliceData(bytes)) // #nosec G103 -- the kernel reads it during the call, and KeepAlive keeps bytes until then
	n, _, errno := syscall.RawSyscall6(syscall.SYS_SENDTO, uintptr(fd), uintptr(from), uintptr(len(bytes)), syscall.MSG_DONTWAIT|syscall.MSG_NOSIGNAL, 0, 0)
	runtime.KeepAlive(bytes)
	switch errno {
	case 0:
		return int(n), nil
	case syscall.EAGAIN, syscall.EINTR:
		return 0, nil
	}
	return 0, errno
}
