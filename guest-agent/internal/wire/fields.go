// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"encoding/binary"
)

// Encoder builds a payload in the encoding of RFC 4251 section 5: uint32, string, boolean.
type Encoder struct{ Bytes []byte }

// Uint32 appends a number.
func (e *Encoder) Uint32(v uint32) *Encoder {
	e.Bytes = binary.BigEndian.AppendUint32(e.Bytes, v)
	return e
}

// String appends a length and the bytes.
func (e *Encoder) String(s string) *Encoder {
	e.Uint32(uint32(len(s)))
	e.Bytes = append(e.Bytes, s...)
	return e
}

// Bool appends one byte.
func (e *Encoder) Bool(v bool) *Encoder {
	if v {
		e.Bytes = append(e.Bytes, 1)
	} else {
		e.Bytes = append(e.Bytes, 0)
	}
	return e
}

// Strings appends a count and that many strings.
func (e *Encoder) Strings(list []string) *Encoder {
	e.Uint32(uint32(len(list)))
	for _, s := range list {
		e.String(s)
	}
	return e
}

// Decoder reads a payload that nobody vouches for. The first error sticks; every later read gives a zero value.
type Decoder struct {
	rest []byte
	err  error
}

// NewDecoder reads from payload, which must not change meanwhile.
func NewDecoder(payload []byte) *Decoder { return &Decoder{rest: payload} }

func (d *Decoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err = Violatedf(format, args...)
	}
	d.rest = nil
}

// Uint32 reads a number.
func (d *Decoder) Uint32(field string) uint32 {
	if d.err != nil {
		return 0
	}
	if len(d.rest) < 4 {
		d.fail("%s is cut off", field)
		return 0
	}
	v := binary.BigEndian.Uint32(d.rest)
	d.rest = d.rest[4:]
	return v
}

// String reads at most limit bytes.
func (d *Decoder) String(field string, limit int) string {
	n := d.Uint32(field)
	if d.err != nil {
		return ""
	}
	if uint64(n) > uint64(limit) {
		d.fail("%s of %d bytes, at most %d are allowed", field, n, limit)
		return ""
	}
	if uint64(n) > uint64(len(d.rest)) {
		d.fail("%s is cut off", field)
		return ""
	}
	s := string(d.rest[:n])
	d.rest = d.rest[n:]
	return s
}

// Bool reads one byte, which must be 0 or 1.
func (d *Decoder) Bool(field string) bool {
	if d.err != nil {
		return false
	}
	if len(d.rest) < 1 {
		d.fail("%s is cut off", field)
		return false
	}
	b := d.rest[0]
	d.rest = d.rest[1:]
	if b > 1 {
		d.fail("%s is %d, expected 0 or 1", field, b)
	}
	return b == 1
}

// Count reads the length of a list whose elements take at least size bytes each, so that a lie costs no memory.
func (d *Decoder) Count(field string, limit, size int) int {
	n := d.Uint32(field)
	if d.err != nil {
		return 0
	}
	if uint64(n) > uint64(limit) {
		d.fail("%s counts %d, at most %d are allowed", field, n, limit)
		return 0
	}
	if uint64(n)*uint64(size) > uint64(len(d.rest)) {
		d.fail("%s is cut off", field)
		return 0
	}
	return int(n)
}

// Strings reads a counted list.
func (d *Decoder) Strings(field string, limit, each int) []string {
	n := d.Count(field, limit, 4)
	list := make([]string, 0, n)
	for range n {
		list = append(list, d.String(field, each))
	}
	if d.err != nil {
		return nil
	}
	return list
}

// End checks that nothing is left over.
func (d *Decoder) End(frame string) error {
	if d.err == nil && len(d.rest) != 0 {
		d.fail("%s has %d bytes too many", frame, len(d.rest))
	}
	return d.err
}

// Err is the first error met.
func (d *Decoder) Err() error { return d.err }
