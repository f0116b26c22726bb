// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"bufio"
	"io"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"postern.dev/guest-agent/internal/proc"
	"postern.dev/guest-agent/internal/sftpd"
	"postern.dev/guest-agent/internal/wire"
)

const bound = 20 * time.Second

var testReaper = proc.NewReaper()

// TestMain lets this binary stand in for the agent's where the agent starts itself again.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "sftp-server" {
		if sftpd.New(os.Stdin, os.Stdout).Serve() != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

type frame struct {
	wire.Header
	payload []byte
}

// gateway is the other side of a connection, written from the protocol's text and not from package mux.
type gateway struct {
	t       *testing.T
	conn    net.Conn
	served  chan error
	hello   wire.HelloMessage
	grants  bool // give back credit for every DATA
	writing sync.Mutex

	mu      sync.Mutex
	arrived *sync.Cond
	frames  []frame
	ended   bool
	next    uint32
}

func testSettings() Settings {
	return Settings{Grace: 300 * time.Millisecond, Linger: 300 * time.Millisecond, DialTimeout: 2 * time.Second,
		Window: 256 * 1024, MaxStreams: 64, Software: "test"}
}

func newGateway(t *testing.T) *gateway { return newGatewayWith(t, testSettings(), 256*1024) }

func newGatewayWith(t *testing.T, settings Settings, window uint32) *gateway {
	t.Helper()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	end := func(fd int) net.Conn {
		f := os.NewFile(uintptr(fd), "pair")
		defer f.Close()
		c, err := net.FileConn(f)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	agentSide, ours := end(pair[0]), end(pair[1])
	g := &gateway{t: t, conn: ours, served: make(chan error, 1), grants: true}
	g.arrived = sync.NewCond(&g.mu)
	a := New(settings, testReaper)
	go func() { g.served <- a.Connection(agentSide).Serve() }()
	go g.read()
	g.send(wire.Hello, 0, 0, wire.HelloMessage{MinVersion: 1, MaxVersion: 1, MaxFrame: wire.MaxFrame, Window: window, MaxStreams: 4,
		Nonce: "0123456789abcdef", Software: "test gateway"}.Encode())
	hello, err := wire.DecodeHello(g.expect(0, wire.Hello).payload)
	if err != nil {
		t.Fatal(err)
	}
	g.hello = hello
	t.Cleanup(func() { ours.Close() })
	return g
}

func (g *gateway) send(t wire.Type, flags uint8, stream uint32, payload []byte) {
	g.writing.Lock()
	defer g.writing.Unlock()
	_, _ = g.conn.Write(wire.Frame(t, flags, stream, payload))
}

func (g *gateway) read() {
	in := bufio.NewReader(g.conn)
	for {
		var head [wire.HeaderSize]byte
		_, err := io.ReadFull(in, head[:])
		var f frame
		if err == nil {
			f.Header, err = wire.ParseHeader(head[:])
		}
		if err == nil {
			f.payload = make([]byte, f.Length)
			_, err = io.ReadFull(in, f.payload)
		}
		g.mu.Lock()
		if err == nil {
			g.frames = append(g.frames, f)
		} else {
			g.ended = true
		}
		g.arrived.Broadcast()
		grant := g.grants
		g.mu.Unlock()
		if err != nil {
			return
		}
		if f.Type == wire.Data && grant {
			g.send(wire.Window, f.Flags, f.Stream, wire.EncodeUint32(f.Length))
		}
	}
}

// take waits for the next frame that matches and removes it.
func (g *gateway) take(what string, match func(frame) bool) (frame, bool) {
	g.t.Helper()
	late := false
	timer := time.AfterFunc(bound, func() {
		g.mu.Lock()
		late = true
		g.mu.Unlock()
		g.arrived.Broadcast()
	})
	defer timer.Stop()
	g.mu.Lock()
	defer g.mu.Unlock()
	for {
		for i, f := range g.frames {
			if match(f) {
				g.frames = append(g.frames[:i:i], g.frames[i+1:]...)
				return f, true
			}
		}
		if late {
			g.t.Fatalf("no %s within %v", what, bound)
		}
		if g.ended {
			return frame{}, false
		}
		g.arrived.Wait()
	}
}

func (g *gateway) expect(stream uint32, t wire.Type) frame {
	g.t.Helper()
	f, ok := g.take(t.String(), func(f frame) bool { return f.Stream == stream && f.Type == t })
	if !ok {
		g.t.Fatalf("connection ended before %s on stream %d", t, stream)
	}
	return f
}

// nextOf gives the next frame of a stream, whatever it is but WINDOW.
func (g *gateway) nextOf(stream uint32) frame {
	g.t.Helper()
	f, ok := g.take("frame", func(f frame) bool { return f.Stream == stream && f.Type != wire.Window })
	if !ok {
		g.t.Fatalf("connection ended, stream %d has not", stream)
	}
	return f
}

func (g *gateway) open(m wire.OpenMessage) uint32 {
	g.next += 2
	g.send(wire.Open, 0, g.next, m.Encode())
	return g.next
}

func (g *gateway) opened(m wire.OpenMessage) (uint32, []byte) {
	g.t.Helper()
	id := g.open(m)
	f := g.nextOf(id)
	if f.Type != wire.OpenOK {
		failed, _ := wire.DecodeFailure(f.payload)
		g.t.Fatalf("OPEN answered with %s %s %q", f.Type, failed.Class, failed.Text)
	}
	return id, f.payload
}

func (g *gateway) refused(m wire.OpenMessage) wire.Failure {
	g.t.Helper()
	id := g.open(m)
	f := g.nextOf(id)
	if f.Type != wire.OpenFail {
		g.t.Fatalf("OPEN answered with %s, expected OPEN_FAIL", f.Type)
	}
	failed, err := wire.DecodeFailure(f.payload)
	if err != nil {
		g.t.Fatal(err)
	}
	g.send(wire.Close, wire.Detach, id, nil)
	return failed
}

type result struct {
	out, err string
	status   int // -1: by signal
	signal   wire.ExitSignalMessage
}

// finish reads a process to its end, and checks that nothing follows the exit but CLOSE.
func (g *gateway) finish(id uint32) result {
	g.t.Helper()
	var r result
	r.status = -2
	for {
		f := g.nextOf(id)
		if r.status != -2 && f.Type != wire.Close {
			g.t.Fatalf("%s after the exit", f.Type)
		}
		switch f.Type {
		case wire.Data:
			if f.Flags == wire.Stderr {
				r.err += string(f.payload)
			} else {
				r.out += string(f.payload)
			}
		case wire.EOF:
		case wire.Exit:
			n, _ := wire.DecodeUint32("EXIT", f.payload)
			r.status = int(n)
		case wire.ExitSignal:
			r.signal, _ = wire.DecodeExitSignal(f.payload)
			r.status = -1
		case wire.Close:
			if r.status == -2 {
				g.t.Fatal("CLOSE without an exit")
			}
			g.send(wire.Close, wire.Detach, id, nil)
			return r
		default:
			g.t.Fatalf("unexpected %s", f.Type)
		}
	}
}

func shell(command string) wire.OpenMessage {
	return wire.OpenMessage{Kind: wire.KindExec, Form: wire.FormCommand, Args: []string{command}}
}

func (g *gateway) run(m wire.OpenMessage) result {
	g.t.Helper()
	id, _ := g.opened(m)
	g.send(wire.EOF, wire.Main, id, nil)
	return g.finish(id)
}

// outputUntil reads main output until it holds want.
func (g *gateway) outputUntil(id uint32, want string) string {
	g.t.Helper()
	var out []byte
	for !contains(out, want) {
		f := g.nextOf(id)
		if f.Type != wire.Data {
			g.t.Fatalf("%s before %q, only %q came", f.Type, want, out)
		}
		out = append(out, f.payload...)
	}
	return string(out)
}

// eventually waits for a condition outside of the connection.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(bound); !condition(); {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", bound, what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}
