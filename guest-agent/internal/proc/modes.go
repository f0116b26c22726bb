// SPDX-License-Identifier: Apache-2.0

package proc

import (
	"encoding/binary"

	"golang.org/x/sys/unix"
)

const (
	ttyOpEnd    = 0
	ttyOpISpeed = 128
	ttyOpOSpeed = 129
	// opcodes from here on have no defined length: RFC 4254 section 8 tells a reader to stop
	ttyOpUndefined = 160
)

// Special characters, opcode -> index into c_cc. VDSUSP, VFLUSH and VSTATUS do not exist on Linux.
var specialCharacters = map[byte]int{
	1: unix.VINTR, 2: unix.VQUIT, 3: unix.VERASE, 4: unix.VKILL, 5: unix.VEOF, 6: unix.VEOL, 7: unix.VEOL2, 8: unix.VSTART,
	9: unix.VSTOP, 10: unix.VSUSP, 12: unix.VREPRINT, 13: unix.VWERASE, 14: unix.VLNEXT, 16: unix.VSWTC, 18: unix.VDISCARD,
}

var inputFlags = map[byte]uint32{
	30: unix.IGNPAR, 31: unix.PARMRK, 32: unix.INPCK, 33: unix.ISTRIP, 34: unix.INLCR, 35: unix.IGNCR, 36: unix.ICRNL,
	37: unix.IUCLC, 38: unix.IXON, 39: unix.IXANY, 40: unix.IXOFF, 41: unix.IMAXBEL, 42: unix.IUTF8,
}

var localFlags = map[byte]uint32{
	50: unix.ISIG, 51: unix.ICANON, 52: unix.XCASE, 53: unix.ECHO, 54: unix.ECHOE, 55: unix.ECHOK, 56: unix.ECHONL,
	57: unix.NOFLSH, 58: unix.TOSTOP, 59: unix.IEXTEN, 60: unix.ECHOCTL, 61: unix.ECHOKE, 62: unix.PENDIN,
}

var outputFlags = map[byte]uint32{
	70: unix.OPOST, 71: unix.OLCUC, 72: unix.ONLCR, 73: unix.OCRNL, 74: unix.ONOCR, 75: unix.ONLRET,
}

var controlSizes = map[byte]uint32{90: unix.CS7, 91: unix.CS8}

var controlFlags = map[byte]uint32{92: unix.PARENB, 93: unix.PARODD}

var speeds = map[uint32]uint32{
	0: unix.B0, 50: unix.B50, 75: unix.B75, 110: unix.B110, 134: unix.B134, 150: unix.B150, 200: unix.B200, 300: unix.B300,
	600: unix.B600, 1200: unix.B1200, 1800: unix.B1800, 2400: unix.B2400, 4800: unix.B4800, 9600: unix.B9600,
	19200: unix.B19200, 38400: unix.B38400, 57600: unix.B57600, 115200: unix.B115200, 230400: unix.B230400,
	460800: unix.B460800, 921600: unix.B921600, 1000000: unix.B1000000, 4000000: unix.B4000000,
}

// applyModes changes t as the encoded terminal modes of RFC 4254 section 8 say. What Linux does not have is skipped, and
// so is the rest of a list that is cut off.
func applyModes(t *unix.Termios, modes []byte) {
	for len(modes) >= 5 {
		opcode := modes[0]
		if opcode == ttyOpEnd || opcode >= ttyOpUndefined {
			return
		}
		applyMode(t, opcode, binary.BigEndian.Uint32(modes[1:]))
		modes = modes[5:]
	}
}

func applyMode(t *unix.Termios, opcode byte, value uint32) {
	if i, ok := specialCharacters[opcode]; ok {
		if value >= 255 {
			value = 0 // SSH writes 255 for "disabled", which is 0 here
		}
		t.Cc[i] = byte(value)
		return
	}
	switch opcode {
	case ttyOpISpeed, ttyOpOSpeed:
		applySpeed(t, opcode, value)
	default:
		setFlag(&t.Iflag, inputFlags[opcode], value)
		setFlag(&t.Lflag, localFlags[opcode], value)
		setFlag(&t.Oflag, outputFlags[opcode], value)
		setFlag(&t.Cflag, controlFlags[opcode], value)
		if size, ok := controlSizes[opcode]; ok && value != 0 {
			t.Cflag = t.Cflag&^unix.CSIZE | size
		}
	}
}

func setFlag(field *uint32, flag, value uint32) {
	if value != 0 {
		*field |= flag
	} else {
		*field &^= flag
	}
}

func applySpeed(t *unix.Termios, opcode byte, value uint32) {
	speed, ok := speeds[value]
	if !ok {
		return
	}
	if opcode == ttyOpISpeed {
		t.Ispeed = value
		return
	}
	t.Ospeed = value
	t.Cflag = t.Cflag&^unix.CBAUD | speed
}
