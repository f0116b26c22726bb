// SPDX-License-Identifier: Apache-2.0

// Package sftpd serves SFTP version 3 (draft-ietf-secsh-filexfer-02) as OpenSSH's sftp-server does, with its extensions:
// the same errors, the same meaning of RENAME, REMOVE, APPEND and REALPATH. docs/decisions tells why pkg/sftp's server is
// not used for it.
package sftpd

import (
	"encoding/binary"
	"errors"
)

const (
	maxPacket = 256 * 1024
	// overhead is left of a packet for what is not data, as OpenSSH reckons.
	overhead = 1024
	maxData  = maxPacket - overhead

	fxpInit          = 1
	fxpVersion       = 2
	fxpOpen          = 3
	fxpClose         = 4
	fxpRead          = 5
	fxpWrite         = 6
	fxpLstat         = 7
	fxpFstat         = 8
	fxpSetstat       = 9
	fxpFsetstat      = 10
	fxpOpendir       = 11
	fxpReaddir       = 12
	fxpRemove        = 13
	fxpMkdir         = 14
	fxpRmdir         = 15
	fxpRealpath      = 16
	fxpStat          = 17
	fxpRename        = 18
	fxpReadlink      = 19
	fxpSymlink       = 20
	fxpStatus        = 101
	fxpHandle        = 102
	fxpData          = 103
	fxpName          = 104
	fxpAttrs         = 105
	fxpExtended      = 200
	fxpExtendedReply = 201

	attrSize        = 0x1
	attrUIDGID      = 0x2
	attrPermissions = 0x4
	attrTimes       = 0x8
	attrExtended    = 0x80000000
)

var errMalformed = errors.New("malformed request")

// request reads the fields of a packet; the first error sticks.
type request struct {
	rest []byte
	bad  bool
}

func (r *request) take(n uint64) []byte {
	if r.bad || uint64(len(r.rest)) < n {
		r.bad = true
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *request) uint32() uint32 {
	if b := r.take(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

func (r *request) uint64() uint64 {
	if b := r.take(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

func (r *request) bytes() []byte { return r.take(uint64(r.uint32())) }

func (r *request) string() string { return string(r.bytes()) }

// attributes is what a client asks to set.
type attributes struct {
	flags       uint32
	size        uint64
	uid, gid    uint32
	permissions uint32
	atime       uint32
	mtime       uint32
}

func (r *request) attributes() attributes {
	a := attributes{flags: r.uint32()}
	if a.flags&attrSize != 0 {
		a.size = r.uint64()
	}
	if a.flags&attrUIDGID != 0 {
		a.uid, a.gid = r.uint32(), r.uint32()
	}
	if a.flags&attrPermissions != 0 {
		a.permissions = r.uint32()
	}
	if a.flags&attrTimes != 0 {
		a.atime, a.mtime = r.uint32(), r.uint32()
	}
	if a.flags&attrExtended != 0 {
		for n := r.uint32(); n > 0 && !r.bad; n-- {
			r.bytes()
			r.bytes()
		}
	}
	return a
}

// reply builds one packet; its length is filled in when it is sent.
type reply struct{ b []byte }

func newReply(kind byte, id uint32) *reply {
	r := &reply{b: make([]byte, 4, 128)}
	r.b = append(r.b, kind)
	return r.uint32(id)
}

func (r *reply) uint32(v uint32) *reply {
	r.b = binary.BigEndian.AppendUint32(r.b, v)
	return r
}

func (r *reply) uint64(v uint64) *reply {
	r.b = binary.BigEndian.AppendUint64(r.b, v)
	return r
}

func (r *reply) string(s string) *reply {
	r.uint32(uint32(len(s)))
	r.b = append(r.b, s...)
	return r
}

func (r *reply) finish() []byte {
	binary.BigEndian.PutUint32(r.b, uint32(len(r.b)-4))
	return r.b
}
