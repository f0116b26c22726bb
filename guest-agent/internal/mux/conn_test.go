// SPDX-License-Identifier: Apache-2.0

package mux

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"postern.dev/guest-agent/internal/wire"
)

// echo serves every stream without touching the machine, so that a fuzzer may ask for anything.
func echo(s *Stream, m wire.OpenMessage) {
	if m.Kind == "refuse" {
		s.Fail(&wire.Failure{Class: wire.Unsupported, Text: "as asked"})
		return
	}
	if !s.Accept(nil, Control{Resize: func(wire.Size) {}, Signal: func(string) {}, Ended: func(uint8) {}}) {
		return
	}
	if s.listens() {
		if child := s.Conn().Incoming(s, "::1", 1); child != nil {
			pipe(child)
		}
		<-s.Ended()
		return
	}
	pipe(s)
}

func pipe(s *Stream) {
	for {
		chunk, err := s.Receive()
		if err == io.EOF {
			s.SendEOF(wire.Main)
			s.SendExit(0)
		}
		if err != nil {
			s.Finish(wire.Done)
			return
		}
		for rest := chunk; len(rest) > 0; {
			n, err := s.Reserve(wire.Main)
			if err != nil {
				return
			}
			b := Buffer()
			n = copy(b[:n], rest)
			if s.Send(wire.Main, b, n) != nil {
				return
			}
			rest = rest[n:]
		}
		s.Consumed(len(chunk))
	}
}

func testOptions() Options { return Options{Window: 64 * 1024, MaxStreams: 8, Software: "test"} }

func hello() []byte {
	return wire.Frame(wire.Hello, 0, 0, wire.HelloMessage{MinVersion: 1, MaxVersion: 1, MaxFrame: wire.MaxFrame, Window: 64 * 1024,
		MaxStreams: 2, Nonce: "0123456789abcdef"}.Encode())
}

// feed gives input to a connection and returns all it answered and how it ended.
func feed(t testing.TB, input []byte) ([]byte, error) {
	t.Helper()
	ours, agents := net.Pipe()
	c := NewConn(agents, testOptions(), echo)
	served := make(chan error, 1)
	go func() { served <- c.Serve() }()
	var output []byte
	read := make(chan struct{})
	go func() {
		defer close(read)
		output, _ = io.ReadAll(ours)
	}()
	_, _ = ours.Write(input)
	// A last PING is answered, or the connection has ended: then everything before it was acted upon.
	_, _ = ours.Write(wire.Frame(wire.Ping, 0, 0, []byte("last")))
	_, _ = ours.Write(wire.Frame(wire.GoAway, 0, 0, wire.GoAwayMessage{Text: "end"}.Encode()))
	select {
	case err := <-served:
		ours.Close()
		<-read
		return output, err
	case <-time.After(20 * time.Second):
		t.Fatal("the connection did not end")
		return nil, nil
	}
}

// checkOutput says what breaks the protocol in what the agent wrote.
func checkOutput(t testing.TB, output []byte) []wire.Header {
	t.Helper()
	var headers []wire.Header
	closed := map[uint32]bool{}
	for len(output) > 0 {
		if len(output) < wire.HeaderSize {
			return headers // cut off by the end of the connection
		}
		h, err := wire.ParseHeader(output)
		if err != nil {
			t.Fatal(err)
		}
		if closed[h.Stream] {
			t.Fatalf("%s on stream %d after its CLOSE", h.Type, h.Stream)
		}
		closed[h.Stream] = h.Stream != 0 && (h.Type == wire.Close || h.Type == wire.OpenFail)
		headers = append(headers, h)
		output = output[min(len(output), wire.HeaderSize+int(h.Length)):]
	}
	return headers
}

func frames(parts ...[]byte) []byte {
	all := hello()
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

func openFrame(id uint32, kind string) []byte {
	return wire.Frame(wire.Open, 0, id, wire.OpenMessage{Kind: kind, Path: "/x", Host: "h", Form: wire.FormArgv, Args: []string{"x"}}.Encode())
}

func TestViolationsEndTheConnection(t *testing.T) {
	data := func(id uint32, n int) []byte { return wire.Frame(wire.Data, wire.Main, id, make([]byte, n)) }
	window := func(id, n uint32) []byte { return wire.Frame(wire.Window, 0, id, wire.EncodeUint32(n)) }
	closing := func(id uint32) []byte { return wire.Frame(wire.Close, 0, id, nil) }
	var many [][]byte
	for i := range uint32(9) {
		many = append(many, openFrame(2*i+2, wire.KindListenUnix))
	}
	cases := map[string][]byte{
		"second HELLO":       frames(hello()),
		"odd id":             frames(openFrame(3, wire.KindTCP)),
		"id used twice":      frames(openFrame(2, wire.KindTCP), closing(2), openFrame(2, wire.KindTCP)),
		"id goes back":       frames(openFrame(4, wire.KindTCP), openFrame(2, wire.KindTCP)),
		"never opened":       frames(data(2, 1)),
		"after its own end":  frames(openFrame(2, "refuse"), closing(2), data(2, 1)),
		"close unopened":     frames(closing(4)),
		"before it is open":  frames(append(openFrame(2, wire.KindTCP), data(2, 1)...)),
		"answer":             frames(wire.Frame(wire.OpenOK, 0, 2, nil)),
		"exit":               frames(wire.Frame(wire.Exit, 0, 2, wire.EncodeUint32(0))),
		"unsolicited PONG":   frames(wire.Frame(wire.Pong, 0, 0, nil)),
		"too many streams":   frames(many...),
		"window of a closed": frames(window(2, 1)),
		"form":               frames(wire.Frame(wire.Open, 0, 2, wire.OpenMessage{Kind: wire.KindExec, Form: 7}.Encode())),
	}
	for name, input := range cases {
		output, err := feed(t, input)
		var violated *wire.Violated
		if name == "before it is open" && err == nil || !errors.As(err, &violated) && name != "before it is open" {
			t.Errorf("%s: ended with %v", name, err)
		}
		headers := checkOutput(t, output)
		if err != nil && len(headers) > 0 && errors.As(err, &violated) && headers[len(headers)-1].Type != wire.GoAway {
			t.Errorf("%s: last frame is %s, expected GOAWAY", name, headers[len(headers)-1].Type)
		}
	}
}

// session drives one connection step by step.
type session struct {
	t    *testing.T
	conn net.Conn
	end  chan error
}

func newSession(t *testing.T) *session { return newSessionWith(t, echo) }

func newSessionWith(t *testing.T, opener Opener) *session {
	ours, agents := net.Pipe()
	s := &session{t: t, conn: ours, end: make(chan error, 1)}
	go func() { s.end <- NewConn(agents, testOptions(), opener).Serve() }()
	t.Cleanup(func() { ours.Close() })
	_ = ours.SetDeadline(time.Now().Add(20 * time.Second))
	s.next() // HELLO
	s.write(hello())
	return s
}

func (s *session) write(b []byte) {
	s.t.Helper()
	if _, err := s.conn.Write(b); err != nil {
		s.t.Fatal(err)
	}
}

func (s *session) next() (wire.Header, []byte) {
	s.t.Helper()
	var head [wire.HeaderSize]byte
	if _, err := io.ReadFull(s.conn, head[:]); err != nil {
		s.t.Fatal(err)
	}
	h, err := wire.ParseHeader(head[:])
	if err != nil {
		s.t.Fatal(err)
	}
	payload := make([]byte, h.Length)
	if _, err := io.ReadFull(s.conn, payload); err != nil {
		s.t.Fatal(err)
	}
	return h, payload
}

func (s *session) violates(what string, frame []byte) {
	s.t.Helper()
	go func() { _, _ = s.conn.Write(frame) }()
	for {
		h, _ := s.next()
		if h.Type == wire.GoAway {
			break
		}
	}
	var violated *wire.Violated
	if err := <-s.end; !errors.As(err, &violated) {
		s.t.Errorf("%s: %v", what, err)
	}
}

func TestViolationsOnOpenStreams(t *testing.T) {
	cases := map[string]struct {
		kind  string
		frame []byte
	}{
		"data for stderr":         {wire.KindTCP, wire.Frame(wire.Data, wire.Stderr, 2, []byte("x"))},
		"data after EOF":          {wire.KindTCP, append(wire.Frame(wire.EOF, 0, 2, nil), wire.Frame(wire.Data, 0, 2, []byte("x"))...)},
		"EOF twice":               {wire.KindTCP, append(wire.Frame(wire.EOF, 0, 2, nil), wire.Frame(wire.EOF, 0, 2, nil)...)},
		"window of 0":             {wire.KindTCP, wire.Frame(wire.Window, 0, 2, wire.EncodeUint32(0))},
		"window over the limit":   {wire.KindTCP, wire.Frame(wire.Window, 0, 2, wire.EncodeUint32(wire.MaxCredit))},
		"data for a listener":     {wire.KindListenUnix, wire.Frame(wire.Data, 0, 2, []byte("x"))},
		"window of a listener":    {wire.KindListenTCP, wire.Frame(wire.Window, 0, 2, wire.EncodeUint32(1))},
		"signal with a long name": {wire.KindExec, wire.Frame(wire.Signal, 0, 2, wire.EncodeString(string(make([]byte, 61))))},
	}
	for name, c := range cases {
		s := newSession(t)
		s.write(openFrame(2, c.kind))
		if h, _ := s.next(); h.Type != wire.OpenOK && h.Type != wire.Incoming {
			t.Fatalf("%s: %s", name, h.Type)
		}
		s.violates(name, c.frame)
	}
}

func TestDataOverItsCreditIsAViolation(t *testing.T) {
	s := newSessionWith(t, func(s *Stream, _ wire.OpenMessage) { // takes nothing, so no credit comes back
		s.Accept(nil, Control{})
		<-s.Ended()
	})
	s.write(openFrame(2, wire.KindTCP))
	s.next()
	for range 2 {
		s.write(wire.Frame(wire.Data, 0, 2, make([]byte, wire.MaxData)))
	}
	s.violates("data over its credit", wire.Frame(wire.Data, 0, 2, []byte("x")))
}

func TestUnreadAnswersStopTheReader(t *testing.T) {
	ours, agents := net.Pipe()
	go func() { _ = NewConn(agents, testOptions(), echo).Serve() }()
	_ = ours.SetWriteDeadline(time.Now().Add(2 * time.Second))
	ping := wire.Frame(wire.Ping, 0, 0, make([]byte, 64))
	sent := 0
	_, err := ours.Write(hello())
	for ; err == nil && sent < 64<<20; sent += len(ping) {
		_, err = ours.Write(ping)
	}
	ours.Close()
	if err == nil || sent > 4<<20 {
		t.Fatalf("took %d bytes of PING without anybody reading the answers, %v", sent, err)
	}
}

func TestBusyStreamsTakeTurns(t *testing.T) {
	ours, agents := net.Pipe()
	defer ours.Close()
	var ready sync.WaitGroup
	ready.Add(2)
	c := NewConn(agents, testOptions(), func(s *Stream, _ wire.OpenMessage) {
		s.Accept(nil, Control{})
		ready.Done()
		ready.Wait()
		for {
			n, err := s.Reserve(wire.Main)
			if err != nil || s.Send(wire.Main, Buffer(), n) != nil {
				return
			}
		}
	})
	go func() { _ = c.Serve() }()
	go func() { _, _ = ours.Write(frames(openFrame(2, wire.KindTCP), openFrame(4, wire.KindTCP))) }()
	counts := map[uint32]int{}
	var head [wire.HeaderSize]byte
	for counts[2]+counts[4] < 2*64*1024 { // all the credit of both
		if _, err := io.ReadFull(ours, head[:]); err != nil {
			t.Fatal(err)
		}
		h, _ := wire.ParseHeader(head[:])
		if _, err := io.CopyN(io.Discard, ours, int64(h.Length)); err != nil {
			t.Fatal(err)
		}
		if h.Type == wire.Data {
			counts[h.Stream] += int(h.Length)
			if gap := counts[2] - counts[4]; gap > 2*wire.MaxData || gap < -2*wire.MaxData {
				t.Fatalf("one stream is %d bytes ahead", gap)
			}
		}
	}
}

// FuzzSession throws sequences of frames at a connection: it may only end, or answer by the rules.
func FuzzSession(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{16, 0, 2, 20, 0, 2, 21, 0, 2, 27, 0, 2})
	f.Add([]byte{16, 1, 2, 16, 2, 4, 27, 1, 2, 22, 0, 4, 24, 0, 4, 23, 0, 4})
	f.Fuzz(func(t *testing.T, script []byte) {
		input := hello()
		kinds := []string{wire.KindTCP, wire.KindListenUnix, wire.KindExec, "refuse", wire.KindListenTCP}
		for ; len(script) >= 3 && len(input) < 1<<20; script = script[3:] {
			kind, flags, id := wire.Type(script[0]), script[1], uint32(script[2])
			var payload []byte
			switch kind {
			case wire.Open:
				payload = wire.OpenMessage{Kind: kinds[int(flags)%len(kinds)], Path: "/x", Form: wire.FormArgv, Args: []string{"x"}}.Encode()
				flags = 0
			case wire.Data:
				payload = make([]byte, 1+int(flags)*128)
				flags &= 1
			case wire.Window:
				payload = binary.BigEndian.AppendUint32(nil, uint32(flags)<<20)
				flags = 0
			case wire.Resize:
				payload = make([]byte, 16)
			case wire.Signal:
				payload = wire.EncodeString("TERM")
			case wire.Ping:
				payload = make([]byte, int(flags)%65)
				flags, id = 0, 0
			}
			input = append(input, wire.Frame(kind, flags, id, payload)...)
		}
		output, _ := feed(t, input)
		checkOutput(t, output)
	})
}
