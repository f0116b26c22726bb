// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"

	"golang.org/x/crypto/ssh"
)

// serve is the least that a server on x/crypto/ssh has to do for the rows of the table; ContainerSSH, sshpiper and others
// are built on this library.
func serve(arguments []string) (any, error) {
	flags := flag.NewFlagSet("serve", flag.ExitOnError)
	address := flags.String("address", "127.0.0.1:0", "to listen on")
	hostKey := flags.String("host-key", "", "file with the host's private key")
	authorized := flags.String("authorized", "", "file with one public key")
	sftpServer := flags.String("sftp-server", "/usr/lib/openssh/sftp-server", "program for the sftp subsystem")
	flags.Parse(arguments)
	pem, err := os.ReadFile(*hostKey)
	if err != nil {
		return nil, err
	}
	signer, err := ssh.ParsePrivateKey(pem)
	if err != nil {
		return nil, err
	}
	line, err := os.ReadFile(*authorized)
	if err != nil {
		return nil, err
	}
	known, _, _, _, err := ssh.ParseAuthorizedKey(line)
	if err != nil {
		return nil, err
	}
	config := &ssh.ServerConfig{
		PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			if bytes.Equal(key.Marshal(), known.Marshal()) {
				return &ssh.Permissions{}, nil
			}
			return nil, errors.New("unknown key")
		},
	}
	config.AddHostKey(signer)
	listener, err := net.Listen("tcp", *address)
	if err != nil {
		return nil, err
	}
	fmt.Printf("{\"port\": %d}\n", listener.Addr().(*net.TCPAddr).Port)
	for {
		connection, err := listener.Accept()
		if err != nil {
			return nil, err
		}
		go serveConnection(connection, config, *sftpServer)
	}
}

func serveConnection(connection net.Conn, config *ssh.ServerConfig, sftpServer string) {
	server, channels, requests, err := ssh.NewServerConn(connection, config)
	if err != nil {
		connection.Close()
		return
	}
	defer server.Close()
	go ssh.DiscardRequests(requests)
	for next := range channels {
		switch next.ChannelType() {
		case "session":
			if channel, requests, err := next.Accept(); err == nil {
				go serveSession(channel, requests, sftpServer)
			}
		case "direct-tcpip":
			go serveForward(next)
		default:
			next.Reject(ssh.UnknownChannelType, "not served")
		}
	}
}

func serveSession(channel ssh.Channel, requests <-chan *ssh.Request, sftpServer string) {
	for request := range requests {
		var command *exec.Cmd
		var payload struct{ Text string }
		if ssh.Unmarshal(request.Payload, &payload) == nil {
			switch {
			case request.Type == "exec":
				command = exec.Command("/bin/sh", "-c", payload.Text)
			case request.Type == "subsystem" && payload.Text == "sftp":
				command = exec.Command(sftpServer)
			}
		}
		request.Reply(command != nil, nil)
		if command != nil {
			go run(channel, command)
		}
	}
}

func run(channel ssh.Channel, command *exec.Cmd) {
	defer channel.Close()
	command.Stdout = channel
	command.Stderr = channel.Stderr()
	in, err := command.StdinPipe()
	if err != nil || command.Start() != nil {
		return
	}
	go func() {
		io.Copy(in, channel)
		in.Close()
	}()
	status := uint32(0)
	if err := command.Wait(); err != nil {
		status = 255
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			status = uint32(exit.ExitCode())
		}
	}
	channel.CloseWrite()
	channel.SendRequest("exit-status", false, binary.BigEndian.AppendUint32(nil, status))
}

func serveForward(request ssh.NewChannel) {
	var wanted struct {
		Host       string
		Port       uint32
		OriginHost string
		OriginPort uint32
	}
	if err := ssh.Unmarshal(request.ExtraData(), &wanted); err != nil || strings.ContainsAny(wanted.Host, " \n") {
		request.Reject(ssh.ConnectionFailed, "malformed")
		return
	}
	connection, err := net.Dial("tcp", net.JoinHostPort(wanted.Host, fmt.Sprint(wanted.Port)))
	if err != nil {
		request.Reject(ssh.ConnectionFailed, err.Error())
		return
	}
	channel, requests, err := request.Accept()
	if err != nil {
		connection.Close()
		return
	}
	go ssh.DiscardRequests(requests)
	go func() {
		io.Copy(connection, channel)
		connection.(*net.TCPConn).CloseWrite()
	}()
	io.Copy(channel, connection)
	channel.Close()
	connection.Close()
}
