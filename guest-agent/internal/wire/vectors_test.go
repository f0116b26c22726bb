// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"reflect"
	"testing"
)

type vectors struct {
	Frames []struct {
		Name   string
		Type   string
		Flags  uint8
		Stream uint32
		Fields map[string]any
		Hex    string
	}
	Rejected []struct{ Name, Hex string }
}

func loadVectors(t testing.TB) vectors {
	t.Helper()
	text, err := os.ReadFile("../../testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestVectorsDecodeAndEncodeBack(t *testing.T) {
	seen := map[Type]bool{}
	for _, v := range loadVectors(t).Frames {
		t.Run(v.Name, func(t *testing.T) {
			raw := unhex(t, v.Hex)
			h, err := ParseHeader(raw)
			if err != nil || h.Type.String() != v.Type || h.Flags != v.Flags || h.Stream != v.Stream || int(h.Length) != len(raw)-HeaderSize {
				t.Fatalf("header %+v, %v", h, err)
			}
			seen[h.Type] = true
			fields, encoded, err := decodeAny(h.Type, raw[HeaderSize:], v.Fields["kind"])
			if err != nil {
				t.Fatal(err)
			}
			if trailing, ok := v.Fields["trailing"]; ok {
				raw = raw[:len(raw)-int(trailing.(float64))]
				delete(v.Fields, "trailing")
			}
			if !reflect.DeepEqual(normal(t, fields), normal(t, v.Fields)) {
				t.Errorf("fields %v, expected %v", normal(t, fields), v.Fields)
			}
			if again := Frame(h.Type, h.Flags, h.Stream, encoded); !bytes.Equal(again[HeaderSize:], raw[HeaderSize:]) {
				t.Errorf("encoded as %x", again)
			}
		})
	}
	for i, r := range rules {
		if r.name != "" && !seen[Type(i)] {
			t.Errorf("no vector for %s", r.name)
		}
	}
}

func TestVectorsRejected(t *testing.T) {
	for _, v := range loadVectors(t).Rejected {
		raw := unhex(t, v.Hex)
		h, err := ParseHeader(raw)
		if err == nil {
			_, _, err = decodeAny(h.Type, raw[HeaderSize:], nil)
		}
		if _, ok := err.(*Violated); !ok {
			t.Errorf("%s: %v", v.Name, err)
		}
	}
}

func normal(t *testing.T, fields map[string]any) map[string]any {
	t.Helper()
	text, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// decodeAny gives the fields of a payload under the names of vectors.json, and the payload encoded again.
func decodeAny(t Type, payload []byte, kind any) (map[string]any, []byte, error) {
	switch t {
	case Hello:
		m, err := DecodeHello(payload)
		return map[string]any{"minVersion": m.MinVersion, "maxVersion": m.MaxVersion, "maxFrame": m.MaxFrame, "window": m.Window,
			"maxStreams": m.MaxStreams, "nonceHex": hex.EncodeToString([]byte(m.Nonce)), "capabilities": m.Capabilities, "software": m.Software}, m.Encode(), err
	case Ping, Pong, Data:
		return map[string]any{"payloadHex": hex.EncodeToString(payload)}, payload, nil
	case GoAway:
		m, err := DecodeGoAway(payload)
		return map[string]any{"code": m.Code, "text": m.Text}, m.Encode(), err
	case Open:
		m, err := DecodeOpen(payload)
		return openFields(m), m.Encode(), err
	case OpenOK:
		return decodeOpenOK(payload, kind)
	case OpenFail:
		f, err := DecodeFailure(payload)
		return map[string]any{"class": f.Class, "errno": f.Errno, "text": f.Text}, f.Encode(), err
	case Incoming:
		m, err := DecodeIncoming(payload)
		return map[string]any{"listener": m.Listener, "originHost": m.OriginHost, "originPort": m.OriginPort}, m.Encode(), err
	case Window, Exit:
		n, err := DecodeUint32(t.String(), payload)
		return map[string]any{"number": n}, EncodeUint32(n), err
	case Resize:
		s, err := DecodeResize(payload)
		return sizeFields(map[string]any{}, s), s.Encode(), err
	case Signal:
		s, err := DecodeString("SIGNAL", payload, 60)
		return map[string]any{"name": s}, EncodeString(s), err
	case ExitSignal:
		m, err := DecodeExitSignal(payload)
		return map[string]any{"name": m.Name, "core": m.Core, "text": m.Text}, m.Encode(), err
	}
	return map[string]any{}, nil, nil
}

func decodeOpenOK(payload []byte, kind any) (map[string]any, []byte, error) {
	switch kind {
	case KindExec:
		n, err := DecodeUint32("OPEN_OK", payload)
		return map[string]any{"kind": kind, "number": n}, EncodeUint32(n), err
	case KindListenUnix:
		s, err := DecodeString("OPEN_OK", payload, 4096)
		return map[string]any{"kind": kind, "path": s}, EncodeString(s), err
	}
	return map[string]any{"kind": kind}, nil, nil
}

func sizeFields(into map[string]any, s Size) map[string]any {
	into["cols"], into["rows"], into["widthPixels"], into["heightPixels"] = s.Cols, s.Rows, s.WidthPixels, s.HeightPixels
	return into
}

func openFields(m OpenMessage) map[string]any {
	f := map[string]any{"kind": m.Kind, "user": m.User}
	env := [][]string{}
	for _, v := range m.Env {
		env = append(env, []string{v.Name, v.Value})
	}
	switch m.Kind {
	case KindExec:
		f["form"], f["args"], f["env"], f["cwd"] = m.Form, m.Args, env, m.Cwd
		if m.Pty != nil {
			f["pty"] = sizeFields(map[string]any{"term": m.Pty.Term, "modesHex": hex.EncodeToString([]byte(m.Pty.Modes))}, m.Pty.Size)
		}
	case KindSFTP:
		f["env"], f["cwd"] = env, m.Cwd
	case KindTCP:
		f["host"], f["port"], f["originHost"], f["originPort"] = m.Host, m.Port, m.OriginHost, m.OriginPort
	case KindUnix:
		f["path"] = m.Path
	case KindListenTCP:
		f["host"], f["port"] = m.Host, m.Port
	case KindListenUnix:
		f["path"], f["mode"], f["unlink"] = m.Path, m.Mode, m.Unlink
	}
	return f
}

func FuzzFrame(f *testing.F) {
	v := loadVectors(f)
	for _, frame := range v.Frames {
		f.Add(unhex(f, frame.Hex))
	}
	for _, frame := range v.Rejected {
		f.Add(unhex(f, frame.Hex))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) < HeaderSize {
			return
		}
		h, err := ParseHeader(raw)
		if err != nil {
			if _, ok := err.(*Violated); !ok {
				t.Fatalf("%T", err)
			}
			return
		}
		payload := raw[HeaderSize:]
		for _, kind := range []any{KindExec, KindListenUnix, KindTCP} {
			_, encoded, err := decodeAny(h.Type, payload, kind)
			if err != nil {
				continue
			}
			// What was understood is understood the same once more.
			if _, again, err := decodeAny(h.Type, encoded, kind); err != nil || !bytes.Equal(encoded, again) {
				t.Fatalf("%x became %x: %v", encoded, again, err)
			}
		}
	})
}
