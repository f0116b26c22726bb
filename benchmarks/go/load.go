// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand"
	"net"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"
)

// logins runs whole connections, each with "true", and tells how long each took.
func logins(arguments []string) (any, error) {
	flags := flag.NewFlagSet("logins", flag.ExitOnError)
	t := targetFlags(flags)
	count := flags.Int("count", 100, "logins")
	clients := flags.Int("clients", 1, "at a time")
	flags.Parse(arguments)
	millis := make([]float64, *count)
	start := time.Now()
	err := inParallel(*count, *clients, func(i int) error {
		begin := time.Now()
		client, err := t.dial()
		if err != nil {
			return err
		}
		defer client.Close()
		session, err := client.NewSession()
		if err != nil {
			return err
		}
		if err := session.Run("true"); err != nil {
			return err
		}
		millis[i] = time.Since(begin).Seconds() * 1000
		return nil
	})
	if err != nil {
		return nil, err
	}
	seconds := time.Since(start).Seconds()
	return map[string]any{"seconds": seconds, "perSecond": float64(*count) / seconds, "p50": percentile(millis, 50), "p99": percentile(millis, 99)}, nil
}

// idle opens connections, says so on standard output, and keeps them until standard input ends.
func idle(arguments []string) (any, error) {
	flags := flag.NewFlagSet("idle", flag.ExitOnError)
	t := targetFlags(flags)
	count := flags.Int("count", 1000, "connections")
	sessions := flags.Bool("sessions", false, "with one session each, running cat")
	flags.Parse(arguments)
	clients := make([]*ssh.Client, *count)
	start := time.Now()
	err := inParallel(*count, 8, func(i int) error {
		client, err := t.dial()
		if err != nil {
			return fmt.Errorf("connection %d: %w", i, err)
		}
		clients[i] = client
		if !*sessions {
			return nil
		}
		_, err = startCat(client)
		return err
	})
	if err != nil {
		return nil, err
	}
	fmt.Printf("{\"ready\": %d, \"seconds\": %f}\n", *count, time.Since(start).Seconds())
	io.Copy(io.Discard, bufio.NewReader(os.Stdin))
	for _, client := range clients {
		client.Close()
	}
	return nil, nil
}

type pipe struct {
	in  io.WriteCloser
	out io.Reader
}

// startCat starts cat and proves that it answers.
func startCat(client *ssh.Client) (pipe, error) {
	session, err := client.NewSession()
	if err != nil {
		return pipe{}, err
	}
	in, err := session.StdinPipe()
	if err != nil {
		return pipe{}, err
	}
	out, err := session.StdoutPipe()
	if err != nil {
		return pipe{}, err
	}
	if err := session.Start("cat"); err != nil {
		return pipe{}, err
	}
	one := []byte{'x'}
	if _, err := in.Write(one); err != nil {
		return pipe{}, err
	}
	_, err = io.ReadFull(out, one)
	return pipe{in, out}, err
}

// echo sends one byte to cat and waits for it, again and again.
func echo(arguments []string) (any, error) {
	flags := flag.NewFlagSet("echo", flag.ExitOnError)
	t := targetFlags(flags)
	count := flags.Int("count", 2000, "bytes")
	beside := flags.Bool("beside-bulk", false, "while another connection downloads")
	flags.Parse(arguments)
	if *beside {
		other, err := t.dial()
		if err != nil {
			return nil, err
		}
		defer other.Close()
		session, err := other.NewSession()
		if err != nil {
			return nil, err
		}
		// Half of what loopback can do, so that the wait seen is the server's and not the machine's
		session.Stdout = &throttled{perSecond: 100 << 20}
		if err := session.Start("cat /dev/zero"); err != nil {
			return nil, err
		}
		time.Sleep(300 * time.Millisecond)
	}
	client, err := t.dial()
	if err != nil {
		return nil, err
	}
	defer client.Close()
	cat, err := startCat(client)
	if err != nil {
		return nil, err
	}
	one := []byte{'x'}
	micros := make([]float64, 0, *count)
	for i := range *count + 200 {
		begin := time.Now()
		if _, err := cat.in.Write(one); err != nil {
			return nil, err
		}
		if _, err := io.ReadFull(cat.out, one); err != nil {
			return nil, err
		}
		if i >= 200 {
			micros = append(micros, float64(time.Since(begin).Nanoseconds())/1000)
		}
		time.Sleep(500 * time.Microsecond)
	}
	return map[string]any{"p50": percentile(micros, 50), "p99": percentile(micros, 99), "p999": percentile(micros, 99.9)}, nil
}

// throttled takes bytes at a steady rate.
type throttled struct {
	perSecond int64
	begin     time.Time
	taken     int64
}

func (w *throttled) Write(data []byte) (int, error) {
	if w.begin.IsZero() {
		w.begin = time.Now()
	}
	w.taken += int64(len(data))
	due := w.begin.Add(time.Duration(float64(w.taken) / float64(w.perSecond) * float64(time.Second)))
	time.Sleep(time.Until(due))
	return len(data), nil
}

// bulk downloads over many connections at once for a while: the sum, and how evenly it was shared out (Jain's index).
func bulk(arguments []string) (any, error) {
	flags := flag.NewFlagSet("bulk", flag.ExitOnError)
	t := targetFlags(flags)
	count := flags.Int("count", 200, "connections")
	seconds := flags.Float64("seconds", 5, "to measure")
	flags.Parse(arguments)
	totals := make([]atomic.Int64, *count)
	var clients []*ssh.Client
	var lock sync.Mutex
	err := inParallel(*count, 8, func(i int) error {
		client, err := t.dial()
		if err != nil {
			return err
		}
		lock.Lock()
		clients = append(clients, client)
		lock.Unlock()
		session, err := client.NewSession()
		if err != nil {
			return err
		}
		session.Stdout = &counter{&totals[i]}
		return session.Start("cat /dev/zero")
	})
	if err != nil {
		return nil, err
	}
	for i := range totals {
		totals[i].Store(0)
	}
	start := time.Now()
	time.Sleep(time.Duration(*seconds * float64(time.Second)))
	var sum, squares float64
	for i := range totals {
		bytes := float64(totals[i].Load())
		sum += bytes
		squares += bytes * bytes
	}
	took := time.Since(start).Seconds()
	for _, client := range clients {
		client.Close()
	}
	return map[string]any{"mibPerSecond": sum / took / (1 << 20), "fairness": sum * sum / (squares * float64(*count))}, nil
}

type counter struct{ total *atomic.Int64 }

func (c *counter) Write(data []byte) (int, error) {
	c.total.Add(int64(len(data)))
	return len(data), nil
}

// forward moves bytes through a direct-tcpip channel to a sink on this machine.
func forward(arguments []string) (any, error) {
	flags := flag.NewFlagSet("forward", flag.ExitOnError)
	t := targetFlags(flags)
	mib := flags.Int64("mib", 256, "MiB to move")
	port := flags.Int("port", 0, "port of the far end; 0 takes any")
	flags.Parse(arguments)
	sink, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", *port))
	if err != nil {
		return nil, err
	}
	defer sink.Close()
	go func() {
		for {
			connection, err := sink.Accept()
			if err != nil {
				return
			}
			go func() {
				zeros := make([]byte, 1<<16)
				for left := *mib << 20; left > 0; left -= int64(len(zeros)) {
					if _, err := connection.Write(zeros); err != nil {
						break
					}
				}
				connection.Close()
			}()
		}
	}()
	client, err := t.dial()
	if err != nil {
		return nil, err
	}
	defer client.Close()
	start := time.Now()
	channel, err := client.Dial("tcp", sink.Addr().String())
	if err != nil {
		return nil, err
	}
	moved, err := io.Copy(io.Discard, channel)
	if err != nil {
		return nil, err
	}
	if moved != *mib<<20 {
		return nil, fmt.Errorf("%d bytes came through, expected %d", moved, *mib<<20)
	}
	seconds := time.Since(start).Seconds()
	return map[string]any{"mibPerSecond": float64(*mib) / seconds, "seconds": seconds}, nil
}

// percentile sorts its argument.
func percentile(values []float64, p float64) float64 {
	slices.Sort(values)
	at := int(p / 100 * float64(len(values)-1))
	return values[at]
}

// randomReads asks for 4 KiB at random places of a file over SFTP version 3, one request at a time, as sshfs does.
func randomReads(arguments []string) (any, error) {
	flags := flag.NewFlagSet("sftp", flag.ExitOnError)
	t := targetFlags(flags)
	path := flags.String("path", "", "file on the server")
	count := flags.Int("count", 4000, "reads")
	flags.Parse(arguments)
	client, err := t.dial()
	if err != nil {
		return nil, err
	}
	defer client.Close()
	s, err := openSftp(client)
	if err != nil {
		return nil, err
	}
	handle, size, err := s.open(*path)
	if err != nil {
		return nil, err
	}
	if size < 8192 {
		return nil, errors.New("the file is too short")
	}
	random := rand.New(rand.NewSource(1))
	start := time.Now()
	for range *count {
		if err := s.read(handle, uint64(random.Int63n(size/4096-1))*4096, 4096); err != nil {
			return nil, err
		}
	}
	seconds := time.Since(start).Seconds()
	return map[string]any{"seconds": seconds, "perSecond": float64(*count) / seconds}, nil
}
