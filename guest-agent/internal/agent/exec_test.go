// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"postern.dev/guest-agent/internal/wire"
)

func contains(b []byte, want string) bool { return bytes.Contains(b, []byte(want)) }

func TestEveryExitStatus(t *testing.T) {
	g := newGateway(t)
	for status := range 256 {
		if r := g.run(shell("exit " + strconv.Itoa(status))); r.status != status {
			t.Fatalf("exit %d arrived as %d", status, r.status)
		}
	}
}

func TestExitBySignal(t *testing.T) {
	g := newGateway(t)
	for _, name := range []string{"TERM", "KILL", "HUP", "INT", "USR1", "PIPE"} {
		if r := g.run(shell("kill -" + name + " $$")); r.status != -1 || r.signal.Name != name || r.signal.Core {
			t.Errorf("%s arrived as %+v", name, r)
		}
	}
}

func TestOutputsStayApart(t *testing.T) {
	r := newGateway(t).run(shell("echo out; echo err >&2"))
	if r.out != "out\n" || r.err != "err\n" || r.status != 0 {
		t.Fatalf("%+v", r)
	}
}

func TestStdinReachesItsEnd(t *testing.T) {
	g := newGateway(t)
	data := bytes.Repeat([]byte("0123456789abcdef"), 4096)
	id, _ := g.opened(shell("sha256sum"))
	for part := data; len(part) > 0; {
		n := min(len(part), 10000)
		g.send(wire.Data, wire.Main, id, part[:n])
		part = part[n:]
	}
	g.send(wire.EOF, wire.Main, id, nil)
	if r := g.finish(id); r.out != fmt.Sprintf("%x  -\n", sha256.Sum256(data)) {
		t.Fatalf("%+v", r)
	}
}

func TestCreditComesBack(t *testing.T) {
	g := newGateway(t)
	id, _ := g.opened(shell("wc -c"))
	credit := int(g.hello.Window)
	const total = 4 << 20
	for sent := 0; sent < total; {
		for credit < wire.MaxData {
			n, _ := wire.DecodeUint32("WINDOW", g.expect(id, wire.Window).payload)
			credit += int(n)
		}
		g.send(wire.Data, wire.Main, id, make([]byte, wire.MaxData))
		sent += wire.MaxData
		credit -= wire.MaxData
	}
	g.send(wire.EOF, wire.Main, id, nil)
	if r := g.finish(id); strings.TrimSpace(r.out) != strconv.Itoa(total) {
		t.Fatalf("%+v", r)
	}
}

func TestLargeOutputArrivesWhole(t *testing.T) {
	r := newGateway(t).run(shell("head -c 8000000 /dev/zero"))
	if len(r.out) != 8000000 || r.status != 0 {
		t.Fatalf("%d bytes, status %d", len(r.out), r.status)
	}
}

func TestStalledStreamDelaysNoOther(t *testing.T) {
	g := newGatewayWith(t, testSettings(), 64*1024)
	g.mu.Lock()
	g.grants = false
	g.mu.Unlock()
	stalled, _ := g.opened(shell("cat /dev/zero"))
	for got := 0; got < 64*1024; { // all its credit
		got += len(g.expect(stalled, wire.Data).payload)
	}
	if r := g.run(shell("echo alive")); r.out != "alive\n" {
		t.Fatalf("%+v", r)
	}
	g.send(wire.Close, wire.Kill, stalled, nil)
	g.expect(stalled, wire.Close)
}

func TestEnvironmentAndDirectory(t *testing.T) {
	m := shell("echo $GREETING; pwd; echo $HOME $USER $LOGNAME")
	m.Env = []wire.EnvVar{{Name: "GREETING", Value: "hello world"}}
	m.Cwd = "/usr"
	if r := newGateway(t).run(m); !strings.HasPrefix(r.out, "hello world\n/usr\n/") {
		t.Fatalf("%+v", r)
	}
}

func TestArgumentsAreNotInterpreted(t *testing.T) {
	m := wire.OpenMessage{Kind: wire.KindExec, Form: wire.FormArgv, Args: []string{"printf", "%s|", "a b", "$HOME", "", "'"}}
	if r := newGateway(t).run(m); r.out != "a b|$HOME||'|" {
		t.Fatalf("%+v", r)
	}
}

func TestRefusals(t *testing.T) {
	plain := filepath.Join(t.TempDir(), "plain")
	if err := os.WriteFile(plain, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	argv := func(args ...string) wire.OpenMessage {
		return wire.OpenMessage{Kind: wire.KindExec, Form: wire.FormArgv, Args: args}
	}
	stranger := shell("id")
	stranger.User = "nobody-has-this-name"
	lost := shell("pwd")
	lost.Cwd = "/no/such/directory"
	unset := shell("true")
	unset.Env = []wire.EnvVar{{Name: "A=B", Value: "c"}}
	cases := map[string]struct {
		open wire.OpenMessage
		want wire.Class
	}{
		"no command":     {argv("no-such-command-here"), wire.NotFound},
		"no file":        {argv("/no/such/file"), wire.NotFound},
		"not executable": {argv(plain), wire.NotExecutable},
		"a directory":    {argv("/tmp"), wire.NotExecutable},
		"unknown user":   {stranger, wire.NotPermitted},
		"no directory":   {lost, wire.NotFound},
		"NUL":            {shell("a\x00b"), wire.Invalid},
		"environment":    {unset, wire.Invalid},
		"unknown kind":   {wire.OpenMessage{Kind: "teleport"}, wire.Unsupported},
	}
	g := newGateway(t)
	for name, c := range cases {
		if f := g.refused(c.open); f.Class != c.want || f.Text == "" {
			t.Errorf("%s: %s %q, expected %s", name, f.Class, f.Text, c.want)
		}
	}
}

func TestSignalReachesTheGroup(t *testing.T) {
	g := newGateway(t)
	id, _ := g.opened(shell("sleep 1000 & echo ready; wait"))
	g.outputUntil(id, "ready")
	g.send(wire.Signal, 0, id, wire.EncodeString("TERM"))
	if r := g.finish(id); r.status != -1 || r.signal.Name != "TERM" {
		t.Fatalf("%+v", r)
	}
}

func TestBackgroundHolderDelaysExitOnlyFor(t *testing.T) {
	g := newGateway(t)
	start := time.Now()
	r := g.run(shell("sleep 1000 & echo $!"))
	if r.status != 0 || time.Since(start) < 200*time.Millisecond {
		t.Fatalf("%+v after %v", r, time.Since(start))
	}
	pid, err := strconv.Atoi(strings.TrimSpace(r.out))
	if err != nil {
		t.Fatal(err)
	}
	if syscall.Kill(pid, 0) != nil {
		t.Error("a normal end signalled the background process")
	}
	_ = syscall.Kill(pid, syscall.SIGKILL)
}

func TestOutputBehindASlowReaderIsNotLost(t *testing.T) {
	g := newGatewayWith(t, testSettings(), 1024)
	g.mu.Lock()
	g.grants = false
	g.mu.Unlock()
	id, _ := g.opened(shell("head -c 50000 /dev/zero"))
	time.Sleep(2 * testSettings().Linger) // the process is long gone, and so is the time to linger
	g.send(wire.Window, wire.Main, id, wire.EncodeUint32(1<<20))
	if r := g.finish(id); len(r.out) != 50000 {
		t.Fatalf("%d bytes", len(r.out))
	}
}

func TestCloseModes(t *testing.T) {
	for mode, survives := range map[uint8][2]bool{
		// a process that heeds HUP, one that does not
		wire.Detach: {true, true},
		wire.Hangup: {false, false},
		wire.Kill:   {false, false},
	} {
		g := newGateway(t)
		for i, prefix := range []string{"", "trap '' HUP; "} {
			id, payload := g.opened(shell(prefix + "echo ready; exec sleep 1000"))
			pid, _ := wire.DecodeUint32("OPEN_OK", payload)
			g.outputUntil(id, "ready")
			g.send(wire.Close, mode, id, nil)
			if !survives[i] {
				g.expect(id, wire.ExitSignal)
			}
			g.expect(id, wire.Close)
			if survives[i] {
				if syscall.Kill(int(pid), 0) != nil {
					t.Errorf("mode %d ended %q", mode, prefix)
				}
				_ = syscall.Kill(int(pid), syscall.SIGKILL)
			}
			eventually(t, "end of the process", func() bool { return syscall.Kill(int(pid), 0) != nil })
		}
	}
}

func TestHangupCanBeRaisedToKill(t *testing.T) {
	settings := testSettings()
	settings.Grace = time.Hour
	g := newGatewayWith(t, settings, 256*1024)
	id, _ := g.opened(shell("trap '' HUP; echo ready; exec sleep 1000"))
	g.outputUntil(id, "ready")
	g.send(wire.Close, wire.Hangup, id, nil)
	g.send(wire.Close, wire.Kill, id, nil)
	g.expect(id, wire.Close)
	g.send(wire.Close, wire.Kill, id, nil) // crossed with the agent's: no violation
	if r := g.run(shell("echo alive")); r.out != "alive\n" {
		t.Fatalf("%+v", r)
	}
}

func TestKillReachesTheWholeSession(t *testing.T) {
	g := newGateway(t)
	m := shell("set -m; sleep 1000 & echo $! ready; wait") // a group of its own
	id, _ := g.opened(m)
	out := g.outputUntil(id, "ready")
	pid, err := strconv.Atoi(strings.Fields(out)[0])
	if err != nil {
		t.Fatal(err)
	}
	g.send(wire.Close, wire.Kill, id, nil)
	eventually(t, "end of the background job", func() bool { return syscall.Kill(pid, 0) != nil || isDefunct(pid) })
}

func isDefunct(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || bytes.Contains(stat, []byte(") Z "))
}

func TestLostConnectionHangsUp(t *testing.T) {
	g := newGateway(t)
	var pids []int
	for _, prefix := range []string{"", "trap '' HUP; "} {
		id, payload := g.opened(shell(prefix + "echo ready; exec sleep 1000"))
		pid, _ := wire.DecodeUint32("OPEN_OK", payload)
		g.outputUntil(id, "ready")
		pids = append(pids, int(pid))
	}
	g.conn.Close()
	select {
	case <-g.served:
	case <-time.After(bound):
		t.Fatal("the agent did not settle")
	}
	for _, pid := range pids {
		if syscall.Kill(pid, 0) == nil {
			t.Errorf("process %d is still there", pid)
		}
	}
}
