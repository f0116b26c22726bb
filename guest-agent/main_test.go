// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postern.dev/guest-agent/internal/wire"
)

const asAgent = "POSTERN_TEST_AS_AGENT"

// TestMain makes this binary the agent when a test, or the agent itself, starts it so.
func TestMain(m *testing.M) {
	if os.Getenv(asAgent) != "" || len(os.Args) == 2 && os.Args[1] == "sftp-server" {
		os.Exit(run(os.Args[1:]))
	}
	os.Exit(m.Run())
}

func agentCommand(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self, args...)
	c.Env = append(os.Environ(), asAgent+"=1")
	c.Stderr = os.Stderr
	return c
}

// helloAndExec is all a gateway says to run one command.
func helloAndExec(command string) []byte {
	b := wire.Frame(wire.Hello, 0, 0, wire.HelloMessage{MinVersion: 1, MaxVersion: 1, MaxFrame: wire.MaxFrame, Window: 1 << 20, MaxStreams: 1,
		Nonce: "0123456789abcdef"}.Encode())
	open := wire.OpenMessage{Kind: wire.KindExec, Form: wire.FormCommand, Args: []string{command}}
	return append(b, wire.Frame(wire.Open, 0, 2, open.Encode())...)
}

// output reads frames until CLOSE.
func output(t *testing.T, r io.Reader) string {
	t.Helper()
	in := bufio.NewReader(r)
	var out strings.Builder
	for {
		var head [wire.HeaderSize]byte
		if _, err := io.ReadFull(in, head[:]); err != nil {
			t.Fatal(err)
		}
		h, err := wire.ParseHeader(head[:])
		if err != nil {
			t.Fatal(err)
		}
		payload := make([]byte, h.Length)
		if _, err := io.ReadFull(in, payload); err != nil {
			t.Fatal(err)
		}
		switch h.Type {
		case wire.Data:
			out.Write(payload)
		case wire.Close:
			return out.String()
		}
	}
}

func TestStdioServesAndEndsWithItsInput(t *testing.T) {
	c := agentCommand(t)
	in, _ := c.StdinPipe()
	out, _ := c.StdoutPipe()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = in.Write(helloAndExec("echo from the agent"))
	if got := output(t, out); got != "from the agent\n" {
		t.Errorf("%q", got)
	}
	in.Close()
	if err := c.Wait(); err != nil {
		t.Errorf("the agent ended with %v", err)
	}
}

func TestStdioEndsWithTermination(t *testing.T) {
	c := agentCommand(t)
	in, _ := c.StdinPipe()
	out, _ := c.StdoutPipe()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	_, _ = in.Write(helloAndExec("echo ready"))
	output(t, out)
	_ = c.Process.Signal(os.Interrupt)
	if err := c.Wait(); err != nil {
		t.Errorf("the agent ended with %v", err)
	}
}

func TestUnixSocketServesMany(t *testing.T) {
	path := filepath.Join(t.TempDir(), "agent.sock")
	c := agentCommand(t, "--unix", path)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	var conns []net.Conn
	for end := time.Now().Add(20 * time.Second); len(conns) < 3; {
		conn, err := net.Dial("unix", path)
		if err == nil {
			conns = append(conns, conn)
		} else if time.Now().After(end) {
			t.Fatal(err)
		} else {
			time.Sleep(5 * time.Millisecond)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	for _, conn := range conns {
		_, _ = conn.Write(helloAndExec("echo hello"))
		if got := output(t, conn); got != "hello\n" {
			t.Errorf("%q", got)
		}
	}
	_ = c.Process.Signal(os.Interrupt)
	if err := c.Wait(); err != nil {
		t.Errorf("the agent ended with %v", err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Error("the socket is left behind")
	}
}

func TestBadOptions(t *testing.T) {
	for _, args := range [][]string{{"serve"}, {"--unix", "/x", "--vsock", "1"}, {"--max-streams", "0"}, {"--grace", "0s"}, {"--nonsense"}} {
		if _, err := parse(args); err == nil {
			t.Errorf("%q was accepted", args)
		}
	}
}

// TestOpenSSHClients runs sftp and scp against the server, without SSH in between.
func TestOpenSSHClients(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, tool := range []string{"sftp", "scp"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	dir := t.TempDir()
	data := make([]byte, 3<<20)
	_, _ = rand.Read(data)
	local, remote, back := filepath.Join(dir, "local"), filepath.Join(dir, "remote"), filepath.Join(dir, "back")
	if err := os.WriteFile(local, data, 0o640); err != nil {
		t.Fatal(err)
	}
	server := self + " sftp-server"
	batch := strings.Join([]string{"put -p " + local + " " + remote, "get -p " + remote + " " + back, "mkdir " + dir + "/sub",
		"ln " + remote + " " + dir + "/hard", "ln -s remote " + dir + "/soft", "chmod 600 " + remote, "ls -la " + dir, "df " + dir,
		"copy " + remote + " " + dir + "/copied", "rename " + dir + "/hard " + dir + "/sub/moved", "rm " + dir + "/sub/moved",
		"rmdir " + dir + "/sub", "-rm " + dir + "/missing", "pwd", ""}, "\n")
	c := exec.Command("sftp", "-b", "-", "-D", server)
	c.Stdin = strings.NewReader(batch)
	text, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("sftp: %v\n%s", err, text)
	}
	for _, path := range []string{back, filepath.Join(dir, "copied")} {
		if got, _ := os.ReadFile(path); !bytes.Equal(got, data) {
			t.Errorf("%q differs", path)
		}
	}
	if !strings.Contains(string(text), "No such file or directory") {
		t.Errorf("the error of rm is missing:\n%s", text)
	}
	copied, wrapper := filepath.Join(dir, "by-scp"), filepath.Join(dir, "server")
	// scp takes a program without arguments.
	if err := os.WriteFile(wrapper, []byte("#!/bin/sh\nexec "+server+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if text, err := exec.Command("scp", "-p", "-D", wrapper, local, "x:"+copied).CombinedOutput(); err != nil {
		t.Errorf("scp: %v %s", err, text)
	}
	if got, _ := os.ReadFile(copied); !bytes.Equal(got, data) {
		t.Error("scp's copy differs")
	}
}
