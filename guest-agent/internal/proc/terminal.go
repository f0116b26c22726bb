// SPDX-License-Identifier: Apache-2.0

package proc

import (
	"os"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"postern.dev/guest-agent/internal/account"
	"postern.dev/guest-agent/internal/wire"
)

// Terminal is the controlling side of a pseudo terminal.
type Terminal struct {
	Master *os.File // reads and writes end when it is closed
	conn   interface {
		Control(func(fd uintptr)) error
	}
}

// OpenTerminal makes a pseudo terminal that belongs to a. The caller closes both ends; slave is for the child alone.
func OpenTerminal(a account.Account, request wire.PtyRequest) (t *Terminal, slave *os.File, err error) {
	master, slave, err := pty.Open()
	if err != nil {
		return nil, nil, err
	}
	// creack/pty leaves the descriptor in blocking mode; a read of it could not be ended by Close.
	polled, err := unix.FcntlInt(master.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	master.Close()
	if err == nil {
		if err = unix.SetNonblock(polled, true); err != nil {
			unix.Close(polled)
		}
	}
	if err != nil {
		slave.Close()
		return nil, nil, err
	}
	t = &Terminal{Master: os.NewFile(uintptr(polled), "ptmx")}
	if t.conn, err = t.Master.SyscallConn(); err == nil {
		err = t.prepare(slave, a, request)
	}
	if err != nil {
		t.Master.Close()
		slave.Close()
		return nil, nil, err
	}
	return t, slave, nil
}

func (t *Terminal) prepare(slave *os.File, a account.Account, request wire.PtyRequest) error {
	fd := int(slave.Fd())
	if os.Geteuid() == 0 {
		gid, mode := a.GID, uint32(0o600)
		if tty, ok := account.System.TTYGroup(); ok {
			gid, mode = tty, 0o620
		}
		// A devpts that another user namespace owns may refuse; the terminal then works for the agent's own user only.
		if err := unix.Fchown(fd, int(a.UID), int(gid)); err != nil && a.UID != 0 {
			return err
		}
		_ = unix.Fchmod(fd, mode)
	}
	termios, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return err
	}
	applyModes(termios, []byte(request.Modes))
	if err := unix.IoctlSetTermios(fd, unix.TCSETS, termios); err != nil {
		return err
	}
	t.Resize(request.Size)
	return nil
}

// Resize sets the window size; the kernel tells the foreground process group.
func (t *Terminal) Resize(size wire.Size) {
	clamp := func(v uint32) uint16 { return uint16(min(v, 65535)) }
	_ = t.conn.Control(func(fd uintptr) {
		_ = unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, &unix.Winsize{
			Row: clamp(size.Rows), Col: clamp(size.Cols), Xpixel: clamp(size.WidthPixels), Ypixel: clamp(size.HeightPixels)})
	})
}

// Foreground is the process group that the terminal's own keys would signal, or 0.
func (t *Terminal) Foreground() int {
	group := 0
	_ = t.conn.Control(func(fd uintptr) {
		if g, err := unix.IoctlGetInt(int(fd), unix.TIOCGPGRP); err == nil && g > 1 {
			group = g
		}
	})
	return group
}
