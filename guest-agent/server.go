// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"postern.dev/guest-agent/internal/agent"
	"postern.dev/guest-agent/internal/mux"
	"postern.dev/guest-agent/internal/system"
)

// maxConnections bounds what a listening agent holds; a gateway needs one for each SSH connection at the most.
const maxConnections = 256

// server runs the connections of this process.
type server struct {
	agent *agent.Agent

	mu       sync.Mutex
	live     map[*mux.Conn]struct{}
	closing  bool
	listener io.Closer
	served   sync.WaitGroup
}

func newServer(a *agent.Agent) *server {
	return &server{agent: a, live: map[*mux.Conn]struct{}{}}
}

// add starts to count a connection; it is false when the server stops or is full.
func (s *server) add(c *mux.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing || len(s.live) >= maxConnections {
		return false
	}
	s.live[c] = struct{}{}
	s.served.Add(1)
	return true
}

func (s *server) serve(transport io.ReadWriteCloser) error {
	c := s.agent.Connection(transport)
	if !s.add(c) {
		return transport.Close()
	}
	defer func() {
		s.mu.Lock()
		delete(s.live, c)
		s.mu.Unlock()
		s.served.Done()
	}()
	return c.Serve()
}

// stop ends every connection; what runs gets HUP.
func (s *server) stop() {
	s.mu.Lock()
	s.closing = true
	var open []*mux.Conn
	for c := range s.live {
		open = append(open, c)
	}
	if s.listener != nil {
		s.listener.Close()
	}
	s.mu.Unlock()
	for _, c := range open {
		c.Shutdown()
	}
}

// serveStdio serves one connection, and ends when that and everything hung up with it has ended.
func (s *server) serveStdio() error {
	err := s.serve(newStdio())
	if err == io.EOF || s.stopped() {
		return nil
	}
	return err
}

func (s *server) stopped() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closing
}

// stdio joins standard input and output.
type stdio struct{ in, out *os.File }

// newStdio makes pipes and sockets wait in the poller, where Close ends a read.
func newStdio() stdio {
	return stdio{in: pollable(os.Stdin), out: pollable(os.Stdout)}
}

func pollable(f *os.File) *os.File {
	var st unix.Stat_t
	fd := int(f.Fd())
	if unix.Fstat(fd, &st) != nil {
		return f
	}
	if kind := st.Mode & unix.S_IFMT; kind != unix.S_IFIFO && kind != unix.S_IFSOCK {
		return f
	}
	if unix.SetNonblock(fd, true) != nil {
		return f
	}
	return os.NewFile(uintptr(fd), f.Name())
}

func (s stdio) Read(b []byte) (int, error)  { return s.in.Read(b) }
func (s stdio) Write(b []byte) (int, error) { return s.out.Write(b) }
func (s stdio) Close() error                { return errors.Join(s.in.Close(), s.out.Close()) }

func (s *server) listen(l io.Closer) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listener = l
	return !s.closing
}

// serveUnix accepts connections of the agent's own user and of root.
func (s *server) serveUnix(path string) error {
	l, err := agent.BindUnix(path, 0o600, true)
	if err != nil {
		return err
	}
	defer os.Remove(path)
	if !s.listen(l) {
		return l.Close()
	}
	for {
		conn, err := l.Accept()
		if err != nil {
			return s.endListening(err)
		}
		go func() {
			if peer := conn.(*net.UnixConn); trusted(peer) {
				_ = s.serve(peer)
			} else {
				peer.Close()
			}
		}()
	}
}

func trusted(conn *net.UnixConn) bool {
	raw, err := conn.SyscallConn()
	if err != nil {
		return false
	}
	var peer *unix.Ucred
	if raw.Control(func(fd uintptr) { peer, err = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED) }) != nil || err != nil {
		return false
	}
	return peer.Uid == 0 || int(peer.Uid) == os.Geteuid()
}

func (s *server) serveVsock(text string) error {
	port, err := system.ParseVsockPort(text)
	if err != nil {
		return err
	}
	l, err := system.ListenVsock(port)
	if err != nil {
		return err
	}
	if !s.listen(l) {
		return l.Close()
	}
	for {
		conn, err := l.Accept()
		if err != nil {
			return s.endListening(err)
		}
		go func() { _ = s.serve(conn) }()
	}
}

// endListening is the way out of an accept loop; being told to stop is no error.
func (s *server) endListening(err error) error {
	stopped := s.stopped()
	s.stop()
	s.served.Wait()
	if stopped {
		return nil
	}
	return err
}
