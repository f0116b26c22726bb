// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"strings"
	"syscall"
	"testing"
)

// TestInitIsProcessOne runs the agent as process 1 of namespaces of its own, in which /proc is still the old one.
func TestInitIsProcessOne(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root")
	}
	c := agentCommand(t, "--init", "--grace", "300ms")
	c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS, Unshareflags: syscall.CLONE_NEWNS}
	in, _ := c.StdinPipe()
	out, _ := c.StdoutPipe()
	if err := c.Start(); err != nil {
		t.Skipf("no namespaces here: %v", err)
	}
	// The inner process becomes an orphan and ends; process 1 has to reap it, or it stays as a zombie.
	_, _ = in.Write(helloAndExec(`echo parent $PPID; (sh -c 'sleep 0.2' >/dev/null 2>&1 </dev/null &); sleep 0.6;
		mount -t proc proc /proc; cat /proc/[0-9]*/stat | grep -c ') Z '; tty >/dev/null; ls /dev/pts/ptmx`))
	text := output(t, out)
	if !strings.HasPrefix(text, "parent 1\n0\n") || !strings.Contains(text, "/dev/pts/ptmx") {
		t.Errorf("%q", text)
	}
	in.Close()
	if err := c.Wait(); err != nil {
		t.Errorf("the agent ended with %v", err)
	}
}
