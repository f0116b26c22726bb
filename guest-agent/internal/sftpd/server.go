// SPDX-License-Identifier: Apache-2.0

package sftpd

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

const (
	version = 3
	// flushAt sends replies early enough that the client's next requests overlap with ours.
	flushAt       = 64 * 1024
	mostHandles   = 4096
	spareHandles  = 16
	entriesAtOnce = 100
)

// Server answers the requests of one client, in order.
type Server struct {
	in      *bufio.Reader
	out     *bufio.Writer
	handles map[uint32]*handle
	next    uint32
	most    int
	names   names
	buffer  []byte // of the last READ; it is copied when sent
}

type handle struct {
	fd     int      // of a file
	dir    *os.File // of a directory
	append bool
	listed bool // "." and ".." have been given
}

func (h *handle) descriptor() int {
	if h.dir != nil {
		return int(h.dir.Fd())
	}
	return h.fd
}

func (h *handle) close() error {
	if h.dir != nil {
		return h.dir.Close()
	}
	return unix.Close(h.fd)
}

// New makes a server between in and out.
func New(in io.Reader, out io.Writer) *Server {
	most := mostHandles
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &limit) == nil && limit.Cur < mostHandles+spareHandles {
		most = max(1, int(limit.Cur)-spareHandles)
	}
	return &Server{in: bufio.NewReaderSize(in, maxPacket), out: bufio.NewWriterSize(out, maxPacket), handles: map[uint32]*handle{}, most: most}
}

// Serve runs until the client has no more requests (nil), or breaks the protocol.
func (s *Server) Serve() error {
	defer func() {
		for _, h := range s.handles {
			_ = h.close()
		}
	}()
	packet := make([]byte, 0, 64*1024)
	for started := false; ; started = true {
		if err := s.flushIfIdle(); err != nil {
			return err
		}
		var length [4]byte
		if _, err := io.ReadFull(s.in, length[:]); err != nil {
			s.out.Flush()
			if err == io.EOF {
				return nil
			}
			return err
		}
		n := binary.BigEndian.Uint32(length[:])
		if n < 5 || n > maxPacket {
			return fmt.Errorf("packet of %d bytes, expected 5 to %d", n, maxPacket)
		}
		if int(n) > cap(packet) {
			packet = make([]byte, 0, maxPacket)
		}
		packet = packet[:n]
		if _, err := io.ReadFull(s.in, packet); err != nil {
			return err
		}
		if started == (packet[0] == fxpInit) {
			return fmt.Errorf("request type %d, out of order", packet[0])
		}
		if err := s.handle(packet[0], &request{rest: packet[1:]}); err != nil {
			return err
		}
	}
}

// flushIfIdle sends what has been answered unless the next request is here already.
func (s *Server) flushIfIdle() error {
	if s.out.Buffered() < flushAt && s.in.Buffered() >= 4 {
		if head, err := s.in.Peek(4); err == nil && s.in.Buffered()-4 >= int(binary.BigEndian.Uint32(head)) {
			return nil
		}
	}
	return s.out.Flush()
}

func (s *Server) send(r *reply) error {
	_, err := s.out.Write(r.finish())
	return err
}

func (s *Server) handle(kind byte, r *request) error {
	if kind == fxpInit {
		r.uint32()
		return s.send(versionReply())
	}
	id := r.uint32()
	answer, err := s.answer(kind, id, r)
	if r.bad {
		return errMalformed
	}
	if answer == nil || err != nil {
		code, text := statusOf(err)
		answer = newReply(fxpStatus, id).uint32(code).string(text).string("en")
	}
	return s.send(answer)
}

// answer gives a reply, or nil for a plain status.
func (s *Server) answer(kind byte, id uint32, r *request) (*reply, error) {
	switch kind {
	case fxpOpen:
		return s.open(id, r)
	case fxpOpendir:
		return s.openDirectory(id, r)
	case fxpClose:
		return nil, s.closeHandle(r)
	case fxpRead:
		return s.read(id, r)
	case fxpWrite:
		return nil, s.write(r)
	case fxpReaddir:
		return s.readDirectory(id, r)
	case fxpLstat:
		return stat(id, r, unix.Lstat)
	case fxpStat:
		return stat(id, r, unix.Stat)
	case fxpFstat:
		return s.fstat(id, r)
	case fxpSetstat:
		return nil, setstat(r)
	case fxpFsetstat:
		return nil, s.fsetstat(r)
	case fxpRealpath:
		return s.realpath(id, r)
	case fxpReadlink:
		return s.readlink(id, r)
	case fxpExtended:
		return s.extended(id, r)
	}
	return nil, change(kind, r)
}

func (s *Server) add(id uint32, h *handle) (*reply, error) {
	if len(s.handles) >= s.most {
		_ = h.close()
		return nil, errHandles
	}
	s.next++
	s.handles[s.next] = h
	return newReply(fxpHandle, id).string(string(binary.BigEndian.AppendUint32(nil, s.next))), nil
}

func (s *Server) lookup(name []byte, dir bool) (*handle, error) {
	if len(name) == 4 {
		if h := s.handles[binary.BigEndian.Uint32(name)]; h != nil && (h.dir != nil) == dir {
			return h, nil
		}
	}
	return nil, errHandle
}

func (s *Server) closeHandle(r *request) error {
	name := r.bytes()
	if len(name) != 4 {
		return errHandle
	}
	key := binary.BigEndian.Uint32(name)
	h := s.handles[key]
	if h == nil {
		return errHandle
	}
	delete(s.handles, key)
	return h.close()
}
