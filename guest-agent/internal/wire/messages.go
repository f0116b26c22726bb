// SPDX-License-Identifier: Apache-2.0

package wire

// HelloMessage is what each side says first.
type HelloMessage struct {
	MinVersion, MaxVersion uint32
	MaxFrame               uint32 // longest payload its sender accepts
	Window                 uint32 // credit its sender gives to each direction of a stream at the start
	MaxStreams             uint32 // most streams its sender lets the peer have open
	Nonce                  string
	Capabilities           []string
	Software               string
}

// Encode gives the payload.
func (m HelloMessage) Encode() []byte {
	var e Encoder
	e.String(Magic).Uint32(m.MinVersion).Uint32(m.MaxVersion).Uint32(m.MaxFrame).Uint32(m.Window).Uint32(m.MaxStreams)
	e.String(m.Nonce).Strings(m.Capabilities).String(m.Software)
	return e.Bytes
}

// DecodeHello reads a HELLO. What a later version puts behind the known fields is skipped.
func DecodeHello(payload []byte) (HelloMessage, error) {
	d := NewDecoder(payload)
	var m HelloMessage
	if magic := d.String("magic", 16); d.err == nil && magic != Magic {
		return m, Violatedf("magic %q, expected %q", magic, Magic)
	}
	m.MinVersion, m.MaxVersion = d.Uint32("minimum version"), d.Uint32("maximum version")
	m.MaxFrame, m.Window, m.MaxStreams = d.Uint32("maximum frame"), d.Uint32("window"), d.Uint32("maximum streams")
	m.Nonce = d.String("nonce", 64)
	m.Capabilities = d.Strings("capabilities", 64, 64)
	m.Software = d.String("software", 256)
	switch {
	case d.err != nil:
		return m, d.err
	case m.MinVersion == 0 || m.MinVersion > m.MaxVersion:
		return m, Violatedf("versions %d to %d are no range", m.MinVersion, m.MaxVersion)
	case m.MaxFrame < MaxData || m.MaxFrame > MaxFrame:
		return m, Violatedf("maximum frame %d, expected %d to %d", m.MaxFrame, MaxData, MaxFrame)
	case m.Window == 0 || m.Window > MaxCredit:
		return m, Violatedf("window %d, expected 1 to %d", m.Window, MaxCredit)
	case len(m.Nonce) < 16:
		return m, Violatedf("nonce of %d bytes, expected 16 to 64", len(m.Nonce))
	}
	return m, nil
}

// Kinds of OPEN.
const (
	KindExec       = "exec"
	KindSFTP       = "sftp"
	KindTCP        = "tcp"
	KindUnix       = "unix"
	KindListenTCP  = "listen-tcp"
	KindListenUnix = "listen-unix"
)

// Forms of a command.
const (
	FormShell   uint32 = 0 // login shell, no argument
	FormCommand uint32 = 1 // one string for the user's shell
	FormArgv    uint32 = 2 // argument vector, no shell
)

// Limits of the fields of OPEN.
const (
	maxArgs = 8192
	maxEnv  = 1024
	maxPath = 4096
	maxUser = 256
	maxHost = 255
)

// EnvVar is one requested environment variable.
type EnvVar struct{ Name, Value string }

// PtyRequest asks for a terminal.
type PtyRequest struct {
	Term  string
	Size  Size
	Modes string // RFC 4254 section 8
}

// Size of a terminal.
type Size struct{ Cols, Rows, WidthPixels, HeightPixels uint32 }

// OpenMessage is OPEN; which fields count depends on Kind.
type OpenMessage struct {
	Kind string
	User string // empty: whoever the agent runs as

	Form uint32   // exec
	Args []string // exec
	Env  []EnvVar // exec, sftp
	Cwd  string   // exec, sftp; empty: home directory
	Pty  *PtyRequest

	Host       string // tcp: destination, listen-tcp: address to bind
	Port       uint32
	OriginHost string // tcp
	OriginPort uint32

	Path   string // unix, listen-unix; empty for listen-unix: the agent picks a private path
	Mode   uint32 // listen-unix
	Unlink bool   // listen-unix: remove a stale socket first
}

// Encode gives the payload.
func (m OpenMessage) Encode() []byte {
	var e Encoder
	e.String(m.Kind).String(m.User)
	switch m.Kind {
	case KindExec:
		e.Uint32(m.Form).Strings(m.Args)
		m.encodeEnv(&e)
		e.String(m.Cwd).Bool(m.Pty != nil)
		if m.Pty != nil {
			e.String(m.Pty.Term)
			m.Pty.Size.encode(&e)
			e.String(m.Pty.Modes)
		}
	case KindSFTP:
		m.encodeEnv(&e)
		e.String(m.Cwd)
	case KindTCP:
		e.String(m.Host).Uint32(m.Port).String(m.OriginHost).Uint32(m.OriginPort)
	case KindUnix:
		e.String(m.Path)
	case KindListenTCP:
		e.String(m.Host).Uint32(m.Port)
	case KindListenUnix:
		e.String(m.Path).Uint32(m.Mode).Bool(m.Unlink)
	}
	return e.Bytes
}

func (m OpenMessage) encodeEnv(e *Encoder) {
	e.Uint32(uint32(len(m.Env)))
	for _, v := range m.Env {
		e.String(v.Name).String(v.Value)
	}
}

// DecodeOpen reads an OPEN. An unknown kind is no violation: its fields are left unread and the opener is refused.
func DecodeOpen(payload []byte) (OpenMessage, error) {
	d := NewDecoder(payload)
	m := OpenMessage{Kind: d.String("kind", 64), User: d.String("user", maxUser)}
	switch m.Kind {
	case KindExec:
		m.Form = d.Uint32("form")
		m.Args = d.Strings("arguments", maxArgs, MaxFrame)
		m.Env = decodeEnv(d)
		m.Cwd = d.String("cwd", maxPath)
		if d.Bool("pty") {
			m.Pty = &PtyRequest{Term: d.String("term", 128), Size: decodeSize(d), Modes: d.String("modes", 1024)}
		}
		if d.err == nil {
			checkForm(d, m.Form, len(m.Args))
		}
	case KindSFTP:
		m.Env = decodeEnv(d)
		m.Cwd = d.String("cwd", maxPath)
	case KindTCP:
		m.Host, m.Port = d.String("host", maxHost), decodePort(d, "port")
		m.OriginHost, m.OriginPort = d.String("origin host", maxHost), decodePort(d, "origin port")
	case KindUnix:
		m.Path = d.String("path", maxPath)
	case KindListenTCP:
		m.Host, m.Port = d.String("address", maxHost), decodePort(d, "port")
	case KindListenUnix:
		m.Path = d.String("path", maxPath)
		m.Mode = d.Uint32("mode")
		m.Unlink = d.Bool("unlink")
		if d.err == nil && m.Mode > 0o777 {
			d.fail("mode %o, at most 777 is allowed", m.Mode)
		}
	default:
		return m, d.err
	}
	return m, d.End("OPEN " + m.Kind)
}

func checkForm(d *Decoder, form uint32, args int) {
	switch {
	case form == FormShell && args == 0, form == FormCommand && args == 1, form == FormArgv && args > 0:
	case form > FormArgv:
		d.fail("form %d, at most %d is known", form, FormArgv)
	default:
		d.fail("form %d with %d arguments", form, args)
	}
}

func decodeEnv(d *Decoder) []EnvVar {
	n := d.Count("environment", maxEnv, 8)
	var list []EnvVar
	for range n {
		list = append(list, EnvVar{Name: d.String("environment name", 1024), Value: d.String("environment value", 128*1024)})
	}
	return list
}

func decodePort(d *Decoder, field string) uint32 {
	p := d.Uint32(field)
	if p > 65535 {
		d.fail("%s %d, at most 65535 is a port", field, p)
	}
	return p
}

func (s Size) encode(e *Encoder) {
	e.Uint32(s.Cols).Uint32(s.Rows).Uint32(s.WidthPixels).Uint32(s.HeightPixels)
}

// Encode gives the payload of RESIZE.
func (s Size) Encode() []byte {
	var e Encoder
	s.encode(&e)
	return e.Bytes
}

func decodeSize(d *Decoder) Size {
	return Size{Cols: d.Uint32("columns"), Rows: d.Uint32("rows"), WidthPixels: d.Uint32("width"), HeightPixels: d.Uint32("height")}
}

// DecodeResize reads a RESIZE.
func DecodeResize(payload []byte) (Size, error) {
	d := NewDecoder(payload)
	s := decodeSize(d)
	return s, d.End("RESIZE")
}
