// SPDX-License-Identifier: Apache-2.0

package wire

import "fmt"

// Class says why an OPEN failed, in terms that a gateway can act on.
type Class uint32

// The classes, one for each outcome that SSH tells apart.
const (
	Unknown        Class = 1
	NotFound       Class = 2  // no such command or file; exit status 127
	NotExecutable  Class = 3  // exit status 126
	ConnectRefused Class = 4  // somebody answered and said no
	Unreachable    Class = 5  // no route, or the name does not resolve
	Timeout        Class = 6  // nobody answered in time
	NotPermitted   Class = 7  // the user may not, or does not exist
	Resource       Class = 8  // out of processes, descriptors, terminals, memory
	AddressInUse   Class = 9  // somebody listens there already
	Unsupported    Class = 10 // this agent does not know the kind
	Invalid        Class = 11 // the request makes no sense, such as a path with a NUL byte
)

var classNames = [...]string{Unknown: "unknown", NotFound: "not-found", NotExecutable: "not-executable",
	ConnectRefused: "connect-refused", Unreachable: "unreachable", Timeout: "timeout", NotPermitted: "not-permitted",
	Resource: "resource", AddressInUse: "address-in-use", Unsupported: "unsupported", Invalid: "invalid"}

func (c Class) String() string {
	if int(c) < len(classNames) && c > 0 {
		return classNames[c]
	}
	return fmt.Sprintf("class %d", uint32(c))
}

// Failure is OPEN_FAIL, and the error every opener returns.
type Failure struct {
	Class Class
	Errno uint32
	Text  string
}

func (f *Failure) Error() string { return f.Text }

const maxText = 1024

// cut keeps at most maxText bytes; the peer's limits are not to be broken by a long path in an error text.
func cut(s string) string {
	if len(s) > maxText {
		return s[:maxText]
	}
	return s
}

// Encode gives the payload.
func (f Failure) Encode() []byte {
	var e Encoder
	e.Uint32(uint32(f.Class)).Uint32(f.Errno).String(cut(f.Text))
	return e.Bytes
}

// DecodeFailure reads an OPEN_FAIL.
func DecodeFailure(payload []byte) (Failure, error) {
	d := NewDecoder(payload)
	f := Failure{Class: Class(d.Uint32("class")), Errno: d.Uint32("errno"), Text: d.String("text", maxText)}
	return f, d.End("OPEN_FAIL")
}

// GoAwayMessage is GOAWAY.
type GoAwayMessage struct {
	Code uint32
	Text string
}

// Encode gives the payload.
func (m GoAwayMessage) Encode() []byte {
	var e Encoder
	e.Uint32(m.Code).String(cut(m.Text))
	return e.Bytes
}

// DecodeGoAway reads a GOAWAY.
func DecodeGoAway(payload []byte) (GoAwayMessage, error) {
	d := NewDecoder(payload)
	m := GoAwayMessage{Code: d.Uint32("code"), Text: d.String("text", maxText)}
	return m, d.End("GOAWAY")
}

// IncomingMessage is INCOMING.
type IncomingMessage struct {
	Listener   uint32
	OriginHost string
	OriginPort uint32
}

// Encode gives the payload.
func (m IncomingMessage) Encode() []byte {
	var e Encoder
	e.Uint32(m.Listener).String(m.OriginHost).Uint32(m.OriginPort)
	return e.Bytes
}

// DecodeIncoming reads an INCOMING.
func DecodeIncoming(payload []byte) (IncomingMessage, error) {
	d := NewDecoder(payload)
	m := IncomingMessage{Listener: d.Uint32("listener"), OriginHost: d.String("origin host", maxHost), OriginPort: decodePort(d, "origin port")}
	return m, d.End("INCOMING")
}

// ExitSignalMessage is EXIT_SIGNAL.
type ExitSignalMessage struct {
	Name string // without "SIG", RFC 4254 section 6.10
	Core bool
	Text string
}

// Encode gives the payload.
func (m ExitSignalMessage) Encode() []byte {
	var e Encoder
	e.String(m.Name).Bool(m.Core).String(cut(m.Text))
	return e.Bytes
}

// DecodeExitSignal reads an EXIT_SIGNAL.
func DecodeExitSignal(payload []byte) (ExitSignalMessage, error) {
	d := NewDecoder(payload)
	m := ExitSignalMessage{Name: d.String("signal", 60), Core: d.Bool("core"), Text: d.String("text", maxText)}
	return m, d.End("EXIT_SIGNAL")
}

// EncodeUint32 gives the payload of WINDOW, EXIT, and of the OPEN_OK of exec, sftp (process id) and listen-tcp (port).
func EncodeUint32(v uint32) []byte { return (&Encoder{}).Uint32(v).Bytes }

// DecodeUint32 reads such a payload.
func DecodeUint32(frame string, payload []byte) (uint32, error) {
	d := NewDecoder(payload)
	v := d.Uint32("number")
	return v, d.End(frame)
}

// EncodeString gives the payload of SIGNAL, and of the OPEN_OK of listen-unix (path).
func EncodeString(s string) []byte { return (&Encoder{}).String(s).Bytes }

// DecodeString reads such a payload.
func DecodeString(frame string, payload []byte, limit int) (string, error) {
	d := NewDecoder(payload)
	s := d.String("string", limit)
	return s, d.End(frame)
}
