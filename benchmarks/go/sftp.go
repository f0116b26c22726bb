// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/binary"
	"fmt"
	"io"

	"golang.org/x/crypto/ssh"
)

// sftp is as much of an SFTP version 3 client as reading a file takes.
type sftp struct {
	pipe
	id     uint32
	buffer []byte
}

func openSftp(client *ssh.Client) (*sftp, error) {
	session, err := client.NewSession()
	if err != nil {
		return nil, err
	}
	in, err := session.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := session.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := session.RequestSubsystem("sftp"); err != nil {
		return nil, err
	}
	s := &sftp{pipe: pipe{in, out}}
	if err := s.send([]byte{1, 0, 0, 0, 3}); err != nil {
		return nil, err
	}
	_, err = s.receive(2)
	return s, err
}

func (s *sftp) send(payload []byte) error {
	_, err := s.in.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(payload))), payload...))
	return err
}

// receive reads one packet, which must be of this type, and answers what follows the type.
func (s *sftp) receive(kind byte) ([]byte, error) {
	var header [4]byte
	if _, err := io.ReadFull(s.out, header[:]); err != nil {
		return nil, err
	}
	length := int(binary.BigEndian.Uint32(header[:]))
	if length < 1 || length > 1<<20 {
		return nil, fmt.Errorf("SFTP packet of %d bytes", length)
	}
	if cap(s.buffer) < length {
		s.buffer = make([]byte, length)
	}
	packet := s.buffer[:length]
	if _, err := io.ReadFull(s.out, packet); err != nil {
		return nil, err
	}
	if packet[0] != kind {
		return nil, fmt.Errorf("SFTP packet of type %d, expected %d: %q", packet[0], kind, packet[1:])
	}
	return packet[1:], nil
}

func (s *sftp) request(kind byte, parts ...[]byte) error {
	s.id++
	payload := binary.BigEndian.AppendUint32([]byte{kind}, s.id)
	for _, part := range parts {
		payload = append(payload, part...)
	}
	return s.send(payload)
}

func str(bytes []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(bytes))), bytes...)
}

// open opens a file for reading; answers its handle and size.
func (s *sftp) open(path string) ([]byte, int64, error) {
	if err := s.request(3, str([]byte(path)), []byte{0, 0, 0, 1, 0, 0, 0, 0}); err != nil {
		return nil, 0, err
	}
	reply, err := s.receive(102)
	if err != nil {
		return nil, 0, err
	}
	handle := append([]byte(nil), reply[8:]...)
	if err := s.request(8, str(handle)); err != nil {
		return nil, 0, err
	}
	attributes, err := s.receive(105)
	if err != nil {
		return nil, 0, err
	}
	if binary.BigEndian.Uint32(attributes[4:])&1 == 0 {
		return nil, 0, fmt.Errorf("the server does not tell the size of %q", path)
	}
	return handle, int64(binary.BigEndian.Uint64(attributes[8:])), nil
}

func (s *sftp) read(handle []byte, offset uint64, length uint32) error {
	place := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint64(nil, offset), length)
	if err := s.request(5, str(handle), place); err != nil {
		return err
	}
	reply, err := s.receive(103)
	if err == nil && binary.BigEndian.Uint32(reply[4:]) != length {
		err = fmt.Errorf("%d bytes at %d, expected %d", binary.BigEndian.Uint32(reply[4:]), offset, length)
	}
	return err
}
