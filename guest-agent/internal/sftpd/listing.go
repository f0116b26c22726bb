// SPDX-License-Identifier: Apache-2.0

package sftpd

import (
	"fmt"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"postern.dev/guest-agent/internal/account"
)

// names makes the long names of listings, "ls -l" style, which some clients take the owner from.
type names struct {
	users, groups map[uint32]string
}

const halfYear = 365 * 24 * time.Hour / 2

func (n *names) load() {
	if n.users == nil {
		n.users = account.Names(account.System.Passwd)
		n.groups = account.Names(account.System.Group)
	}
}

func nameOr(table map[uint32]string, id uint32) string {
	if name, ok := table[id]; ok {
		return name
	}
	return strconv.FormatUint(uint64(id), 10)
}

func (n *names) line(name string, st *unix.Stat_t) string {
	n.load()
	when := time.Unix(st.Mtim.Sec, 0)
	layout := "Jan _2 15:04"
	if age := time.Since(when); age < -time.Hour || age > halfYear {
		layout = "Jan _2  2006"
	}
	return fmt.Sprintf("%s %4d %-8s %-8s %8d %s %s", modeText(st.Mode), st.Nlink, nameOr(n.users, st.Uid), nameOr(n.groups, st.Gid),
		st.Size, when.Format(layout), name)
}

var fileTypes = map[uint32]byte{unix.S_IFDIR: 'd', unix.S_IFLNK: 'l', unix.S_IFCHR: 'c', unix.S_IFBLK: 'b', unix.S_IFIFO: 'p', unix.S_IFSOCK: 's'}

func modeText(mode uint32) string {
	text := []byte("----------")
	if t, ok := fileTypes[mode&unix.S_IFMT]; ok {
		text[0] = t
	}
	const letters = "rwxrwxrwx"
	for i := range 9 {
		if mode&(1<<(8-i)) != 0 {
			text[1+i] = letters[i]
		}
	}
	special := func(bit uint32, at int, with, without byte) {
		if mode&bit == 0 {
			return
		}
		if text[at] == 'x' {
			text[at] = with
		} else {
			text[at] = without
		}
	}
	special(unix.S_ISUID, 3, 's', 'S')
	special(unix.S_ISGID, 6, 's', 'S')
	special(unix.S_ISVTX, 9, 't', 'T')
	return string(text)
}
