// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postern.dev/guest-agent/internal/wire"
)

func echoServer(t *testing.T, network, address string) net.Listener {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(c, c)
				c.Close()
			}()
		}
	}()
	return l
}

// echo sends text with a half-close and expects it back, then the end.
func (g *gateway) echo(id uint32, text string) {
	g.t.Helper()
	g.send(wire.Data, wire.Main, id, []byte(text))
	g.send(wire.EOF, wire.Main, id, nil)
	if out := g.outputUntil(id, text); out != text {
		g.t.Fatalf("%q came back as %q", text, out)
	}
	if f := g.nextOf(id); f.Type != wire.EOF {
		g.t.Fatalf("%s, expected EOF", f.Type)
	}
	if f := g.nextOf(id); f.Type != wire.Close || f.Flags != wire.Done {
		g.t.Fatalf("%s %d, expected CLOSE 0", f.Type, f.Flags)
	}
	g.send(wire.Close, wire.Detach, id, nil)
}

func tcp(host string, port int) wire.OpenMessage {
	return wire.OpenMessage{Kind: wire.KindTCP, Host: host, Port: uint32(port)}
}

func TestDialTCP(t *testing.T) {
	l := echoServer(t, "tcp4", "127.0.0.1:0")
	port := l.Addr().(*net.TCPAddr).Port
	g := newGateway(t)
	for _, host := range []string{"127.0.0.1", "localhost"} {
		id, _ := g.opened(tcp(host, port))
		g.echo(id, "hello over tcp")
	}
	l.Close()
	if f := g.refused(tcp("127.0.0.1", port)); f.Class != wire.ConnectRefused {
		t.Errorf("%s %q", f.Class, f.Text)
	}
	if f := g.refused(tcp("no-such-host.invalid", 1)); f.Class != wire.Unreachable && f.Class != wire.Timeout {
		t.Errorf("%s %q", f.Class, f.Text)
	}
}

func TestDialUnix(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	echoServer(t, "unix", path)
	g := newGateway(t)
	id, _ := g.opened(wire.OpenMessage{Kind: wire.KindUnix, Path: path})
	g.echo(id, "hello over a path")
	for path, want := range map[string]wire.Class{path + "-not": wire.NotFound, "": wire.Invalid, "@abstract": wire.Invalid} {
		if f := g.refused(wire.OpenMessage{Kind: wire.KindUnix, Path: path}); f.Class != want {
			t.Errorf("%q: %s %q", path, f.Class, f.Text)
		}
	}
}

func TestCloseBehindEOFLosesNothing(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	g := newGateway(t)
	for range 20 {
		id, _ := g.opened(tcp("127.0.0.1", l.Addr().(*net.TCPAddr).Port))
		for range 8 {
			g.send(wire.Data, wire.Main, id, make([]byte, wire.MaxData))
		}
		g.send(wire.EOF, wire.Main, id, nil)
		g.send(wire.Close, wire.Detach, id, nil)
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, c); n != 8*wire.MaxData {
			t.Fatalf("%d bytes, %v", n, err)
		}
		c.Close()
		g.expect(id, wire.Close)
	}
}

// incoming waits for a connection through a listener.
func (g *gateway) incoming(listener uint32) (uint32, wire.IncomingMessage) {
	g.t.Helper()
	f, ok := g.take("INCOMING", func(f frame) bool { return f.Type == wire.Incoming })
	if !ok {
		g.t.Fatal("connection ended before INCOMING")
	}
	m, err := wire.DecodeIncoming(f.payload)
	if err != nil || m.Listener != listener || f.Stream%2 == 0 {
		g.t.Fatalf("INCOMING %+v on %d: %v", m, f.Stream, err)
	}
	return f.Stream, m
}

func (g *gateway) serveEcho(id uint32) {
	g.t.Helper()
	var got []byte
	for {
		f := g.nextOf(id)
		if f.Type == wire.EOF {
			break
		}
		got = append(got, f.payload...)
	}
	g.send(wire.Data, wire.Main, id, got)
	g.send(wire.EOF, wire.Main, id, nil)
	g.expect(id, wire.Close)
	g.send(wire.Close, wire.Detach, id, nil)
}

func talk(t *testing.T, network, address, text string) {
	t.Helper()
	c, err := net.Dial(network, address)
	if err != nil {
		t.Error(err)
		return
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(bound))
	_, _ = io.WriteString(c, text)
	if half, ok := c.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
	if back, err := io.ReadAll(c); err != nil || string(back) != text {
		t.Errorf("%q came back as %q, %v", text, back, err)
	}
}

func TestListenTCP(t *testing.T) {
	g := newGateway(t)
	listener, payload := g.opened(wire.OpenMessage{Kind: wire.KindListenTCP, Host: "127.0.0.1"})
	port, _ := wire.DecodeUint32("OPEN_OK", payload)
	address := (&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: int(port)}).String()
	if f := g.refused(wire.OpenMessage{Kind: wire.KindListenTCP, Host: "127.0.0.1", Port: port}); f.Class != wire.AddressInUse {
		t.Errorf("%s %q", f.Class, f.Text)
	}
	for range 3 {
		done := make(chan struct{})
		go func() {
			defer close(done)
			talk(t, "tcp", address, "through the listener")
		}()
		id, m := g.incoming(listener)
		if m.OriginHost != "127.0.0.1" || m.OriginPort == 0 {
			t.Errorf("origin %+v", m)
		}
		g.serveEcho(id)
		<-done
	}
	g.send(wire.Close, wire.Detach, listener, nil)
	g.expect(listener, wire.Close)
	if c, err := net.Dial("tcp", address); err == nil {
		c.Close()
		t.Error("the closed listener still listens")
	}
}

func TestListenerWaitsAtTheLimitOfTheGateway(t *testing.T) {
	g := newGateway(t) // allows 4 streams
	listener, payload := g.opened(wire.OpenMessage{Kind: wire.KindListenTCP, Host: "localhost"})
	port, _ := wire.DecodeUint32("OPEN_OK", payload)
	var ids []uint32
	for i := range 5 {
		c, err := net.Dial("tcp", (&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: int(port)}).String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if i < 4 {
			id, _ := g.incoming(listener)
			ids = append(ids, id)
		}
	}
	if r := g.run(shell("echo alive")); r.out != "alive\n" {
		t.Fatalf("%+v", r)
	}
	g.send(wire.Close, wire.Detach, ids[0], nil)
	g.expect(ids[0], wire.Close)
	g.incoming(listener)
}

func TestListenUnix(t *testing.T) {
	g := newGateway(t)
	wanted := filepath.Join(t.TempDir(), "wanted")
	for _, path := range []string{"", wanted} {
		listener, payload := g.opened(wire.OpenMessage{Kind: wire.KindListenUnix, Path: path, Mode: 0o600})
		bound, _ := wire.DecodeString("OPEN_OK", payload, 4096)
		info, err := os.Stat(bound)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Fatalf("%q: %v %v", bound, info, err)
		}
		if path == "" {
			if dir, err := os.Stat(filepath.Dir(bound)); err != nil || dir.Mode().Perm() != 0o700 {
				t.Errorf("directory %v %v", dir, err)
			}
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			talk(t, "unix", bound, "through the path")
		}()
		id, _ := g.incoming(listener)
		g.serveEcho(id)
		<-done
		g.send(wire.Close, wire.Detach, listener, nil)
		g.expect(listener, wire.Close)
		if _, err := os.Lstat(bound); !os.IsNotExist(err) {
			t.Errorf("%q is left behind: %v", bound, err)
		}
		if path == "" {
			if _, err := os.Lstat(filepath.Dir(bound)); !os.IsNotExist(err) {
				t.Errorf("directory of %q is left behind: %v", bound, err)
			}
		}
	}
}

func TestUnlinkTakesSocketsOnly(t *testing.T) {
	g := newGateway(t)
	dir := t.TempDir()
	stale, file := filepath.Join(dir, "stale"), filepath.Join(dir, "file")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: stale})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
	if err := os.WriteFile(file, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	if f := g.refused(wire.OpenMessage{Kind: wire.KindListenUnix, Path: stale, Mode: 0o600}); f.Class != wire.AddressInUse {
		t.Errorf("%s %q", f.Class, f.Text)
	}
	g.opened(wire.OpenMessage{Kind: wire.KindListenUnix, Path: stale, Mode: 0o600, Unlink: true})
	if f := g.refused(wire.OpenMessage{Kind: wire.KindListenUnix, Path: file, Mode: 0o600, Unlink: true}); f.Class != wire.AddressInUse {
		t.Errorf("%s %q", f.Class, f.Text)
	}
	if kept, _ := os.ReadFile(file); !strings.HasPrefix(string(kept), "kept") {
		t.Error("a file was removed")
	}
}
