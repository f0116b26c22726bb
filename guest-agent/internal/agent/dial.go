// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"context"
	"errors"
	"io"
	"net"
	"strconv"
	"sync"
	"syscall"
	"time"

	"postern.dev/guest-agent/internal/mux"
	"postern.dev/guest-agent/internal/proc"
	"postern.dev/guest-agent/internal/wire"
)

// deliverTime is how long what the gateway sent before it closed a connection may take to be written.
const deliverTime = 5 * time.Second

// socket is a connection whose directions end one by one; TCP and Unix sockets both are.
type socket interface {
	io.Writer
	io.Closer
	syscall.Conn
	CloseWrite() error
	SetReadDeadline(time.Time) error
	SetWriteDeadline(time.Time) error
}

// leave acts on the gateway's CLOSE: nothing more is read, and what it sent before is still written.
func leave(conn socket, mode uint8) {
	if mode != wire.Detach {
		conn.Close()
		return
	}
	_ = conn.SetReadDeadline(time.Unix(1, 0))
	_ = conn.SetWriteDeadline(time.Now().Add(deliverTime))
}

func (a *Agent) dialTCP(s *mux.Stream, m wire.OpenMessage) error {
	if err := checkText("host", m.Host); err != nil {
		return err
	}
	if m.Host == "" || m.Port == 0 {
		return failure(wire.Invalid, nil, "destination %q port %d, expected a host and a port above 0", m.Host, m.Port)
	}
	ctx, cancel := context.WithTimeout(context.Background(), a.settings.DialTimeout)
	defer cancel()
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		select {
		case <-s.Ended():
			cancel()
		case <-stop:
		}
	}()
	conn, err := dialHost(ctx, m.Host, m.Port)
	if err != nil {
		return failure(classify(err), err, "cannot connect to %q port %d", m.Host, m.Port)
	}
	return relay(s, conn)
}

func dialHost(ctx context.Context, host string, port uint32) (*net.TCPConn, error) {
	var dialer net.Dialer
	service := strconv.Itoa(int(port))
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(host, service))
	var dns *net.DNSError
	if errors.As(err, &dns) && host == "localhost" {
		// An image without /etc/hosts: the name still means this machine, RFC 6761 section 6.3.
		for _, loopback := range []string{"127.0.0.1", "::1"} {
			if conn, err = dialer.DialContext(ctx, "tcp", net.JoinHostPort(loopback, service)); err == nil {
				break
			}
		}
	}
	if err != nil {
		return nil, err
	}
	return conn.(*net.TCPConn), nil
}

func (a *Agent) dialUnix(s *mux.Stream, m wire.OpenMessage) error {
	user, err := lookup(m.User)
	if err != nil {
		return err
	}
	if m.Path == "" || m.Path[0] == '@' || checkText("path", m.Path) != nil {
		return failure(wire.Invalid, nil, "socket path %q, expected a path of the file system", m.Path)
	}
	var conn *net.UnixConn
	// As the user: the permissions of the socket count, and SO_PEERCRED of its owner shows who is there.
	err = proc.AsUser(user, func() (err error) {
		conn, err = net.DialUnix("unix", nil, &net.UnixAddr{Name: m.Path, Net: "unix"})
		return err
	})
	if err != nil {
		return failure(classify(err), err, "cannot connect to %q", m.Path)
	}
	return relay(s, conn)
}

// relay accepts the stream for conn and carries both directions.
func relay(s *mux.Stream, conn socket) error {
	if !s.Accept(nil, mux.Control{Ended: func(mode uint8) { leave(conn, mode) }}) {
		conn.Close()
		return mux.ErrEnded
	}
	carry(s, conn)
	return nil
}

func carry(s *mux.Stream, conn socket) {
	defer conn.Close()
	raw, err := conn.SyscallConn()
	if err != nil {
		s.Finish(wire.Broken)
		return
	}
	var directions sync.WaitGroup
	directions.Go(func() {
		if pumpIn(s, conn) == nil {
			_ = conn.CloseWrite()
		}
	})
	if pumpOut(s, wire.Main, raw) != nil {
		select {
		case <-s.Ended():
		default:
			s.Finish(wire.Broken)
		}
	}
	directions.Wait()
	s.Finish(wire.Done)
}
