// SPDX-License-Identifier: Apache-2.0

// Package mux carries many streams over one connection: it reads and checks frames, keeps the credit of every stream,
// and writes what is queued in turn, so that a stalled stream delays no other.
package mux

import (
	"bufio"
	"crypto/rand"
	"errors"
	"io"
	"sync"
	"time"

	"postern.dev/guest-agent/internal/wire"
)

const (
	helloTimeout = 30 * time.Second
	flushTimeout = time.Second
	writeBatch   = 64 * 1024
	// maxControl bounds the answers that a peer may leave unread before its own frames are no longer read.
	maxControl = 256 * 1024
)

// Options of a connection.
type Options struct {
	Window       uint32
	MaxStreams   uint32
	Capabilities []string
	Software     string
}

// Opener serves one stream that the peer opened. It runs on a goroutine of its own and must call Accept or Fail.
// When it returns, the stream is closed if it was not yet.
type Opener func(s *Stream, m wire.OpenMessage)

// Conn is one connection with a gateway.
type Conn struct {
	transport io.ReadWriteCloser
	options   Options
	opener    Opener

	mu           sync.Mutex
	writable     *sync.Cond // the writer waits here
	controlSpace *sync.Cond // the reader waits here while too many answers are unread
	slots        *sync.Cond // listeners wait here while the peer's limit of streams is reached
	control      [][]byte
	controlBytes int
	ring         []*Stream
	streams      map[uint32]*Stream
	peer         wire.HelloMessage
	lastPeerID   uint32
	lastOwnID    uint32
	ownStreams   uint32
	peerStreams  uint32
	ended        bool
	handlers     sync.WaitGroup
}

// NewConn makes a connection that Serve runs.
func NewConn(transport io.ReadWriteCloser, options Options, opener Opener) *Conn {
	c := &Conn{transport: transport, options: options, opener: opener, streams: map[uint32]*Stream{}}
	c.writable = sync.NewCond(&c.mu)
	c.controlSpace = sync.NewCond(&c.mu)
	c.slots = sync.NewCond(&c.mu)
	return c
}

// Serve runs the connection to its end and returns why it ended; io.EOF is the orderly way. Every stream that was still
// open has been told to hang up, and every opener has returned.
func (c *Conn) Serve() error {
	nonce := make([]byte, 16)
	if _, err := rand.Read(nonce); err != nil {
		return err
	}
	c.mu.Lock()
	c.queueControl(wire.Frame(wire.Hello, 0, 0, wire.HelloMessage{
		MinVersion: wire.Version, MaxVersion: wire.Version, MaxFrame: wire.MaxFrame, Window: c.options.Window,
		MaxStreams: c.options.MaxStreams, Nonce: string(nonce), Capabilities: c.options.Capabilities, Software: c.options.Software,
	}.Encode()))
	c.mu.Unlock()

	written := make(chan struct{})
	go func() {
		defer close(written)
		c.write()
		c.transport.Close() // wakes the reader if it is not the reader who ended the connection
	}()
	err := c.read()
	c.end(err)
	flush := time.AfterFunc(flushTimeout, func() { c.transport.Close() })
	<-written
	flush.Stop()
	c.transport.Close()
	c.handlers.Wait()
	return err
}

// Shutdown tells the peer that the agent goes away and ends the connection.
func (c *Conn) Shutdown() {
	c.mu.Lock()
	if !c.ended {
		c.queueControl(wire.Frame(wire.GoAway, 0, 0, wire.GoAwayMessage{Code: wire.ShuttingDown, Text: "the agent shuts down"}.Encode()))
	}
	c.mu.Unlock()
	c.end(nil)
}

// end wakes everybody who waits on this connection; streams that were open are hung up.
func (c *Conn) end(cause error) {
	c.mu.Lock()
	if c.ended {
		c.mu.Unlock()
		return
	}
	var violated *wire.Violated
	if errors.As(cause, &violated) {
		c.queueControl(wire.Frame(wire.GoAway, 0, 0, wire.GoAwayMessage{Code: wire.Violation, Text: violated.Text}.Encode()))
	}
	c.ended = true
	c.ring = nil
	var open []*Stream
	for _, s := range c.streams {
		if !s.peerClosed {
			open = append(open, s)
		}
	}
	c.streams = map[uint32]*Stream{}
	var hooks []func()
	for _, s := range open {
		hooks = append(hooks, s.peerEnded(wire.Hangup))
	}
	c.writable.Broadcast()
	c.controlSpace.Broadcast()
	c.slots.Broadcast()
	c.mu.Unlock()
	for _, hook := range hooks {
		hook()
	}
}

// queueControl puts a whole frame in front of all data. The lock is held.
func (c *Conn) queueControl(frame []byte) {
	if c.ended {
		return
	}
	c.control = append(c.control, frame)
	c.controlBytes += len(frame)
	c.writable.Signal()
}

func (c *Conn) write() {
	batch := make([]byte, 0, writeBatch+wire.HeaderSize+wire.MaxData)
	for {
		c.mu.Lock()
		for len(c.control) == 0 && len(c.ring) == 0 && !c.ended {
			c.writable.Wait()
		}
		if len(c.control) == 0 && c.ended {
			c.mu.Unlock()
			return
		}
		batch = c.fill(batch[:0])
		c.mu.Unlock()
		if _, err := c.transport.Write(batch); err != nil {
			c.end(err)
			return
		}
	}
}

// fill takes control frames, then one frame of each ready stream in turn. The lock is held.
func (c *Conn) fill(batch []byte) []byte {
	for len(c.control) > 0 && len(batch) < writeBatch {
		batch = append(batch, c.control[0]...)
		c.controlBytes -= len(c.control[0])
		c.control[0] = nil
		c.control = c.control[1:]
	}
	if len(c.control) == 0 {
		c.control = nil
	}
	c.controlSpace.Broadcast()
	for len(c.ring) > 0 && len(batch) < writeBatch {
		s := c.ring[0]
		c.ring = c.ring[1:]
		batch = s.takeFrame(batch)
		if len(s.queue) > 0 {
			c.ring = append(c.ring, s)
		}
	}
	return batch
}

func (c *Conn) read() error {
	in := bufio.NewReaderSize(c.transport, writeBatch)
	var header [wire.HeaderSize]byte
	late := time.AfterFunc(helloTimeout, func() { c.transport.Close() })
	defer late.Stop()
	if err := c.readHello(in, &header); err != nil {
		return err
	}
	late.Stop()
	for {
		h, err := readHeader(in, &header)
		if err != nil {
			return err
		}
		payload, err := readPayload(in, h)
		if err != nil {
			return err
		}
		if h.Type.Skippable() {
			continue
		}
		if err := c.handle(h, payload); err != nil {
			return err
		}
		c.mu.Lock()
		for c.controlBytes > maxControl && !c.ended {
			c.controlSpace.Wait()
		}
		ended := c.ended
		c.mu.Unlock()
		if ended {
			return io.EOF
		}
	}
}

func (c *Conn) readHello(in *bufio.Reader, header *[wire.HeaderSize]byte) error {
	h, err := readHeader(in, header)
	if err != nil {
		return err
	}
	if h.Type != wire.Hello {
		return wire.Violatedf("first frame is %s, expected HELLO", h.Type)
	}
	payload, err := readPayload(in, h)
	if err != nil {
		return err
	}
	hello, err := wire.DecodeHello(payload)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if hello.MinVersion > wire.Version || hello.MaxVersion < wire.Version {
		text := "this agent speaks version 1 only"
		c.queueControl(wire.Frame(wire.GoAway, 0, 0, wire.GoAwayMessage{Code: wire.NoVersion, Text: text}.Encode()))
		return errors.New(text)
	}
	c.peer = hello
	return nil
}

func readHeader(in *bufio.Reader, header *[wire.HeaderSize]byte) (wire.Header, error) {
	if _, err := io.ReadFull(in, header[:]); err != nil {
		return wire.Header{}, err
	}
	return wire.ParseHeader(header[:])
}

func readPayload(in *bufio.Reader, h wire.Header) ([]byte, error) {
	if h.Type.Skippable() {
		_, err := in.Discard(int(h.Length))
		return nil, err
	}
	payload := make([]byte, h.Length)
	_, err := io.ReadFull(in, payload)
	return payload, err
}
