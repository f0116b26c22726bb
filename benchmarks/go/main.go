// SPDX-License-Identifier: Apache-2.0

// Command bench is the part of the benchmark that has to be quick itself: a client that keeps thousands of connections,
// a minimal server on x/crypto/ssh to compare with, and a relay that delays bytes.
//
// Every measuring subcommand prints one JSON object on standard output.
package main

import (
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	commands := map[string]func([]string) (any, error){
		"serve":   serve,
		"logins":  logins,
		"idle":    idle,
		"echo":    echo,
		"bulk":    bulk,
		"forward": forward,
		"relay":   relay,
		"sftp":    randomReads,
	}
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: bench serve|logins|idle|echo|bulk|forward|relay|sftp [flags]")
		os.Exit(2)
	}
	result, err := commands[os.Args[1]](os.Args[2:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench "+os.Args[1]+":", err)
		os.Exit(1)
	}
	if result != nil {
		json.NewEncoder(os.Stdout).Encode(result)
	}
}
