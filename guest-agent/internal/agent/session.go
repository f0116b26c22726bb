// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"os"
	"sync"
	"syscall"
	"time"

	"postern.dev/guest-agent/internal/mux"
	"postern.dev/guest-agent/internal/proc"
	"postern.dev/guest-agent/internal/wire"
)

// terminalLinger is how long a terminal that somebody else still holds is read after its leader has ended: the kernel
// hands the last bytes over a little later. sshd closes it then, too.
const terminalLinger = 250 * time.Millisecond

// killTime is how long a killed process may take to go; one that hangs in the kernel never does.
const killTime = time.Second

// stdio is both ends of what a process reads and writes.
type stdio struct {
	terminal *proc.Terminal
	input    *os.File   // agent's end of stdin
	outputs  []*os.File // agent's ends of stdout and, without a terminal, stderr
	child    []*os.File // the process's ends
}

func newStdio(c command, request *wire.PtyRequest) (io stdio, err error) {
	if request != nil {
		terminal, slave, err := proc.OpenTerminal(c.user, *request)
		if err != nil {
			return io, failure(wire.Resource, err, "cannot open a terminal")
		}
		return stdio{terminal: terminal, input: terminal.Master, outputs: []*os.File{terminal.Master}, child: []*os.File{slave, slave, slave}}, nil
	}
	for fd := range 3 {
		r, w, err := os.Pipe()
		if err != nil {
			io.closeAll()
			return io, failure(wire.Resource, err, "cannot make a pipe")
		}
		if fd == 0 {
			io.child, io.input = append(io.child, r), w
		} else {
			io.child, io.outputs = append(io.child, w), append(io.outputs, r)
		}
	}
	return io, nil
}

func (io stdio) childFiles() []uintptr {
	var fds []uintptr
	for _, f := range io.child {
		fds = append(fds, f.Fd())
	}
	return fds
}

func (io stdio) closeChild() {
	for _, f := range io.child {
		f.Close()
	}
}

func (io stdio) closeOwn() {
	if io.input != nil {
		io.input.Close()
	}
	for _, f := range io.outputs {
		f.Close()
	}
}

func (io stdio) closeAll() {
	io.closeChild()
	io.closeOwn()
}

// session is one started process and its stream.
type session struct {
	agent   *Agent
	stream  *mux.Stream
	process *proc.Process
	io      stdio
	ending  sync.WaitGroup // a hang-up or a kill under way
	told    sync.Once
	left    chan struct{} // closed once the first call of ended has done its work
}

func (a *Agent) run(s *mux.Stream, c command, request *wire.PtyRequest) error {
	io, err := newStdio(c, request)
	if err != nil {
		return err
	}
	if request != nil {
		c.env = append(c.env, "SSH_TTY="+io.child[0].Name())
	}
	p, err := a.start(c, io)
	io.closeChild()
	if err != nil {
		io.closeOwn()
		return err
	}
	x := &session{agent: a, stream: s, process: p, io: io, left: make(chan struct{})}
	control := mux.Control{Signal: x.signal, Ended: x.ended, Resize: func(wire.Size) {}}
	if io.terminal != nil {
		control.Resize = io.terminal.Resize
	}
	if !s.Accept(wire.EncodeUint32(uint32(p.PID)), control) {
		x.ended(wire.Kill) // the gateway gave up while the process was being started; nobody can ever see it
		x.ending.Wait()
		return mux.ErrEnded
	}
	x.carry()
	return nil
}

// carry moves bytes until the process has ended and its output is drained, or until the gateway leaves.
func (x *session) carry() {
	var outputs sync.WaitGroup
	for sub, file := range x.io.outputs {
		conn, err := file.SyscallConn()
		if err != nil {
			continue
		}
		outputs.Go(func() {
			if pumpOut(x.stream, uint8(sub), conn) != nil {
				x.stream.SendEOF(uint8(sub)) // a terminal ends with EIO
			}
		})
	}
	input := make(chan struct{})
	go func() {
		defer close(input)
		if pumpIn(x.stream, x.io.input) == nil && x.io.terminal == nil {
			x.io.input.Close()
		}
	}()
	select {
	case <-x.process.Done():
		x.limitLinger()
	case <-x.stream.Ended():
	}
	outputs.Wait()
	select {
	case <-x.stream.Ended():
		<-x.left
		// The gateway may still want more than it asked for at first, so its stream stays until that is settled.
		x.ending.Wait()
	default:
	}
	select {
	case <-x.process.Done():
		x.sendEnd()
	default:
	}
	x.stream.Finish(wire.Done)
	x.io.closeOwn()
	<-input
}

func (x *session) limitLinger() {
	linger := x.agent.settings.Linger
	if x.io.terminal != nil {
		linger = min(linger, terminalLinger)
	}
	for _, f := range x.io.outputs {
		_ = f.SetReadDeadline(time.Now().Add(linger))
	}
}

func (x *session) sendEnd() {
	status, signal := proc.ExitMessage(x.process.Status())
	if signal != nil {
		x.stream.SendExitSignal(*signal)
	} else {
		x.stream.SendExit(status)
	}
}

func (x *session) signal(name string) {
	if sig, ok := proc.SignalByName(name); ok {
		x.signalGroup(sig)
	}
}

// signalGroup reaches whoever has the terminal, or the group of the process where there is none.
func (x *session) signalGroup(sig syscall.Signal) {
	if x.io.terminal != nil {
		if group := x.io.terminal.Foreground(); group > 0 && syscall.Kill(-group, sig) == nil {
			return
		}
	}
	x.process.SignalGroup(sig)
}

// ended is called when the gateway has closed the stream, and again if it wants more.
func (x *session) ended(mode uint8) {
	switch mode {
	case wire.Hangup:
		x.hangUp()
	case wire.Kill:
		x.ending.Go(func() {
			x.process.KillSession()
			x.endsWithin(killTime)
		})
	}
	x.io.closeOwn()
	x.told.Do(func() { close(x.left) })
}

func (x *session) endsWithin(limit time.Duration) bool {
	select {
	case <-x.process.Done():
		return true
	case <-time.After(limit):
		return false
	}
}

func (x *session) hangUp() {
	if x.io.terminal != nil {
		x.signalGroup(syscall.SIGHUP)
	}
	if !x.process.SignalGroup(syscall.SIGHUP) {
		return
	}
	// A stopped process cannot act on HUP.
	x.process.SignalGroup(syscall.SIGCONT)
	x.ending.Go(func() {
		if !x.endsWithin(x.agent.settings.Grace) {
			x.process.Kill()
			x.endsWithin(killTime)
		}
	})
}
