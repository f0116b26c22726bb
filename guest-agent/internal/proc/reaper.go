// SPDX-License-Identifier: Apache-2.0

// Package proc starts, signals and reaps the processes of sessions.
package proc

import (
	"os"
	"os/signal"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// Reaper is the only one in this program that waits for children: as process 1 it also collects orphans, which is why
// os.Process.Wait is not used. A signal and the reaping of its target exclude each other, so that no process id is
// signalled after it may belong to somebody else.
type Reaper struct {
	mu       sync.Mutex
	children map[int]*Process
}

// Process is a child that leads a process group of its own, and a session of its own.
type Process struct {
	PID    int
	reaper *Reaper
	done   chan struct{}
	status syscall.WaitStatus
	exited bool
}

// NewReaper starts collecting.
func NewReaper() *Reaper {
	r := &Reaper{children: map[int]*Process{}}
	notices := make(chan os.Signal, 1)
	signal.Notify(notices, syscall.SIGCHLD)
	go func() {
		for range notices {
			r.collect()
		}
	}()
	return r
}

func (r *Reaper) collect() {
	for {
		r.mu.Lock()
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
		if err == syscall.EINTR {
			r.mu.Unlock()
			continue
		}
		if err != nil || pid <= 0 {
			r.mu.Unlock()
			return
		}
		if p := r.children[pid]; p != nil {
			delete(r.children, pid)
			p.status = status
			p.exited = true
			close(p.done)
		}
		r.mu.Unlock()
	}
}

// Start runs path. The child leads its own session, with descriptor 0 as its terminal if attr says so.
func (r *Reaper) Start(path string, argv []string, attr *syscall.ProcAttr) (*Process, error) {
	attr.Sys.Setsid = true
	// The lock also keeps collect away from the child of a failed exec, which ForkExec waits for itself.
	r.mu.Lock()
	defer r.mu.Unlock()
	pid, err := syscall.ForkExec(path, argv, attr)
	if err != nil {
		return nil, err
	}
	p := &Process{PID: pid, reaper: r, done: make(chan struct{})}
	r.children[pid] = p
	return p, nil
}

// Children is the number of processes that were started and have not ended.
func (r *Reaper) Children() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.children)
}

// Done is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Status is valid after Done.
func (p *Process) Status() syscall.WaitStatus { return p.status }

// SignalGroup signals the group of the process while the process lives, and says whether it did.
func (p *Process) SignalGroup(sig syscall.Signal) bool {
	return p.whileAlive(func() { _ = syscall.Kill(-p.PID, sig) })
}

// Kill ends the process, not its group.
func (p *Process) Kill() { p.whileAlive(func() { _ = syscall.Kill(p.PID, syscall.SIGKILL) }) }

func (p *Process) whileAlive(action func()) bool {
	p.reaper.mu.Lock()
	defer p.reaper.mu.Unlock()
	if p.exited {
		return false
	}
	action()
	return true
}

// KillSession ends every process of the session that p leads, its groups included. Members are stopped first, so that
// none of them can start another while the list is made.
func (p *Process) KillSession() {
	p.SignalGroup(syscall.SIGKILL)
	for range 16 {
		members := sessionMembers(p.PID)
		if len(members) == 0 {
			return
		}
		for _, pid := range members {
			_ = syscall.Kill(pid, syscall.SIGSTOP)
		}
		for _, pid := range members {
			if sid, err := unix.Getsid(pid); err == nil && sid == p.PID {
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
		}
	}
}
