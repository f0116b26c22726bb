// SPDX-License-Identifier: Apache-2.0

package system

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// hostCID is the address of the host. Only it may speak with the agent: anything else in the guest could otherwise reach
// an agent that runs as root, through the loopback or the guest's own address.
const hostCID = unix.VMADDR_CID_HOST

// ParseVsockPort reads a port; 2^32-1 means "any" to the kernel and is none.
func ParseVsockPort(text string) (uint32, error) {
	port, err := strconv.ParseUint(text, 10, 32)
	if err != nil || port == 0 || port == unix.VMADDR_PORT_ANY {
		return 0, fmt.Errorf("vsock port %q, expected a number from 1 to 4294967294", text)
	}
	return uint32(port), nil
}

// VsockListener accepts connections of the host.
type VsockListener struct{ fd int }

// ListenVsock opens a port of this guest.
func ListenVsock(port uint32) (*VsockListener, error) {
	fd, err := unix.Socket(unix.AF_VSOCK, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("cannot make a vsock socket: %w", err)
	}
	if err = unix.Bind(fd, &unix.SockaddrVM{CID: unix.VMADDR_CID_ANY, Port: port}); err == nil {
		err = unix.Listen(fd, 128)
	}
	if err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("cannot listen on vsock port %d: %w", port, err)
	}
	return &VsockListener{fd: fd}, nil
}

// Close ends Accept.
func (l *VsockListener) Close() error {
	// Closing a descriptor does not wake who waits on it; shutting it down does.
	_ = unix.Shutdown(l.fd, unix.SHUT_RDWR)
	return unix.Close(l.fd)
}

// Accept waits for the next connection of the host; others are closed unheard.
func (l *VsockListener) Accept() (*os.File, error) {
	for {
		fd, peer, err := unix.Accept4(l.fd, unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK)
		if errors.Is(err, unix.EINTR) || errors.Is(err, unix.ECONNABORTED) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if !fromHost(peer) {
			unix.Close(fd)
			continue
		}
		return os.NewFile(uintptr(fd), "vsock"), nil
	}
}

func fromHost(peer unix.Sockaddr) bool {
	address, ok := peer.(*unix.SockaddrVM)
	return ok && address.CID == hostCID
}
