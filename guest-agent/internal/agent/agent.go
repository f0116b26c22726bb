// SPDX-License-Identifier: Apache-2.0

// Package agent does what a gateway asks for inside the sandbox: processes, files, connections, listeners.
package agent

import (
	"io"
	"os"
	"time"

	"postern.dev/guest-agent/internal/mux"
	"postern.dev/guest-agent/internal/proc"
	"postern.dev/guest-agent/internal/wire"
)

// Settings of an agent; all durations are positive.
type Settings struct {
	Grace       time.Duration // from HUP to KILL after a lost connection
	Linger      time.Duration // how long others than the started process may keep its output open
	DialTimeout time.Duration
	Window      uint32
	MaxStreams  uint32
	Software    string
}

// Agent serves any number of connections.
type Agent struct {
	settings Settings
	reaper   *proc.Reaper
}

// New makes an agent.
func New(settings Settings, reaper *proc.Reaper) *Agent {
	return &Agent{settings: settings, reaper: reaper}
}

// Connection prepares one connection over a transport.
func (a *Agent) Connection(transport io.ReadWriteCloser) *mux.Conn {
	return mux.NewConn(transport, mux.Options{
		Window: a.settings.Window, MaxStreams: a.settings.MaxStreams, Software: a.settings.Software, Capabilities: capabilities(),
	}, a.open)
}

func capabilities() []string {
	list := []string{"exec", "pty", "signal", "sftp", "tcp", "unix", "listen-tcp", "listen-unix"}
	if os.Geteuid() == 0 {
		list = append(list, "user")
	}
	return list
}

func (a *Agent) open(s *mux.Stream, m wire.OpenMessage) {
	var err error
	switch m.Kind {
	case wire.KindExec:
		err = a.exec(s, m)
	case wire.KindSFTP:
		err = a.sftp(s, m)
	case wire.KindTCP:
		err = a.dialTCP(s, m)
	case wire.KindUnix:
		err = a.dialUnix(s, m)
	case wire.KindListenTCP:
		err = a.listenTCP(s, m)
	case wire.KindListenUnix:
		err = a.listenUnix(s, m)
	default:
		err = failure(wire.Unsupported, nil, "kind %q is unknown to this agent", m.Kind)
	}
	if err != nil {
		s.Fail(err)
	}
}
