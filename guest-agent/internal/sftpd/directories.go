// SPDX-License-Identifier: Apache-2.0

package sftpd

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

func (s *Server) openDirectory(id uint32, r *request) (*reply, error) {
	path := r.string()
	if r.bad {
		return nil, errMalformed
	}
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	return s.add(id, &handle{dir: os.NewFile(uintptr(fd), path)})
}

func (s *Server) readDirectory(id uint32, r *request) (*reply, error) {
	h, err := s.lookup(r.bytes(), true)
	if err != nil {
		return nil, err
	}
	names, err := h.dir.Readdirnames(entriesAtOnce)
	if !h.listed {
		h.listed = true
		names = append([]string{".", ".."}, names...)
	}
	if len(names) == 0 {
		if err == nil {
			err = io.EOF
		}
		return nil, err
	}
	entries := newReply(fxpName, id).uint32(0)
	count := uint32(0)
	for _, name := range names {
		var st unix.Stat_t
		if unix.Fstatat(h.descriptor(), name, &st, unix.AT_SYMLINK_NOFOLLOW) != nil {
			continue // gone meanwhile
		}
		entries.string(name).string(s.names.line(name, &st)).attributes(&st)
		count++
	}
	const countAt = 4 + 1 + 4
	copy(entries.b[countAt:], (&reply{}).uint32(count).b)
	return entries, nil
}

func nameReply(id uint32, name string) *reply {
	return newReply(fxpName, id).uint32(1).string(name).string(name).uint32(0)
}

func (s *Server) readlink(id uint32, r *request) (*reply, error) {
	path := r.string()
	if r.bad {
		return nil, errMalformed
	}
	var buffer [unix.PathMax]byte
	n, err := unix.Readlink(path, buffer[:])
	if err != nil {
		return nil, err
	}
	return nameReply(id, string(buffer[:n])), nil
}

func (s *Server) realpath(id uint32, r *request) (*reply, error) {
	path := r.string()
	if r.bad {
		return nil, errMalformed
	}
	real, err := resolve(path)
	if err != nil {
		return nil, err
	}
	return nameReply(id, real), nil
}

// resolve follows every link; the last component need not exist.
func resolve(path string) (string, error) {
	if strings.IndexByte(path, 0) >= 0 {
		return "", unix.EINVAL
	}
	if !strings.HasPrefix(path, "/") {
		cwd, err := os.Getwd()
		if err != nil {
			return "", err
		}
		path = cwd + "/" + path // not cleaned: ".." after a link is for the file system to follow
	}
	real, err := filepath.EvalSymlinks(path)
	if !errors.Is(err, os.ErrNotExist) {
		return real, err
	}
	path = strings.TrimRight(path, "/")
	cut := strings.LastIndexByte(path, '/')
	last := path[cut+1:]
	if last == ".." || last == "." {
		return "", err
	}
	parent, parentErr := filepath.EvalSymlinks(path[:cut] + "/")
	if parentErr != nil {
		return "", parentErr
	}
	return filepath.Join(parent, last), nil
}
