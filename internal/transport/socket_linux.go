//go:build !386

package transport

import (
	"net"
	"runtime"
	"syscall"
	"unsafe"
)

// descriptor returns the file descriptor of a connection. It is the connection's
// own, so nobody may use it once the connection is closed.
func descriptor(conn *net.TCPConn) (fd int, ok bool) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, false
	}
	err = raw.Control(func(own uintptr) { fd = int(own) })
	return fd, err == nil
}

// writeNow writes what the kernel takes at once. Since it can't block, the
// scheduler is not told of it, which is a tenth of what a delivery costs; and since
// it is a socket, send(2) spares what write(2) does for files.
func writeNow(fd int, bytes []byte) (int, error) {
	from := unsafe.Pointer(unsafe.SliceData(bytes)) // #nosec G103 -- the kernel reads it while the call lasts, and bytes are kept for as long
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
