// SPDX-License-Identifier: Apache-2.0

// Package system is what the agent needs of the machine it starts on: mounts as process 1, and vsock.
package system

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

type mount struct {
	source, target, kind, options string
	flags                         uintptr
	required                      bool
}

var mounts = []mount{
	{"proc", "/proc", "proc", "", unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC, true},
	{"sysfs", "/sys", "sysfs", "", unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC, false},
	{"devtmpfs", "/dev", "devtmpfs", "mode=0755", unix.MS_NOSUID, false},
	{"devpts", "/dev/pts", "devpts", "mode=0620,gid=5,ptmxmode=0666", unix.MS_NOSUID | unix.MS_NOEXEC, true},
	{"tmpfs", "/dev/shm", "tmpfs", "mode=1777", unix.MS_NOSUID | unix.MS_NODEV, false},
	{"tmpfs", "/tmp", "tmpfs", "mode=1777", unix.MS_NOSUID | unix.MS_NODEV, false},
	{"tmpfs", "/run", "tmpfs", "mode=0755", unix.MS_NOSUID | unix.MS_NODEV, false},
}

// Init prepares a machine on which the agent is process 1. What is mounted already is left as it is; so is a /tmp that
// can be written to.
func Init() error {
	var failed []error
	for _, m := range mounts {
		if err := m.ensure(); err != nil && m.required {
			failed = append(failed, err)
		}
	}
	links := map[string]string{"/dev/ptmx": "pts/ptmx", "/dev/fd": "/proc/self/fd", "/dev/stdin": "/proc/self/fd/0",
		"/dev/stdout": "/proc/self/fd/1", "/dev/stderr": "/proc/self/fd/2"}
	for path, target := range links {
		if _, err := os.Lstat(path); os.IsNotExist(err) {
			_ = os.Symlink(target, path)
		}
	}
	if os.Getenv("PATH") == "" {
		_ = os.Setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
	}
	return errors.Join(failed...)
}

func (m mount) ensure() error {
	_ = os.MkdirAll(m.target, 0o755)
	if m.mounted() || m.target == "/tmp" && unix.Access("/tmp", unix.W_OK) == nil {
		return nil
	}
	err := unix.Mount(m.source, m.target, m.kind, m.flags, m.options)
	if errors.Is(err, unix.EBUSY) { // mounted by the kernel or by whoever started the machine
		return nil
	}
	if err != nil {
		return fmt.Errorf("cannot mount %s on %q: %w", m.kind, m.target, err)
	}
	return nil
}

// mounted compares devices, because /proc/mounts is not there before /proc is.
func (m mount) mounted() bool {
	var here, above unix.Stat_t
	if unix.Stat(m.target, &here) != nil || unix.Stat(m.target+"/..", &above) != nil {
		return false
	}
	return here.Dev != above.Dev
}
