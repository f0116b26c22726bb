// SPDX-License-Identifier: Apache-2.0

package sftpd

import (
	"errors"
	"io"
	"syscall"
)

const (
	statusOK               = 0
	statusEOF              = 1
	statusNoSuchFile       = 2
	statusPermissionDenied = 3
	statusFailure          = 4
	statusBadMessage       = 5
	statusUnsupported      = 8
)

// statusError is a refusal that comes from no system call.
type statusError struct {
	code uint32
	text string
}

func (e *statusError) Error() string { return e.text }

var (
	errHandle      = &statusError{statusFailure, "invalid handle"}
	errUnsupported = &statusError{statusUnsupported, "operation unsupported"}
	errHandles     = &statusError{statusFailure, "too many open handles"}
)

// statusOf gives the code that OpenSSH gives for the same errno, so that clients see no difference.
func statusOf(err error) (uint32, string) {
	if err == nil {
		return statusOK, "Success"
	}
	if errors.Is(err, io.EOF) {
		return statusEOF, "End of file"
	}
	var status *statusError
	if errors.As(err, &status) {
		return status.code, status.text
	}
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return statusFailure, err.Error()
	}
	switch errno {
	case syscall.ENOENT, syscall.ENOTDIR, syscall.EBADF, syscall.ELOOP:
		return statusNoSuchFile, errno.Error()
	case syscall.EPERM, syscall.EACCES, syscall.EFAULT:
		return statusPermissionDenied, errno.Error()
	case syscall.ENAMETOOLONG, syscall.EINVAL:
		return statusBadMessage, errno.Error()
	case syscall.ENOSYS:
		return statusUnsupported, errno.Error()
	}
	return statusFailure, errno.Error()
}
