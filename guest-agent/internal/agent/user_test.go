// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"postern.dev/guest-agent/internal/wire"
)

// needsRoot is for what only root can do; a container of the build may not be root.
func needsRoot(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root")
	}
}

func TestBecomesTheUser(t *testing.T) {
	needsRoot(t)
	g := newGateway(t)
	for user, want := range map[string]string{
		"daemon":      "1 1 1 daemon /usr/sbin\n",
		"1":           "1 1 1 daemon /usr/sbin\n",
		"54321":       "54321 54321 54321 54321 /\n",
		"54321:50000": "54321 50000 50000 54321 /\n",
	} {
		m := shell(`echo $(id -u) $(id -g) $(id -G) $USER $HOME`)
		m.User = user
		if user == "daemon" || user == "1" {
			m = wire.OpenMessage{Kind: wire.KindExec, User: user, Form: wire.FormArgv,
				Args: []string{"sh", "-c", `echo $(id -u) $(id -g) $(id -G) $USER $HOME`}}
		}
		if r := g.run(m); r.out != want {
			t.Errorf("%q: %q, expected %q (%q)", user, r.out, want, r.err)
		}
	}
}

func TestTerminalBelongsToTheUser(t *testing.T) {
	needsRoot(t)
	m := terminal("stat -c %u $(tty)")
	m.User = "54321"
	if r := newGateway(t).run(m); r.out != "54321\r\n" {
		t.Fatalf("%+v", r)
	}
}

// openDir gives a directory that everybody can reach, which t.TempDir does not.
func openDir(t *testing.T) string {
	dir, err := os.MkdirTemp("/tmp", "agent-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestSocketsAreReachedAsTheUser(t *testing.T) {
	needsRoot(t)
	path := filepath.Join(openDir(t), "s")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	g := newGateway(t)
	m := wire.OpenMessage{Kind: wire.KindUnix, Path: path, User: "54321"}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if f := g.refused(m); f.Class != wire.NotPermitted {
		t.Errorf("%s %q", f.Class, f.Text)
	}
	if err := os.Chmod(path, 0o666); err != nil {
		t.Fatal(err)
	}
	g.opened(m)
	c, err := l.AcceptUnix()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	raw, _ := c.SyscallConn()
	_ = raw.Control(func(fd uintptr) {
		if peer, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED); err != nil || peer.Uid != 54321 || peer.Gid != 54321 {
			t.Errorf("the other end sees %+v, %v", peer, err)
		}
	})
}

func TestListenersBelongToTheUser(t *testing.T) {
	needsRoot(t)
	g := newGateway(t)
	_, payload := g.opened(wire.OpenMessage{Kind: wire.KindListenUnix, Mode: 0o600, User: "54321"})
	path, _ := wire.DecodeString("OPEN_OK", payload, 4096)
	for _, p := range []string{path, filepath.Dir(path)} {
		info, err := os.Stat(p)
		if err != nil {
			t.Fatal(err)
		}
		if st := info.Sys().(*syscall.Stat_t); st.Uid != 54321 || st.Gid != 54321 {
			t.Errorf("%q belongs to %d:%d", p, st.Uid, st.Gid)
		}
	}
	if unprivilegedPorts() > 1000 {
		if f := g.refused(wire.OpenMessage{Kind: wire.KindListenTCP, Host: "127.0.0.1", Port: 999, User: "54321"}); f.Class != wire.NotPermitted {
			t.Errorf("%s %q", f.Class, f.Text)
		}
	}
	if os.Geteuid() != 0 {
		t.Error("the agent itself is no longer root")
	}
}

func unprivilegedPorts() int {
	text, _ := os.ReadFile("/proc/sys/net/ipv4/ip_unprivileged_port_start")
	if strings.TrimSpace(string(text)) == "1024" {
		return 1024
	}
	return 0
}
