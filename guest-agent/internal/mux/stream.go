// SPDX-License-Identifier: Apache-2.0

package mux

import (
	"errors"
	"io"
	"sync"

	"postern.dev/guest-agent/internal/wire"
)

// ErrEnded is what waiting calls of a stream give after the gateway closed it or the connection was lost.
var ErrEnded = errors.New("the stream has ended")

// maxQueued is the number of DATA frames that one stream may have waiting for its turn.
const maxQueued = 2

// smallInput is the size up to which pieces of input are joined while they wait.
const smallInput = 4096

type state uint8

const (
	opening state = iota
	open
	refused
)

// Control receives what a gateway does to a process. Calls come from the reader and must not block.
type Control struct {
	Resize func(wire.Size)
	Signal func(name string)
	// Ended is called when the gateway closed the stream or the connection was lost, and again for every later CLOSE with
	// a stronger mode.
	Ended func(mode uint8)
}

type queued struct {
	header  wire.Header
	payload []byte
	buffer  *[wire.MaxData]byte // to give back after payload is written, or nil
}

// Stream is one conversation inside a connection. All fields are guarded by the lock of the connection.
type Stream struct {
	conn    *Conn
	id      uint32
	kind    string
	state   state
	control Control

	peerClosed bool
	closeMode  uint8
	ended      chan struct{}
	sentClose  bool

	in         [][]byte
	inEOF      bool
	inSignal   *sync.Cond
	recvCredit uint32 // what the peer may still send
	consumed   uint32 // taken, but not yet granted again

	queue      []queued
	queuedData int
	outSignal  *sync.Cond
	sendCredit [2]uint32
	sentEOF    [2]bool
}

func newStream(c *Conn, id uint32, kind string) *Stream {
	s := &Stream{conn: c, id: id, kind: kind, ended: make(chan struct{}), recvCredit: c.options.Window, sendCredit: [2]uint32{c.peer.Window, c.peer.Window}}
	s.inSignal = sync.NewCond(&c.mu)
	s.outSignal = sync.NewCond(&c.mu)
	return s
}

// Conn is the connection this stream belongs to.
func (s *Stream) Conn() *Conn { return s.conn }

// Accept answers OPEN_OK. It is false if the gateway has closed the stream meanwhile: then nothing was sent, control is
// not used, and the caller undoes what it started.
func (s *Stream) Accept(payload []byte, control Control) bool {
	s.conn.mu.Lock()
	defer s.conn.mu.Unlock()
	if s.peerClosed || s.state != opening {
		return false
	}
	s.state = open
	s.control = control
	s.conn.queueControl(wire.Frame(wire.OpenOK, 0, s.id, payload))
	return true
}

// SetControl sets what a stream made by Incoming calls. It is false if the stream has ended.
func (s *Stream) SetControl(control Control) bool {
	s.conn.mu.Lock()
	defer s.conn.mu.Unlock()
	s.control = control
	return !s.peerClosed
}

// Fail answers OPEN_FAIL, or nothing but CLOSE if the gateway has given up.
func (s *Stream) Fail(err error) {
	var f *wire.Failure
	if !errors.As(err, &f) {
		f = &wire.Failure{Class: wire.Unknown, Text: err.Error()}
	}
	s.conn.mu.Lock()
	defer s.conn.mu.Unlock()
	if s.state != opening || s.sentClose {
		return
	}
	if s.peerClosed {
		s.finish(wire.Done)
		return
	}
	s.state = refused
	s.sentClose = true // OPEN_FAIL stands for the agent's CLOSE
	s.conn.queueControl(wire.Frame(wire.OpenFail, 0, s.id, f.Encode()))
}

// Finish sends CLOSE behind everything queued; only the first call counts.
func (s *Stream) Finish(flags uint8) {
	s.conn.mu.Lock()
	defer s.conn.mu.Unlock()
	s.finish(flags)
}

func (s *Stream) finish(flags uint8) {
	if s.sentClose {
		return
	}
	s.sentClose = true
	s.enqueue(queued{header: wire.Header{Type: wire.Close, Flags: flags, Stream: s.id}})
	s.inSignal.Broadcast()
	s.outSignal.Broadcast()
	s.conn.forget(s)
}

// enqueue puts a frame behind the others of this stream. The lock is held.
func (s *Stream) enqueue(q queued) {
	if s.conn.ended {
		return
	}
	if len(s.queue) == 0 {
		s.conn.ring = append(s.conn.ring, s)
		s.conn.writable.Signal()
	}
	s.queue = append(s.queue, q)
}

// takeFrame moves the first queued frame into batch. The lock is held.
func (s *Stream) takeFrame(batch []byte) []byte {
	q := s.queue[0]
	s.queue[0] = queued{}
	s.queue = s.queue[1:]
	q.header.Length = uint32(len(q.payload))
	batch = wire.AppendHeader(batch, q.header)
	batch = append(batch, q.payload...)
	if q.header.Type == wire.Data {
		s.queuedData--
		s.outSignal.Broadcast()
	}
	q.release()
	if len(s.queue) == 0 {
		s.queue = nil
	}
	return batch
}

func (q *queued) release() {
	if q.buffer != nil {
		buffers.Put(q.buffer)
		q.buffer = nil
	}
}

// peerEnded notes the gateway's CLOSE or the loss of the connection, and drops data that nobody will read. The lock is
// held; the result is to be called without it.
func (s *Stream) peerEnded(mode uint8) func() {
	s.peerClosed = true
	s.closeMode = mode
	close(s.ended)
	if mode != wire.Detach || !s.inEOF {
		s.in = nil
	}
	kept := s.queue[:0]
	for _, q := range s.queue {
		if q.header.Type == wire.Close {
			kept = append(kept, q)
		} else {
			q.release()
		}
	}
	if len(s.queue) > 0 && len(kept) == 0 {
		s.leaveRing()
	}
	s.queue = kept
	s.queuedData = 0
	s.inSignal.Broadcast()
	s.outSignal.Broadcast()
	if s.listens() {
		s.conn.slots.Broadcast()
	}
	return s.endedHook(mode)
}

func (s *Stream) endedHook(mode uint8) func() {
	if hook := s.control.Ended; hook != nil && s.state == open {
		return func() { hook(mode) }
	}
	return func() {}
}

// closedAgain raises the mode of a stream that the gateway has closed already. The lock is held; the result is to be
// called without it.
func (s *Stream) closedAgain(mode uint8) func() {
	if mode <= s.closeMode || s.sentClose {
		return func() {}
	}
	s.closeMode = mode
	return s.endedHook(mode)
}

func (s *Stream) leaveRing() {
	for i, other := range s.conn.ring {
		if other == s {
			s.conn.ring = append(s.conn.ring[:i:i], s.conn.ring[i+1:]...)
			return
		}
	}
}

// accept acts on a frame for a live stream. The lock is held; the result, if any, is to be called without it.
func (s *Stream) accept(h wire.Header, payload []byte) (func(), error) {
	if s.state == opening {
		return nil, wire.Violatedf("%s on stream %d before it is open", h.Type, s.id)
	}
	switch h.Type {
	case wire.Window:
		return nil, s.acceptWindow(h.Flags, payload)
	case wire.Data, wire.EOF:
		return nil, s.acceptInput(h, payload)
	case wire.Resize:
		size, err := wire.DecodeResize(payload)
		if err != nil || s.control.Resize == nil || s.sentClose {
			return nil, s.onlyFor(err, h.Type, wire.KindExec)
		}
		resize := s.control.Resize
		return func() { resize(size) }, nil
	default:
		name, err := wire.DecodeString("SIGNAL", payload, 60)
		if err != nil || s.control.Signal == nil || s.sentClose {
			return nil, s.onlyFor(err, h.Type, wire.KindExec, wire.KindSFTP)
		}
		signal := s.control.Signal
		return func() { signal(name) }, nil
	}
}

func (s *Stream) onlyFor(err error, t wire.Type, kinds ...string) error {
	if err != nil {
		return err
	}
	for _, kind := range kinds {
		if s.kind == kind {
			return nil
		}
	}
	return wire.Violatedf("%s on stream %d of kind %q", t, s.id, s.kind)
}

func (s *Stream) listens() bool { return s.kind == wire.KindListenTCP || s.kind == wire.KindListenUnix }

func (s *Stream) acceptWindow(sub uint8, payload []byte) error {
	delta, err := wire.DecodeUint32("WINDOW", payload)
	switch {
	case err != nil:
		return err
	case delta == 0 || s.listens():
		return wire.Violatedf("WINDOW of %d on stream %d of kind %q", delta, s.id, s.kind)
	case uint64(s.sendCredit[sub])+uint64(delta) > wire.MaxCredit:
		return wire.Violatedf("WINDOW of %d takes stream %d over %d", delta, s.id, wire.MaxCredit)
	}
	s.sendCredit[sub] += delta
	s.outSignal.Broadcast()
	return nil
}

func (s *Stream) acceptInput(h wire.Header, payload []byte) error {
	switch {
	case h.Flags != wire.Main:
		return wire.Violatedf("%s for substream %d of stream %d", h.Type, h.Flags, s.id)
	case s.listens():
		return wire.Violatedf("%s on listener %d", h.Type, s.id)
	case s.inEOF:
		return wire.Violatedf("%s after EOF on stream %d", h.Type, s.id)
	case h.Type == wire.EOF:
		s.inEOF = true
		s.inSignal.Broadcast()
		return nil
	case h.Length > s.recvCredit:
		return wire.Violatedf("DATA of %d bytes on stream %d, which has credit for %d", h.Length, s.id, s.recvCredit)
	}
	s.recvCredit -= h.Length
	if !s.sentClose {
		s.addInput(payload)
		s.inSignal.Signal()
	}
	return nil
}

// addInput joins small pieces, so that one-byte frames do not cost a slice each.
func (s *Stream) addInput(payload []byte) {
	if last := len(s.in) - 1; last >= 0 && len(s.in[last])+len(payload) <= smallInput {
		s.in[last] = append(s.in[last], payload...)
		return
	}
	s.in = append(s.in, payload)
}

// Receive waits for input. It gives io.EOF after the gateway's EOF and ErrEnded after the end of the stream.
func (s *Stream) Receive() ([]byte, error) {
	s.conn.mu.Lock()
	defer s.conn.mu.Unlock()
	for len(s.in) == 0 && !s.inEOF && !s.peerClosed && !s.sentClose {
		s.inSignal.Wait()
	}
	switch {
	case s.sentClose:
		return nil, ErrEnded
	case len(s.in) > 0: // also after a CLOSE behind EOF: what was written before it is still to be delivered
	case s.inEOF:
		return nil, io.EOF
	default:
		return nil, ErrEnded
	}
	chunk := s.in[0]
	s.in[0] = nil
	s.in = s.in[1:]
	return chunk, nil
}

// Consumed gives n bytes of credit back, once they have been written to where they were meant to go.
func (s *Stream) Consumed(n int) {
	s.conn.mu.Lock()
	defer s.conn.mu.Unlock()
	s.consumed += uint32(n)
	if s.consumed < s.conn.options.Window/4 || s.inEOF || s.peerClosed || s.sentClose {
		return
	}
	s.conn.queueControl(wire.Frame(wire.Window, wire.Main, s.id, wire.EncodeUint32(s.consumed)))
	s.recvCredit += s.consumed
	s.consumed = 0
}
