// SPDX-License-Identifier: Apache-2.0

package proc

import (
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func TestSignalNames(t *testing.T) {
	for name, sig := range signalNames {
		for _, spelled := range []string{name, "SIG" + name} {
			if got, ok := SignalByName(spelled); !ok || got != sig {
				t.Errorf("%q is %v", spelled, got)
			}
		}
		if back, ok := SignalByName(SignalName(sig)); !ok || back != sig {
			t.Errorf("%v is %q", sig, SignalName(sig))
		}
	}
	for _, name := range []string{"", "NONE", "65", "0", "-9", "term"} {
		if sig, ok := SignalByName(name); ok {
			t.Errorf("%q is %v", name, sig)
		}
	}
	if got := SignalName(37); got != "RTMIN+3@postern.dev" {
		t.Error(got)
	}
}

func TestExitMessage(t *testing.T) {
	if _, sig := ExitMessage(syscall.WaitStatus(syscall.SIGSEGV | 0x80)); sig == nil || sig.Name != "SEGV" || !sig.Core {
		t.Errorf("%+v", sig)
	}
	if status, sig := ExitMessage(syscall.WaitStatus(255 << 8)); sig != nil || status != 255 {
		t.Errorf("%d %+v", status, sig)
	}
}

func TestModesOfAnyLengthAreRead(t *testing.T) {
	var termios unix.Termios
	full := []byte{53, 0, 0, 0, 1, 200, 1, 2, 3, 4, 51, 0, 0, 0, 1}
	for n := range full {
		applyModes(&termios, full[:n])
	}
	if termios.Lflag&unix.ECHO == 0 {
		t.Error("ECHO was not set")
	}
	if termios.Lflag&unix.ICANON != 0 {
		t.Error("reading went on behind an opcode without a known length")
	}
}

func FuzzModes(f *testing.F) {
	f.Add([]byte{53, 0, 0, 0, 1, 0})
	f.Fuzz(func(_ *testing.T, modes []byte) { applyModes(&unix.Termios{}, modes) })
}
