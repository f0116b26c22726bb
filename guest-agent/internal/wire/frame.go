// SPDX-License-Identifier: Apache-2.0

// Package wire holds the frames of the agent protocol, PVA/1: their layout, their limits and nothing that moves them.
// docs/agent-protocol.md is the text this package follows.
package wire

import (
	"encoding/binary"
	"fmt"
)

const (
	// HeaderSize is the number of bytes in front of every payload.
	HeaderSize = 12
	// MaxData is the longest payload of a DATA frame.
	MaxData = 32 * 1024
	// MaxFrame is the longest payload of any frame.
	MaxFrame = 256 * 1024
	// Version is the one protocol version this agent speaks.
	Version = 1
	// Magic opens every HELLO.
	Magic = "PVA1"
	// MaxCredit is the most credit one direction of one stream may hold.
	MaxCredit = 1<<31 - 1
)

// Type is the first byte of a header.
type Type uint8

// The frame types. The high bit marks a type that a peer may skip when it does not know it.
const (
	Hello      Type = 1
	Ping       Type = 2
	Pong       Type = 3
	GoAway     Type = 4
	Open       Type = 16
	OpenOK     Type = 17
	OpenFail   Type = 18
	Incoming   Type = 19
	Data       Type = 20
	EOF        Type = 21
	Window     Type = 22
	Resize     Type = 23
	Signal     Type = 24
	Exit       Type = 25
	ExitSignal Type = 26
	Close      Type = 27

	ignorable = 0x80
)

// Values of the flags byte of CLOSE, as sent by the gateway.
const (
	Detach uint8 = 0 // normal end: signal nothing
	Hangup uint8 = 1 // lost transport: HUP to the group, KILL to the process after a grace
	Kill   uint8 = 2 // everything, at once
)

// Values of the flags byte of CLOSE, as sent by the agent.
const (
	Done   uint8 = 0 // the stream came to its end
	Broken uint8 = 1 // the far end broke, such as a connection reset
)

// Substreams, in the flags byte of DATA, EOF and WINDOW.
const (
	Main   uint8 = 0 // stdin, stdout, both directions of a socket
	Stderr uint8 = 1 // from the agent only
)

// Codes of GOAWAY.
const (
	ShuttingDown  uint32 = 0
	Violation     uint32 = 1
	NoVersion     uint32 = 2
	LimitExceeded uint32 = 3
)

// Violated says that the peer broke the protocol; the connection ends with it.
type Violated struct{ Text string }

func (v *Violated) Error() string { return v.Text }

// Violatedf makes a Violated.
func Violatedf(format string, args ...any) error {
	return &Violated{Text: fmt.Sprintf(format, args...)}
}

type rule struct {
	name     string
	min, max uint32
	maxFlag  uint8
	stream   bool // false: stream id must be 0
}

var rules = [...]rule{
	Hello:      {"HELLO", 0, 4096, 0, false},
	Ping:       {"PING", 0, 64, 0, false},
	Pong:       {"PONG", 0, 64, 0, false},
	GoAway:     {"GOAWAY", 8, 2048, 0, false},
	Open:       {"OPEN", 4, MaxFrame, 0, true},
	OpenOK:     {"OPEN_OK", 0, 8192, 0, true},
	OpenFail:   {"OPEN_FAIL", 12, 2048, 0, true},
	Incoming:   {"INCOMING", 12, 1024, 0, true},
	Data:       {"DATA", 1, MaxData, 1, true},
	EOF:        {"EOF", 0, 0, 1, true},
	Window:     {"WINDOW", 4, 4, 1, true},
	Resize:     {"RESIZE", 16, 16, 0, true},
	Signal:     {"SIGNAL", 5, 64, 0, true},
	Exit:       {"EXIT", 4, 4, 0, true},
	ExitSignal: {"EXIT_SIGNAL", 9, 2048, 0, true},
	Close:      {"CLOSE", 0, 0, 2, true},
}

func (t Type) known() bool { return int(t) < len(rules) && rules[t].name != "" }

// Skippable says whether a receiver that does not know t drops the frame and goes on.
func (t Type) Skippable() bool { return t&ignorable != 0 && !t.known() }

func (t Type) String() string {
	if t.known() {
		return rules[t].name
	}
	return fmt.Sprintf("type %d", uint8(t))
}

// Header is the fixed part of a frame.
type Header struct {
	Type   Type
	Flags  uint8
	Stream uint32
	Length uint32
}

// ParseHeader reads and checks a header. Nothing may be allocated for a payload before this has passed.
func ParseHeader(b []byte) (Header, error) {
	h := Header{
		Type:   Type(b[0]),
		Flags:  b[1],
		Stream: binary.BigEndian.Uint32(b[4:]),
		Length: binary.BigEndian.Uint32(b[8:]),
	}
	if b[2] != 0 || b[3] != 0 {
		return h, Violatedf("reserved header bytes are not zero in %s", h.Type)
	}
	if h.Type.Skippable() {
		if h.Length > MaxFrame {
			return h, Violatedf("%s of %d bytes, at most %d are allowed", h.Type, h.Length, MaxFrame)
		}
		return h, nil
	}
	if !h.Type.known() {
		return h, Violatedf("unknown frame %s", h.Type)
	}
	r := rules[h.Type]
	if h.Length < r.min || h.Length > r.max {
		return h, Violatedf("%s of %d bytes, expected %d to %d", h.Type, h.Length, r.min, r.max)
	}
	if h.Flags > r.maxFlag {
		return h, Violatedf("%s with flags %d, at most %d are known", h.Type, h.Flags, r.maxFlag)
	}
	if r.stream != (h.Stream != 0) {
		return h, Violatedf("%s on stream %d", h.Type, h.Stream)
	}
	return h, nil
}

// AppendHeader writes h behind dst.
func AppendHeader(dst []byte, h Header) []byte {
	dst = append(dst, byte(h.Type), h.Flags, 0, 0)
	dst = binary.BigEndian.AppendUint32(dst, h.Stream)
	return binary.BigEndian.AppendUint32(dst, h.Length)
}

// Frame puts header and payload together.
func Frame(t Type, flags uint8, stream uint32, payload []byte) []byte {
	b := make([]byte, 0, HeaderSize+len(payload))
	b = AppendHeader(b, Header{Type: t, Flags: flags, Stream: stream, Length: uint32(len(payload))})
	return append(b, payload...)
}
