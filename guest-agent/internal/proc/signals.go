// SPDX-License-Identifier: Apache-2.0

package proc

import (
	"strconv"
	"strings"
	"syscall"

	"postern.dev/guest-agent/internal/wire"
)

// The names of RFC 4254 section 6.10, and those beyond it that OpenSSH knows or that a process may die of.
var signalNames = map[string]syscall.Signal{
	"ABRT": syscall.SIGABRT, "ALRM": syscall.SIGALRM, "FPE": syscall.SIGFPE, "HUP": syscall.SIGHUP, "ILL": syscall.SIGILL,
	"INT": syscall.SIGINT, "KILL": syscall.SIGKILL, "PIPE": syscall.SIGPIPE, "QUIT": syscall.SIGQUIT, "SEGV": syscall.SIGSEGV,
	"TERM": syscall.SIGTERM, "USR1": syscall.SIGUSR1, "USR2": syscall.SIGUSR2,
	"BUS": syscall.SIGBUS, "TRAP": syscall.SIGTRAP, "SYS": syscall.SIGSYS, "XCPU": syscall.SIGXCPU, "XFSZ": syscall.SIGXFSZ,
	"VTALRM": syscall.SIGVTALRM, "PROF": syscall.SIGPROF, "IO": syscall.SIGIO, "PWR": syscall.SIGPWR, "STKFLT": syscall.SIGSTKFLT,
	"WINCH": syscall.SIGWINCH, "CONT": syscall.SIGCONT, "STOP": syscall.SIGSTOP, "TSTP": syscall.SIGTSTP,
	"TTIN": syscall.SIGTTIN, "TTOU": syscall.SIGTTOU, "URG": syscall.SIGURG, "CHLD": syscall.SIGCHLD,
}

// SignalByName understands "TERM", "SIGTERM", and the numbers 1 to 64.
func SignalByName(name string) (syscall.Signal, bool) {
	if n, err := strconv.Atoi(name); err == nil {
		return syscall.Signal(n), n >= 1 && n <= 64
	}
	sig, ok := signalNames[strings.TrimPrefix(name, "SIG")]
	return sig, ok
}

// SignalName is the reverse. A real-time signal has the name "RTMIN+n@postern.dev", as RFC 4254 wants local names.
func SignalName(sig syscall.Signal) string {
	for name, s := range signalNames {
		if s == sig {
			return name
		}
	}
	if sig >= 34 {
		return "RTMIN+" + strconv.Itoa(int(sig)-34) + "@postern.dev"
	}
	return "SIG" + strconv.Itoa(int(sig)) + "@postern.dev"
}

// ExitMessage says how a process ended: either a status, or the signal.
func ExitMessage(status syscall.WaitStatus) (uint32, *wire.ExitSignalMessage) {
	if status.Signaled() {
		return 0, &wire.ExitSignalMessage{Name: SignalName(status.Signal()), Core: status.CoreDump(), Text: status.Signal().String()}
	}
	return uint32(status.ExitStatus()), nil
}
