// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"

	"postern.dev/guest-agent/internal/account"
	"postern.dev/guest-agent/internal/wire"
)

func failure(class wire.Class, cause error, format string, args ...any) *wire.Failure {
	f := &wire.Failure{Class: class, Text: fmt.Sprintf(format, args...)}
	var errno syscall.Errno
	if errors.As(cause, &errno) {
		f.Errno = uint32(errno)
	}
	if cause != nil {
		f.Text += ": " + cause.Error()
	}
	return f
}

var errnoClasses = map[syscall.Errno]wire.Class{
	syscall.ENOENT: wire.NotFound, syscall.ENOTDIR: wire.NotFound, syscall.ENXIO: wire.NotFound,
	syscall.ENOEXEC: wire.NotExecutable, syscall.EISDIR: wire.NotExecutable, syscall.ELIBBAD: wire.NotExecutable,
	syscall.ECONNREFUSED: wire.ConnectRefused, syscall.ECONNRESET: wire.ConnectRefused,
	syscall.EHOSTUNREACH: wire.Unreachable, syscall.ENETUNREACH: wire.Unreachable, syscall.ENETDOWN: wire.Unreachable,
	syscall.EHOSTDOWN: wire.Unreachable, syscall.EADDRNOTAVAIL: wire.Unreachable, syscall.EAFNOSUPPORT: wire.Unreachable,
	syscall.ETIMEDOUT: wire.Timeout,
	syscall.EACCES:    wire.NotPermitted, syscall.EPERM: wire.NotPermitted, syscall.EROFS: wire.NotPermitted,
	syscall.EMFILE: wire.Resource, syscall.ENFILE: wire.Resource, syscall.ENOMEM: wire.Resource, syscall.EAGAIN: wire.Resource,
	syscall.ENOBUFS: wire.Resource, syscall.ENOSPC: wire.Resource, syscall.E2BIG: wire.Resource, syscall.EDQUOT: wire.Resource,
	syscall.EADDRINUSE: wire.AddressInUse,
	syscall.EINVAL:     wire.Invalid, syscall.ENAMETOOLONG: wire.Invalid, syscall.EPROTOTYPE: wire.Invalid, syscall.ENOTSOCK: wire.Invalid,
}

// classify finds the class of an error of the operating system or of the resolver.
func classify(err error) wire.Class {
	var dns *net.DNSError
	if errors.As(err, &dns) {
		if dns.IsTimeout {
			return wire.Timeout
		}
		return wire.Unreachable
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
		return wire.Timeout
	}
	var errno syscall.Errno
	if errors.As(err, &errno) {
		if class, ok := errnoClasses[errno]; ok {
			return class
		}
		if errno.Timeout() {
			return wire.Timeout
		}
	}
	return wire.Unknown
}

// lookup finds the user of a request and checks that the agent may become that user.
func lookup(name string) (account.Account, error) {
	a, err := account.System.Lookup(name)
	if err != nil {
		var unknown *account.UnknownError
		if errors.As(err, &unknown) {
			return a, &wire.Failure{Class: wire.NotPermitted, Text: unknown.Error()}
		}
		return a, failure(wire.NotPermitted, err, "user %q cannot be looked up", name)
	}
	if os.Geteuid() != 0 && int(a.UID) != os.Geteuid() {
		return a, &wire.Failure{Class: wire.NotPermitted, Errno: uint32(syscall.EPERM),
			Text: fmt.Sprintf("cannot become user %q: the agent runs as uid %d, expected 0", name, os.Geteuid())}
	}
	return a, nil
}

// checkText refuses what no C string can hold.
func checkText(what string, values ...string) error {
	for _, v := range values {
		if strings.IndexByte(v, 0) >= 0 {
			return &wire.Failure{Class: wire.Invalid, Errno: uint32(syscall.EINVAL), Text: what + " holds a NUL byte"}
		}
	}
	return nil
}
