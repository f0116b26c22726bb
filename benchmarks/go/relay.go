// SPDX-License-Identifier: Apache-2.0

package main

import (
	"flag"
	"fmt"
	"io"
	"net"
	"time"
)

// relay passes TCP connections on, each byte later by half a round trip, with at most a fixed number of bytes under way.
func relay(arguments []string) (any, error) {
	flags := flag.NewFlagSet("relay", flag.ExitOnError)
	to := flags.String("to", "", "host:port")
	trip := flags.Duration("round-trip", 100*time.Millisecond, "for there and back")
	flags.Parse(arguments)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	fmt.Printf("{\"port\": %d}\n", listener.Addr().(*net.TCPAddr).Port)
	for {
		near, err := listener.Accept()
		if err != nil {
			return nil, err
		}
		far, err := net.Dial("tcp", *to)
		if err != nil {
			near.Close()
			continue
		}
		go delayed(near, far, *trip/2)
		go delayed(far, near, *trip/2)
	}
}

type chunk struct {
	due  time.Time
	data []byte
}

func delayed(from, to net.Conn, delay time.Duration) {
	// 1,024 chunks of at most 64 KiB: more than any window that is measured here
	queue := make(chan chunk, 1024)
	go func() {
		defer close(queue)
		for {
			data := make([]byte, 1<<16)
			n, err := from.Read(data)
			if n > 0 {
				queue <- chunk{time.Now().Add(delay), data[:n]}
			}
			if err != nil {
				return
			}
		}
	}()
	for next := range queue {
		time.Sleep(time.Until(next.due))
		if _, err := to.Write(next.data); err != nil {
			break
		}
	}
	if closer, ok := to.(interface{ CloseWrite() error }); ok {
		closer.CloseWrite()
	}
	for range queue {
	}
	io.Copy(io.Discard, from)
}
