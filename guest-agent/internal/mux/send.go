// SPDX-License-Identifier: Apache-2.0

package mux

import (
	"sync"

	"postern.dev/guest-agent/internal/wire"
)

var buffers = sync.Pool{New: func() any { return new([wire.MaxData]byte) }}

// Buffer takes a transfer buffer; Send or Release gives it back.
func Buffer() *[wire.MaxData]byte { return buffers.Get().(*[wire.MaxData]byte) }

// Release gives back a buffer that was not sent.
func Release(b *[wire.MaxData]byte) { buffers.Put(b) }

// Reserve waits until sub may send, and gives the number of bytes it may send at once. Only one goroutine may send on a
// substream.
func (s *Stream) Reserve(sub uint8) (int, error) {
	s.conn.mu.Lock()
	defer s.conn.mu.Unlock()
	for (s.sendCredit[sub] == 0 || s.queuedData >= maxQueued) && !s.over() {
		s.outSignal.Wait()
	}
	if s.over() {
		return 0, ErrEnded
	}
	return int(min(s.sendCredit[sub], wire.MaxData)), nil
}

func (s *Stream) over() bool { return s.peerClosed || s.sentClose || s.conn.ended }

// Send queues the first n bytes of b, at most what Reserve gave. The buffer belongs to the stream from here on.
func (s *Stream) Send(sub uint8, b *[wire.MaxData]byte, n int) error {
	s.conn.mu.Lock()
	defer s.conn.mu.Unlock()
	if s.over() {
		buffers.Put(b)
		return ErrEnded
	}
	s.sendCredit[sub] -= uint32(n)
	s.queuedData++
	s.enqueue(queued{header: wire.Header{Type: wire.Data, Flags: sub, Stream: s.id}, payload: b[:n], buffer: b})
	return nil
}

// SendEOF ends one direction; only the first call counts.
func (s *Stream) SendEOF(sub uint8) {
	s.conn.mu.Lock()
	defer s.conn.mu.Unlock()
	if s.over() || s.sentEOF[sub] {
		return
	}
	s.sentEOF[sub] = true
	s.enqueue(queued{header: wire.Header{Type: wire.EOF, Flags: sub, Stream: s.id}})
}

// SendExit queues EXIT behind all data.
func (s *Stream) SendExit(status uint32) { s.last(wire.Exit, wire.EncodeUint32(status)) }

// SendExitSignal queues EXIT_SIGNAL behind all data.
func (s *Stream) SendExitSignal(m wire.ExitSignalMessage) { s.last(wire.ExitSignal, m.Encode()) }

func (s *Stream) last(t wire.Type, payload []byte) {
	s.conn.mu.Lock()
	defer s.conn.mu.Unlock()
	if !s.sentClose { // also after the gateway's CLOSE: how a process took a hang-up is worth knowing
		s.enqueue(queued{header: wire.Header{Type: t, Stream: s.id}, payload: payload})
	}
}

// Ended is closed when the gateway has closed the stream or the connection is gone.
func (s *Stream) Ended() <-chan struct{} { return s.ended }
