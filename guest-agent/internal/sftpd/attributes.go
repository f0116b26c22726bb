// SPDX-License-Identifier: Apache-2.0

package sftpd

import (
	"golang.org/x/sys/unix"
)

func (r *reply) attributes(st *unix.Stat_t) *reply {
	r.uint32(attrSize | attrUIDGID | attrPermissions | attrTimes)
	r.uint64(uint64(st.Size)).uint32(st.Uid).uint32(st.Gid).uint32(st.Mode)
	return r.uint32(uint32(st.Atim.Sec)).uint32(uint32(st.Mtim.Sec))
}

func stat(id uint32, r *request, call func(string, *unix.Stat_t) error) (*reply, error) {
	path := r.string()
	var st unix.Stat_t
	if r.bad {
		return nil, errMalformed
	}
	if err := call(path, &st); err != nil {
		return nil, err
	}
	return newReply(fxpAttrs, id).attributes(&st), nil
}

func (s *Server) anyHandle(name []byte) (*handle, error) {
	h, err := s.lookup(name, false)
	if err != nil {
		h, err = s.lookup(name, true)
	}
	return h, err
}

func (s *Server) fstat(id uint32, r *request) (*reply, error) {
	h, err := s.anyHandle(r.bytes())
	if err != nil {
		return nil, err
	}
	var st unix.Stat_t
	if err := unix.Fstat(h.descriptor(), &st); err != nil {
		return nil, err
	}
	return newReply(fxpAttrs, id).attributes(&st), nil
}

// target is what attributes are set on.
type target struct {
	truncate func(int64) error
	chmod    func(uint32) error
	utimes   func([]unix.Timespec) error
	chown    func(uid, gid int) error
}

// set goes on after an error and reports the last one, as OpenSSH does: "put -p" without the right to chown still sets the times.
func (t target) set(a attributes) error {
	var last error
	note := func(err error) {
		if err != nil {
			last = err
		}
	}
	if a.flags&attrSize != 0 {
		note(t.truncate(int64(a.size)))
	}
	if a.flags&attrPermissions != 0 {
		note(t.chmod(a.permissions & 0o7777))
	}
	if a.flags&attrTimes != 0 {
		note(t.utimes([]unix.Timespec{{Sec: int64(a.atime)}, {Sec: int64(a.mtime)}}))
	}
	if a.flags&attrUIDGID != 0 {
		note(t.chown(int(int32(a.uid)), int(int32(a.gid))))
	}
	return last
}

func setstat(r *request) error {
	path, attrs := r.string(), r.attributes()
	if r.bad {
		return errMalformed
	}
	return target{
		truncate: func(size int64) error { return unix.Truncate(path, size) },
		chmod:    func(mode uint32) error { return unix.Chmod(path, mode) },
		utimes:   func(times []unix.Timespec) error { return unix.UtimesNanoAt(unix.AT_FDCWD, path, times, 0) },
		chown:    func(uid, gid int) error { return unix.Chown(path, uid, gid) },
	}.set(attrs)
}

func (s *Server) fsetstat(r *request) error {
	name, attrs := r.bytes(), r.attributes()
	h, err := s.anyHandle(name)
	if err != nil || r.bad {
		return err
	}
	fd := h.descriptor()
	return target{
		truncate: func(size int64) error { return unix.Ftruncate(fd, size) },
		chmod:    func(mode uint32) error { return unix.Fchmod(fd, mode) },
		utimes:   func(times []unix.Timespec) error { return futimens(fd, times) },
		chown:    func(uid, gid int) error { return unix.Fchown(fd, uid, gid) },
	}.set(attrs)
}

func lsetstat(r *request) error {
	path, attrs := r.string(), r.attributes()
	if r.bad {
		return errMalformed
	}
	if attrs.flags&attrSize != 0 {
		return unix.EINVAL
	}
	return target{
		chmod: func(mode uint32) error { return unix.Fchmodat(unix.AT_FDCWD, path, mode, unix.AT_SYMLINK_NOFOLLOW) },
		utimes: func(times []unix.Timespec) error {
			return unix.UtimesNanoAt(unix.AT_FDCWD, path, times, unix.AT_SYMLINK_NOFOLLOW)
		},
		chown: func(uid, gid int) error { return unix.Lchown(path, uid, gid) },
	}.set(attrs)
}
