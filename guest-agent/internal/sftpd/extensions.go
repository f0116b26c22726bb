// SPDX-License-Identifier: Apache-2.0

package sftpd

import (
	"encoding/binary"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"postern.dev/guest-agent/internal/account"
)

var extensions = []struct{ name, version string }{
	{"posix-rename@openssh.com", "1"}, {"statvfs@openssh.com", "2"}, {"fstatvfs@openssh.com", "2"},
	{"hardlink@openssh.com", "1"}, {"fsync@openssh.com", "1"}, {"lsetstat@openssh.com", "1"}, {"limits@openssh.com", "1"},
	{"expand-path@openssh.com", "1"}, {"copy-data", "1"}, {"home-directory", "1"}, {"users-groups-by-id@openssh.com", "1"},
}

func versionReply() *reply {
	v := newReply(fxpVersion, version)
	for _, e := range extensions {
		v.string(e.name).string(e.version)
	}
	return v
}

func (s *Server) extended(id uint32, r *request) (*reply, error) {
	switch r.string() {
	case "posix-rename@openssh.com":
		from, to := r.string(), r.string()
		if r.bad {
			return nil, errMalformed
		}
		return nil, unix.Rename(from, to)
	case "hardlink@openssh.com":
		from, to := r.string(), r.string()
		if r.bad {
			return nil, errMalformed
		}
		return nil, unix.Link(from, to)
	case "lsetstat@openssh.com":
		return nil, lsetstat(r)
	case "fsync@openssh.com":
		h, err := s.lookup(r.bytes(), false)
		if err != nil {
			return nil, err
		}
		return nil, unix.Fsync(h.fd)
	case "statvfs@openssh.com":
		path := r.string()
		return statvfs(id, r, func(st *unix.Statfs_t) error { return unix.Statfs(path, st) })
	case "fstatvfs@openssh.com":
		h, err := s.anyHandle(r.bytes())
		if err != nil {
			return nil, err
		}
		return statvfs(id, r, func(st *unix.Statfs_t) error { return unix.Fstatfs(h.descriptor(), st) })
	case "limits@openssh.com":
		return newReply(fxpExtendedReply, id).uint64(maxPacket).uint64(maxData).uint64(maxData).uint64(uint64(s.most)), nil
	case "expand-path@openssh.com":
		return expandPath(id, r)
	case "home-directory":
		return homeDirectory(id, r)
	case "users-groups-by-id@openssh.com":
		return s.usersAndGroups(id, r)
	case "copy-data":
		return nil, s.copyData(r)
	}
	return nil, errUnsupported
}

func statvfs(id uint32, r *request, call func(*unix.Statfs_t) error) (*reply, error) {
	var st unix.Statfs_t
	if r.bad {
		return nil, errMalformed
	}
	if err := call(&st); err != nil {
		return nil, err
	}
	fragment := uint64(st.Frsize)
	if fragment == 0 {
		fragment = uint64(st.Bsize)
	}
	fsid := uint64(uint32(st.Fsid.Val[0])) | uint64(uint32(st.Fsid.Val[1]))<<32
	v := newReply(fxpExtendedReply, id).uint64(uint64(st.Bsize)).uint64(fragment).uint64(st.Blocks).uint64(st.Bfree).uint64(st.Bavail)
	v.uint64(st.Files).uint64(st.Ffree).uint64(st.Ffree).uint64(fsid)
	return v.uint64(uint64(st.Flags) & (unix.ST_RDONLY | unix.ST_NOSUID)).uint64(uint64(st.Namelen)), nil
}

func homeOf(name string) (string, error) {
	if name == "" {
		if home := os.Getenv("HOME"); home != "" {
			return home, nil
		}
	}
	a, err := account.System.Lookup(name)
	if err != nil {
		return "", &statusError{statusFailure, err.Error()}
	}
	return a.Home, nil
}

func homeDirectory(id uint32, r *request) (*reply, error) {
	name := r.string()
	if r.bad {
		return nil, errMalformed
	}
	home, err := homeOf(name)
	if err != nil {
		return nil, err
	}
	return nameReply(id, home), nil
}

func expandPath(id uint32, r *request) (*reply, error) {
	path := r.string()
	if r.bad {
		return nil, errMalformed
	}
	if strings.HasPrefix(path, "~") {
		user, rest, _ := strings.Cut(path[1:], "/")
		home, err := homeOf(user)
		if err != nil {
			return nil, err
		}
		path = home + "/" + rest
	}
	real, err := resolve(path)
	if err != nil {
		return nil, err
	}
	return nameReply(id, real), nil
}

func (s *Server) usersAndGroups(id uint32, r *request) (*reply, error) {
	users, groups := r.bytes(), r.bytes()
	if r.bad || len(users)%4 != 0 || len(groups)%4 != 0 {
		return nil, errMalformed
	}
	s.names.load()
	list := func(ids []byte, table map[uint32]string) string {
		var names reply
		for ; len(ids) >= 4 && len(names.b) < maxData/2; ids = ids[4:] {
			names.string(table[binary.BigEndian.Uint32(ids)])
		}
		return string(names.b)
	}
	return newReply(fxpExtendedReply, id).string(list(users, s.names.users)).string(list(groups, s.names.groups)), nil
}

// copyData copies inside the sandbox; a length of 0 means to the end of the file.
func (s *Server) copyData(r *request) error {
	fromName, fromOffset, length := r.bytes(), r.uint64(), r.uint64()
	toName, toOffset := r.bytes(), r.uint64()
	from, err := s.lookup(fromName, false)
	if err != nil || r.bad {
		return err
	}
	to, err := s.lookup(toName, false)
	if err != nil {
		return err
	}
	if from == to {
		return &statusError{statusFailure, "source and destination are the same handle"}
	}
	buffer := make([]byte, maxPacket)
	for left := length; length == 0 || left > 0; {
		want := buffer
		if length != 0 && left < uint64(len(want)) {
			want = want[:left]
		}
		n, err := ignoringInterrupts(func() (int, error) { return unix.Pread(from.fd, want, int64(fromOffset)) })
		if err != nil {
			return err
		}
		if n == 0 {
			if length != 0 {
				return &statusError{statusEOF, "End of file"}
			}
			return nil
		}
		for done := 0; done < n; {
			w, err := ignoringInterrupts(func() (int, error) { return unix.Pwrite(to.fd, want[done:n], int64(toOffset)) })
			if err != nil {
				return err
			}
			done += w
			toOffset += uint64(w)
		}
		fromOffset += uint64(n)
		left -= uint64(n)
	}
	return nil
}
