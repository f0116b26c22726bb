// SPDX-License-Identifier: Apache-2.0

package mux

import (
	"io"

	"postern.dev/guest-agent/internal/wire"
)

// handle acts on one frame of the peer. It never blocks, so that no stream holds up the frames of another.
func (c *Conn) handle(h wire.Header, payload []byte) error {
	switch h.Type {
	case wire.Ping:
		c.mu.Lock()
		c.queueControl(wire.Frame(wire.Pong, 0, 0, payload))
		c.mu.Unlock()
		return nil
	case wire.GoAway:
		if _, err := wire.DecodeGoAway(payload); err != nil {
			return err
		}
		return io.EOF
	case wire.Open:
		return c.handleOpen(h.Stream, payload)
	case wire.Data, wire.EOF, wire.Window, wire.Resize, wire.Signal, wire.Close:
		return c.handleStream(h, payload)
	default:
		return wire.Violatedf("%s is not for a gateway to send now", h.Type)
	}
}

func (c *Conn) handleOpen(id uint32, payload []byte) error {
	m, err := wire.DecodeOpen(payload)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case id%2 != 0:
		return wire.Violatedf("OPEN with the odd stream id %d", id)
	case id <= c.lastPeerID:
		return wire.Violatedf("OPEN with stream id %d after %d", id, c.lastPeerID)
	case c.peerStreams >= c.options.MaxStreams:
		return wire.Violatedf("more than %d streams", c.options.MaxStreams)
	}
	c.lastPeerID = id
	c.peerStreams++
	s := newStream(c, id, m.Kind)
	c.streams[id] = s
	c.handlers.Add(1)
	go func() {
		defer c.handlers.Done()
		c.opener(s, m)
		s.Finish(wire.Broken)
	}()
	return nil
}

func (c *Conn) handleStream(h wire.Header, payload []byte) error {
	c.mu.Lock()
	s, known := c.streams[h.Stream]
	if h.Type == wire.Close && (known && s.peerClosed || !known && c.wasOpen(h.Stream)) {
		hook := func() {}
		if known {
			hook = s.closedAgain(h.Flags)
		}
		c.mu.Unlock()
		hook()
		return nil
	}
	if !known || s.peerClosed {
		ended := c.ended
		c.mu.Unlock()
		if ended {
			return io.EOF
		}
		return wire.Violatedf("%s on stream %d, which is not open", h.Type, h.Stream)
	}
	if h.Type == wire.Close {
		hook := s.peerEnded(h.Flags)
		c.forget(s)
		c.mu.Unlock()
		hook()
		return nil
	}
	after, err := s.accept(h, payload)
	c.mu.Unlock()
	if after != nil {
		after()
	}
	return err
}

// wasOpen says whether id is of a stream that has ended. The lock is held.
func (c *Conn) wasOpen(id uint32) bool {
	if id%2 == 0 {
		return id <= c.lastPeerID
	}
	return id <= c.lastOwnID
}

// forget drops a stream once both sides have closed it. The lock is held.
func (c *Conn) forget(s *Stream) {
	if !s.peerClosed || !s.sentClose {
		return
	}
	if _, live := c.streams[s.id]; !live {
		return
	}
	delete(c.streams, s.id)
	if s.id%2 == 0 {
		c.peerStreams--
	} else {
		c.ownStreams--
		c.slots.Signal()
	}
}

// Incoming opens a stream for a connection that a listener accepted. It waits while the peer's limit is reached, and
// gives nil when the listener or the connection has ended.
func (c *Conn) Incoming(listener *Stream, originHost string, originPort uint32) *Stream {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.ownStreams >= c.peer.MaxStreams && !listener.over() {
		c.slots.Wait()
	}
	if listener.over() {
		return nil
	}
	if c.lastOwnID == 0 {
		c.lastOwnID = 1
	} else {
		c.lastOwnID += 2
	}
	s := newStream(c, c.lastOwnID, wire.KindTCP)
	s.state = open
	c.ownStreams++
	c.streams[s.id] = s
	c.queueControl(wire.Frame(wire.Incoming, 0, s.id,
		wire.IncomingMessage{Listener: listener.id, OriginHost: originHost, OriginPort: originPort}.Encode()))
	return s
}
