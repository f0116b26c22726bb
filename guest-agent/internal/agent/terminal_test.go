// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"encoding/binary"
	"strings"
	"testing"

	"postern.dev/guest-agent/internal/wire"
)

func terminal(command string, modes ...uint32) wire.OpenMessage {
	var encoded []byte
	for i := 0; i+1 < len(modes); i += 2 {
		encoded = append(encoded, byte(modes[i]))
		encoded = binary.BigEndian.AppendUint32(encoded, modes[i+1])
	}
	m := shell(command)
	m.Pty = &wire.PtyRequest{Term: "xterm-256color", Size: wire.Size{Cols: 100, Rows: 30, WidthPixels: 800, HeightPixels: 600}, Modes: string(append(encoded, 0))}
	return m
}

func TestTerminalIsOne(t *testing.T) {
	r := newGateway(t).run(terminal("tty; test $(tty) = $SSH_TTY && stty size; echo $TERM; echo err >&2"))
	if !strings.HasPrefix(r.out, "/dev/pts/") || !strings.Contains(r.out, "30 100\r\nxterm-256color\r\nerr\r\n") || r.err != "" || r.status != 0 {
		t.Fatalf("%+v", r)
	}
}

func TestTerminalModes(t *testing.T) {
	// VERASE ^H, IUTF8 on, ECHO off, ONLCR off, VINTR disabled, speed 38400
	r := newGateway(t).run(terminal("stty -a", 3, 8, 42, 1, 53, 0, 72, 0, 1, 255, 129, 38400, 128, 38400))
	for _, want := range []string{"erase = ^H", "\niutf8", "-echo ", "-onlcr", "intr = <undef>", "speed 38400 baud"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("no %q in %q", want, r.out)
		}
	}
}

func TestResizeReachesTheProcess(t *testing.T) {
	g := newGateway(t)
	id, _ := g.opened(terminal("trap 'stty size; exit 7' WINCH; echo ready; while :; do sleep 0.01; done"))
	g.outputUntil(id, "ready")
	g.send(wire.Resize, 0, id, wire.Size{Cols: 132, Rows: 43}.Encode())
	if r := g.finish(id); !strings.Contains(r.out, "43 132") || r.status != 7 {
		t.Fatalf("%+v", r)
	}
}

func TestControlCharacterInterrupts(t *testing.T) {
	g := newGateway(t)
	id, _ := g.opened(terminal("echo ready; exec sleep 1000"))
	g.outputUntil(id, "ready")
	g.send(wire.Data, wire.Main, id, []byte{3})
	if r := g.finish(id); r.status != -1 || r.signal.Name != "INT" {
		t.Fatalf("%+v", r)
	}
}

func TestSignalReachesTheForeground(t *testing.T) {
	g := newGateway(t)
	// With job control the foreground job has a group of its own; the shell goes on.
	id, _ := g.opened(terminal("set -m; sh -c 'echo ready; exec sleep 1000'; echo after $?"))
	g.outputUntil(id, "ready")
	g.send(wire.Signal, 0, id, wire.EncodeString("TERM"))
	if r := g.finish(id); !strings.Contains(r.out, "after 143") || r.status != 0 {
		t.Fatalf("%+v", r)
	}
}

func TestLoginShell(t *testing.T) {
	g := newGateway(t)
	m := terminal("")
	m.Form, m.Args = wire.FormShell, nil
	id, _ := g.opened(m)
	g.send(wire.Data, wire.Main, id, []byte("echo name=$0; exit 5\n"))
	if r := g.finish(id); !strings.Contains(r.out, "name=-") || r.status != 5 {
		t.Fatalf("%+v", r)
	}
}

func TestTerminalOutputIsWholeAfterExit(t *testing.T) {
	g := newGateway(t)
	for range 20 {
		if r := g.run(terminal("seq 1 2000")); !strings.HasSuffix(r.out, "1999\r\n2000\r\n") {
			t.Fatalf("%d bytes, the last are %q", len(r.out), r.out[max(0, len(r.out)-20):])
		}
	}
}
