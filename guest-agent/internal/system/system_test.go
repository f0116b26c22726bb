// SPDX-License-Identifier: Apache-2.0

package system

import (
	"testing"

	"golang.org/x/sys/unix"
)

// The kernel's vsock is not touched here: only what is decided before and after it.

func TestVsockPorts(t *testing.T) {
	for text, want := range map[string]uint32{"1": 1, "5000": 5000, "4294967294": 4294967294} {
		if port, err := ParseVsockPort(text); err != nil || port != want {
			t.Errorf("%q: %d, %v", text, port, err)
		}
	}
	for _, text := range []string{"", "0", "-1", "4294967295", "4294967296", "22x", "0x16"} {
		if port, err := ParseVsockPort(text); err == nil {
			t.Errorf("%q: %d", text, port)
		}
	}
}

func TestOnlyTheHostMaySpeak(t *testing.T) {
	if !fromHost(&unix.SockaddrVM{CID: unix.VMADDR_CID_HOST, Port: 1}) {
		t.Error("the host was refused")
	}
	for _, peer := range []unix.Sockaddr{&unix.SockaddrVM{CID: 0}, &unix.SockaddrVM{CID: 1}, &unix.SockaddrVM{CID: 3},
		&unix.SockaddrVM{CID: unix.VMADDR_CID_ANY}, &unix.SockaddrUnix{Name: "/x"}, nil} {
		if fromHost(peer) {
			t.Errorf("%+v was accepted", peer)
		}
	}
}

func TestMountPointsAreSeen(t *testing.T) {
	if !(mount{target: "/proc"}).mounted() {
		t.Error("/proc is not seen as mounted")
	}
	if (mount{target: "/usr/bin"}).mounted() && (mount{target: "/usr/lib"}).mounted() {
		t.Error("plain directories are seen as mounted")
	}
}
