// SPDX-License-Identifier: Apache-2.0

package main

import (
	"flag"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
)

// target is the server under test, as given by flags.
type target struct {
	address *string
	user    *string
	key     *string
	ciphers *string
	kex     *string

	once   sync.Once
	signer ssh.Signer
	err    error
}

func targetFlags(flags *flag.FlagSet) *target {
	return &target{
		address: flags.String("address", "127.0.0.1:2222", "host:port of the server"),
		user:    flags.String("user", "root", "SSH user name"),
		key:     flags.String("key", "", "file with the private key"),
		ciphers: flags.String("ciphers", "aes128-gcm@openssh.com", "comma separated"),
		kex:     flags.String("kex", "mlkem768x25519-sha256,curve25519-sha256", "comma separated"),
	}
}

func (t *target) config() (*ssh.ClientConfig, error) {
	t.once.Do(func() {
		var pem []byte
		if pem, t.err = os.ReadFile(*t.key); t.err == nil {
			t.signer, t.err = ssh.ParsePrivateKey(pem)
		}
	})
	if t.err != nil {
		return nil, t.err
	}
	return &ssh.ClientConfig{
		Config: ssh.Config{
			Ciphers:      strings.Split(*t.ciphers, ","),
			KeyExchanges: strings.Split(*t.kex, ","),
		},
		// What both servers have; x/crypto would ask for an RSA signature if there were one
		HostKeyAlgorithms: []string{ssh.KeyAlgoED25519},
		User:              *t.user,
		Auth:              []ssh.AuthMethod{ssh.PublicKeys(t.signer)},
		// The servers are ours, started a moment ago on loopback.
		HostKeyCallback: ssh.InsecureIgnoreHostKey(),
		Timeout:         60 * time.Second,
	}, nil
}

func (t *target) dial() (*ssh.Client, error) {
	config, err := t.config()
	if err != nil {
		return nil, err
	}
	connection, err := net.DialTimeout("tcp", *t.address, config.Timeout)
	if err != nil {
		return nil, err
	}
	connection.SetDeadline(time.Now().Add(config.Timeout))
	client, channels, requests, err := ssh.NewClientConn(connection, *t.address, config)
	if err != nil {
		connection.Close()
		return nil, err
	}
	connection.SetDeadline(time.Time{})
	return ssh.NewClient(client, channels, requests), nil
}

// inParallel calls work for 0..count-1 from a number of workers and answers the first error.
func inParallel(count, workers int, work func(int) error) error {
	next := make(chan int)
	failed := make(chan error, workers)
	var group sync.WaitGroup
	for range workers {
		group.Add(1)
		go func() {
			defer group.Done()
			for i := range next {
				if err := work(i); err != nil {
					failed <- err
					return
				}
			}
		}()
	}
	done := make(chan struct{})
	go func() { group.Wait(); close(done) }()
	for i := range count {
		select {
		case next <- i:
		case <-done:
			return <-failed
		}
	}
	close(next)
	<-done
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}
