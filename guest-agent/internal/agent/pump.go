// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"errors"
	"io"
	"os"
	"syscall"

	"postern.dev/guest-agent/internal/mux"
	"postern.dev/guest-agent/internal/wire"
)

// maxDrain is the most that is still read after the time for others to hold an output is over: what the largest pipe holds.
const maxDrain = 1 << 20

// readReady waits until conn has something, and only then takes a buffer: a stream that is silent holds none.
func readReady(conn syscall.RawConn, limit int) (buffer *[wire.MaxData]byte, n int, err error) {
	waitErr := conn.Read(func(fd uintptr) bool {
		buffer, n, err = readOnce(fd, limit)
		return err != syscall.EAGAIN
	})
	if waitErr != nil {
		return nil, 0, waitErr
	}
	return buffer, n, err
}

// readNow does not wait, and does not look at deadlines.
func readNow(conn syscall.RawConn, limit int) (buffer *[wire.MaxData]byte, n int, err error) {
	if controlErr := conn.Control(func(fd uintptr) { buffer, n, err = readOnce(fd, limit) }); controlErr != nil {
		return nil, 0, controlErr
	}
	return buffer, n, err
}

func readOnce(fd uintptr, limit int) (*[wire.MaxData]byte, int, error) {
	buffer := mux.Buffer()
	for {
		n, err := syscall.Read(int(fd), buffer[:limit])
		switch {
		case err == syscall.EINTR:
			continue
		case err != nil:
			mux.Release(buffer)
			return nil, 0, err
		case n <= 0:
			mux.Release(buffer)
			return nil, 0, io.EOF
		}
		return buffer, n, nil
	}
}

// pumpOut sends what conn gives until its end. After a read deadline it takes what is there at that moment, and ends.
func pumpOut(s *mux.Stream, sub uint8, conn syscall.RawConn) error {
	for {
		limit, err := s.Reserve(sub)
		if err != nil {
			return err
		}
		buffer, n, err := readReady(conn, limit)
		switch {
		case err == nil:
			err = s.Send(sub, buffer, n)
		case errors.Is(err, os.ErrDeadlineExceeded):
			return drain(s, sub, conn)
		case err == io.EOF:
			s.SendEOF(sub)
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func drain(s *mux.Stream, sub uint8, conn syscall.RawConn) error {
	for taken := 0; taken < maxDrain; {
		limit, err := s.Reserve(sub)
		if err != nil {
			return err
		}
		buffer, n, err := readNow(conn, limit)
		if err != nil {
			break
		}
		if err := s.Send(sub, buffer, n); err != nil {
			return err
		}
		taken += n
	}
	s.SendEOF(sub)
	return nil
}

// pumpIn writes what the gateway sends. After a write has failed it goes on taking, because the gateway may send until it
// learns of the end, and must not be held up. It returns at the gateway's EOF (nil) or at the end of the stream.
func pumpIn(s *mux.Stream, out io.Writer) error {
	failed := false
	for {
		chunk, err := s.Receive()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if !failed {
			_, err = out.Write(chunk)
			failed = err != nil
		}
		s.Consumed(len(chunk))
	}
}
