// SPDX-License-Identifier: Apache-2.0

package proc

import (
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"

	"postern.dev/guest-agent/internal/account"
)

// IsSelf says whether a is who the agent runs as, so that nothing has to be switched.
func IsSelf(a account.Account) bool {
	return int(a.UID) == os.Geteuid() && int(a.GID) == os.Getegid() && a.UID != 0 || a.UID == 0 && os.Geteuid() == 0
}

// AsUser runs action with the rights of a, on a thread that is thrown away afterwards. The real and the saved user id
// stay the agent's, so that the user's other processes cannot signal the agent through this thread; the effective one is
// what permissions and SO_PEERCRED go by. The action must make its system calls on this goroutine.
func AsUser(a account.Account, action func() error) error {
	if IsSelf(a) {
		return action()
	}
	if os.Geteuid() != 0 {
		return unix.EPERM
	}
	result := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		if err := switchThread(a); err != nil {
			result <- err
			return
		}
		result <- action()
	}()
	return <-result
}

// switchThread uses raw system calls because Go's own wrappers would switch every thread of the process.
func switchThread(a account.Account) error {
	var list unsafe.Pointer
	groups := a.Groups
	if len(groups) > 0 {
		list = unsafe.Pointer(&groups[0])
	}
	if _, _, errno := unix.RawSyscall(unix.SYS_SETGROUPS, uintptr(len(groups)), uintptr(list), 0); errno != 0 {
		return errno
	}
	keep := ^uintptr(0)
	if _, _, errno := unix.RawSyscall(unix.SYS_SETRESGID, keep, uintptr(a.GID), keep); errno != 0 {
		return errno
	}
	if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, keep, uintptr(a.UID), keep); errno != 0 {
		return errno
	}
	return nil
}
