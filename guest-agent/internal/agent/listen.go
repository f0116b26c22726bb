// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"crypto/rand"
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"postern.dev/guest-agent/internal/account"
	"postern.dev/guest-agent/internal/mux"
	"postern.dev/guest-agent/internal/proc"
	"postern.dev/guest-agent/internal/wire"
)

const portAttempts = 16

func (a *Agent) listenTCP(s *mux.Stream, m wire.OpenMessage) error {
	user, err := lookup(m.User)
	if err != nil {
		return err
	}
	var listeners []net.Listener
	// As the user: ports below 1024 are for root, as under sshd.
	err = proc.AsUser(user, func() (err error) {
		listeners, err = bindTCP(m.Host, m.Port)
		return err
	})
	if err != nil {
		var refused *wire.Failure
		if errors.As(err, &refused) {
			return refused
		}
		return failure(classify(err), err, "cannot listen on %q port %d", m.Host, m.Port)
	}
	port := listeners[0].Addr().(*net.TCPAddr).Port
	serve(s, wire.EncodeUint32(uint32(port)), listeners, func() {})
	return nil
}

type binding struct{ network, host string }

// bindings follows RFC 4254 section 7.1: "" is every address of every family, "localhost" the loopback ones.
func bindings(host string) ([]binding, error) {
	switch host {
	case "", "*":
		return []binding{{"tcp", ""}}, nil
	case "localhost":
		return []binding{{"tcp4", "127.0.0.1"}, {"tcp6", "::1"}}, nil
	}
	address, err := netip.ParseAddr(host)
	if err != nil {
		return nil, failure(wire.Invalid, nil, "bind address %q, expected an IP address, \"localhost\", \"*\" or nothing", host)
	}
	if address.Unmap().Is4() {
		return []binding{{"tcp4", address.Unmap().String()}}, nil
	}
	return []binding{{"tcp6", address.String()}}, nil
}

// bindTCP listens on one port for all families of host. A family that the kernel does not have is left out, but never the
// last one. With port 0 a port is looked for that all families have free.
func bindTCP(host string, port uint32) ([]net.Listener, error) {
	wanted, err := bindings(host)
	if err != nil {
		return nil, err
	}
	for attempt := 0; ; attempt++ {
		listeners, err := bindAll(wanted, int(port))
		if err == nil || port != 0 || !errors.Is(err, syscall.EADDRINUSE) || attempt == portAttempts {
			return listeners, err
		}
	}
}

func bindAll(wanted []binding, port int) (listeners []net.Listener, err error) {
	for _, b := range wanted {
		address := &net.TCPAddr{IP: net.ParseIP(b.host), Port: port}
		listener, bindErr := net.ListenTCP(b.network, address)
		if bindErr == nil {
			listeners = append(listeners, listener)
			port = listener.Addr().(*net.TCPAddr).Port
			continue
		}
		err = bindErr
		absent := errors.Is(bindErr, syscall.EAFNOSUPPORT) || errors.Is(bindErr, syscall.EADDRNOTAVAIL)
		if !absent {
			closeListeners(listeners)
			return nil, bindErr
		}
	}
	if len(listeners) == 0 {
		return nil, err
	}
	return listeners, nil
}

func closeListeners(listeners []net.Listener) {
	for _, l := range listeners {
		l.Close()
	}
}

func (a *Agent) listenUnix(s *mux.Stream, m wire.OpenMessage) error {
	user, err := lookup(m.User)
	if err != nil {
		return err
	}
	if err := checkText("path", m.Path); err != nil {
		return err
	}
	path, private := m.Path, m.Path == ""
	var listener net.Listener
	err = proc.AsUser(user, func() (err error) {
		if private {
			if path, err = privatePath(user); err != nil {
				return err
			}
		}
		listener, err = BindUnix(path, m.Mode, m.Unlink)
		if err != nil && private {
			_ = os.Remove(filepath.Dir(path))
		}
		return err
	})
	if err != nil {
		return failure(classify(err), err, "cannot listen on %q", path)
	}
	serve(s, wire.EncodeString(path), []net.Listener{listener}, func() {
		// As the user again: root must not remove what a user has meanwhile put behind that name.
		_ = proc.AsUser(user, func() error {
			err := os.Remove(path)
			if private {
				err = os.Remove(filepath.Dir(path))
			}
			return err
		})
	})
	return nil
}

// privatePath makes a directory that only the user can enter, as sshd does for the sockets of agent forwarding.
func privatePath(user account.Account) (string, error) {
	var last error
	for _, parent := range []string{"/tmp", "/var/tmp", "/dev/shm", "/run", user.Home} {
		dir := filepath.Join(parent, "postern-"+rand.Text()[:16])
		if last = os.Mkdir(dir, 0o700); last == nil {
			return filepath.Join(dir, "agent.sock"), nil
		}
	}
	return "", last
}

// BindUnix listens on path. It sets the mode between bind and listen: before listen nobody can connect.
func BindUnix(path string, mode uint32, unlink bool) (net.Listener, error) {
	if unlink {
		if info, err := os.Lstat(path); err == nil && info.Mode()&os.ModeSocket != 0 {
			if err := os.Remove(path); err != nil {
				return nil, err
			}
		}
	}
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), path)
	defer file.Close()
	if path == "" || path[0] == '@' {
		return nil, unix.EINVAL
	}
	if err := unix.Bind(fd, &unix.SockaddrUnix{Name: path}); err != nil {
		return nil, err
	}
	if err = os.Chmod(path, os.FileMode(mode)); err == nil {
		if err = unix.Listen(fd, 128); err == nil {
			var listener net.Listener
			if listener, err = net.FileListener(file); err == nil {
				listener.(*net.UnixListener).SetUnlinkOnClose(false)
				return listener, nil
			}
		}
	}
	_ = os.Remove(path)
	return nil, err
}

// serve accepts until the gateway closes the listener's stream. Connections outlive their listener.
func serve(s *mux.Stream, answer []byte, listeners []net.Listener, cleanup func()) {
	var loops, connections sync.WaitGroup
	if s.Accept(answer, mux.Control{Ended: func(uint8) { closeListeners(listeners) }}) {
		for _, l := range listeners {
			loops.Go(func() { acceptLoop(s, l, &connections) })
		}
	}
	loops.Wait()
	closeListeners(listeners)
	cleanup()
	s.Finish(wire.Done) // only now, so that the gateway may use the address again at once
	connections.Wait()
}

func acceptLoop(s *mux.Stream, l net.Listener, connections *sync.WaitGroup) {
	for {
		accepted, err := l.Accept()
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) || errors.Is(err, syscall.ECONNABORTED) {
			select { // a shortage passes; the waiting connection stays in the backlog
			case <-time.After(100 * time.Millisecond):
				continue
			case <-s.Ended():
				return
			}
		}
		if err != nil {
			return
		}
		conn := accepted.(socket)
		var host string
		var port uint32
		if address, ok := accepted.RemoteAddr().(*net.TCPAddr); ok {
			host, port = address.AddrPort().Addr().Unmap().String(), uint32(address.Port)
		}
		child := s.Conn().Incoming(s, host, port)
		if child == nil || !child.SetControl(mux.Control{Ended: func(mode uint8) { leave(conn, mode) }}) {
			conn.Close()
			if child != nil {
				child.Finish(wire.Done)
			}
			continue
		}
		connections.Go(func() { carry(child, conn) })
	}
}
