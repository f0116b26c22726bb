// SPDX-License-Identifier: Apache-2.0

package sftpd

import (
	"io"

	"golang.org/x/sys/unix"
)

const (
	openRead   = 0x01
	openWrite  = 0x02
	openAppend = 0x04
	openCreate = 0x08
	openTrunc  = 0x10
	openExcl   = 0x20
)

// open never waits: a FIFO whose other end is missing would hold up the whole session, and nothing could end it.
func (s *Server) open(id uint32, r *request) (*reply, error) {
	path, wanted, attrs := r.string(), r.uint32(), r.attributes()
	if r.bad {
		return nil, errMalformed
	}
	flags := unix.O_CLOEXEC | unix.O_NONBLOCK | unix.O_NOCTTY
	switch {
	case wanted&openRead != 0 && wanted&openWrite != 0:
		flags |= unix.O_RDWR
	case wanted&openWrite != 0:
		flags |= unix.O_WRONLY
	}
	for bit, flag := range map[uint32]int{openAppend: unix.O_APPEND, openCreate: unix.O_CREAT, openTrunc: unix.O_TRUNC, openExcl: unix.O_EXCL} {
		if wanted&bit != 0 {
			flags |= flag
		}
	}
	mode := uint32(0o666)
	if attrs.flags&attrPermissions != 0 {
		mode = attrs.permissions & 0o7777
	}
	fd, err := ignoringInterrupts(func() (int, error) { return unix.Open(path, flags, mode) })
	if err != nil {
		return nil, err
	}
	return s.add(id, &handle{fd: fd, append: wanted&openAppend != 0})
}

func ignoringInterrupts(call func() (int, error)) (int, error) {
	for {
		n, err := call()
		if err != unix.EINTR {
			return n, err
		}
	}
}

func (s *Server) read(id uint32, r *request) (*reply, error) {
	name, offset, length := r.bytes(), r.uint64(), r.uint32()
	h, err := s.lookup(name, false)
	if err != nil || r.bad {
		return nil, err
	}
	length = min(length, maxData)
	const head = 4 + 1 + 4 + 4
	if cap(s.buffer) < head+int(length) {
		s.buffer = make([]byte, head+int(length))
	}
	b := s.buffer[:head+int(length)]
	n, err := ignoringInterrupts(func() (int, error) { return unix.Pread(h.fd, b[head:], int64(offset)) })
	if err == unix.ESPIPE {
		n, err = ignoringInterrupts(func() (int, error) { return unix.Read(h.fd, b[head:]) })
	}
	if err != nil {
		return nil, err
	}
	if n == 0 && length > 0 {
		return nil, io.EOF
	}
	data := &reply{b: b[:4]}
	data.b = append(data.b, fxpData)
	data.uint32(id).uint32(uint32(n))
	data.b = b[:head+n]
	return data, nil
}

func (s *Server) write(r *request) error {
	name, offset, data := r.bytes(), r.uint64(), r.bytes()
	h, err := s.lookup(name, false)
	if err != nil || r.bad {
		return err
	}
	for len(data) > 0 {
		n, err := ignoringInterrupts(func() (int, error) {
			if h.append {
				return unix.Write(h.fd, data)
			}
			return unix.Pwrite(h.fd, data, int64(offset))
		})
		if err == unix.ESPIPE {
			n, err = ignoringInterrupts(func() (int, error) { return unix.Write(h.fd, data) })
		}
		if err != nil {
			return err
		}
		data = data[n:]
		offset += uint64(n)
	}
	return nil
}

// change is what alters names and gives no more than a status.
func change(kind byte, r *request) error {
	switch kind {
	case fxpRemove, fxpRmdir:
		path := r.string()
		if r.bad {
			return errMalformed
		}
		if kind == fxpRmdir {
			return unix.Rmdir(path)
		}
		return unix.Unlink(path)
	case fxpMkdir:
		path, attrs := r.string(), r.attributes()
		mode := uint32(0o777)
		if attrs.flags&attrPermissions != 0 {
			mode = attrs.permissions & 0o7777
		}
		if r.bad {
			return errMalformed
		}
		return unix.Mkdir(path, mode)
	case fxpRename:
		from, to := r.string(), r.string()
		if r.bad {
			return errMalformed
		}
		return renameNew(from, to)
	case fxpSymlink:
		// The draft has the link first; every client in use follows OpenSSH, which has the target first.
		target, link := r.string(), r.string()
		if r.bad {
			return errMalformed
		}
		return unix.Symlink(target, link)
	}
	return errUnsupported
}

// renameNew does not replace what is there: that is what version 3 says, and posix-rename@openssh.com is for the rest.
func renameNew(from, to string) error {
	err := unix.Renameat2(unix.AT_FDCWD, from, unix.AT_FDCWD, to, unix.RENAME_NOREPLACE)
	if err != unix.EINVAL && err != unix.ENOSYS {
		return err
	}
	// A file system without RENAME_NOREPLACE.
	var stat unix.Stat_t
	if err := unix.Lstat(to, &stat); err == nil {
		return unix.EEXIST
	}
	return unix.Rename(from, to)
}
