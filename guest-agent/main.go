// SPDX-License-Identifier: Apache-2.0

// Command postern-agent is the part of Postern that runs inside a sandbox. docs/agent-protocol.md describes what it speaks.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"postern.dev/guest-agent/internal/agent"
	"postern.dev/guest-agent/internal/proc"
	"postern.dev/guest-agent/internal/sftpd"
	"postern.dev/guest-agent/internal/system"
)

// version is set by the build.
var version = "development"

const usage = `postern-agent serves processes, files, connections and listeners of this machine to a Postern gateway.

usage:
  postern-agent [options]            one connection over standard input and output
  postern-agent [options] --unix PATH    connections over a Unix socket (mode 0600)
  postern-agent [options] --vsock PORT   connections of the host over vsock
  postern-agent sftp-server          SFTP version 3 over standard input and output, as the calling user
  postern-agent version

options:
`

// The main thread keeps its user: a thread that serves another user's request is thrown away, and the first one cannot be.
func init() { runtime.LockOSThread() }

func main() {
	status := make(chan int)
	go func() { status <- run(os.Args[1:]) }()
	os.Exit(<-status)
}

type options struct {
	settings agent.Settings
	unixPath string
	vsock    string
	init     bool
}

func run(args []string) int {
	if len(args) == 1 && args[0] == "version" {
		fmt.Printf("postern-agent %s %s/%s\n", version, runtime.GOOS, runtime.GOARCH)
		return 0
	}
	if len(args) == 1 && args[0] == "sftp-server" {
		return serveSFTP()
	}
	o, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err == nil {
		err = serve(o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "postern-agent:", err)
		return 1
	}
	return 0
}

func parse(args []string) (options, error) {
	o := options{settings: agent.Settings{Window: 256 * 1024, Software: "postern-agent/" + version}}
	flags := flag.NewFlagSet("postern-agent", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.unixPath, "unix", "", "`path` of a Unix socket to listen on")
	flags.StringVar(&o.vsock, "vsock", "", "vsock `port` to listen on")
	flags.BoolVar(&o.init, "init", false, "mount what a machine needs first, for use as process 1")
	flags.DurationVar(&o.settings.Grace, "grace", 5*time.Second, "time from HUP to KILL after a lost connection")
	flags.DurationVar(&o.settings.Linger, "linger", 2*time.Second, "time that a background process may keep the output of an ended one open")
	flags.DurationVar(&o.settings.DialTimeout, "dial-timeout", 30*time.Second, "longest time a connection attempt takes")
	streams := flags.Uint("max-streams", 1024, "most streams of one connection")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fmt.Print(usage)
			flags.SetOutput(os.Stdout)
			flags.PrintDefaults()
		}
		return o, err
	}
	o.settings.MaxStreams = uint32(*streams)
	switch {
	case flags.NArg() > 0:
		return o, fmt.Errorf("argument %q, expected options only; see --help", flags.Arg(0))
	case o.unixPath != "" && o.vsock != "":
		return o, errors.New("--unix and --vsock are both given, expected one of them")
	case *streams < 1 || *streams > 65536:
		return o, fmt.Errorf("--max-streams %d, expected 1 to 65536", *streams)
	case o.settings.Grace <= 0 || o.settings.Linger <= 0 || o.settings.DialTimeout <= 0:
		return o, errors.New("--grace, --linger and --dial-timeout must be above 0s")
	}
	return o, nil
}

func serveSFTP() int {
	if err := sftpd.New(os.Stdin, os.Stdout).Serve(); err != nil {
		fmt.Fprintln(os.Stderr, "postern-agent: sftp-server:", err)
		return 1
	}
	return 0
}

func serve(o options) error {
	syscall.Umask(0o022)
	// Caught, not ignored: children of a program that ignores a signal would ignore it too.
	stops := make(chan os.Signal, 1)
	signal.Notify(stops, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT)
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGTTOU, syscall.SIGTTIN, syscall.SIGTSTP)
	if o.init {
		if err := system.Init(); err != nil {
			return err
		}
	}
	s := newServer(agent.New(o.settings, proc.NewReaper()))
	go func() {
		<-stops
		s.stop()
	}()
	switch {
	case o.unixPath != "":
		return s.serveUnix(o.unixPath)
	case o.vsock != "":
		return s.serveVsock(o.vsock)
	default:
		return s.serveStdio()
	}
}
