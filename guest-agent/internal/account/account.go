// SPDX-License-Identifier: Apache-2.0

// Package account finds the user that a session runs as, in /etc/passwd and /etc/group only: a static binary in a
// foreign image has no name service to ask.
package account

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
)

// Account is who a session runs as.
type Account struct {
	Name   string
	UID    uint32
	GID    uint32
	Groups []uint32 // supplementary, sorted, the primary group included
	Home   string
	Shell  string // empty: none is known
}

// Files names the two databases.
type Files struct{ Passwd, Group string }

// System is where they are.
var System = Files{Passwd: "/etc/passwd", Group: "/etc/group"}

// UnknownError says that nobody has this name.
type UnknownError struct{ Name string }

func (e *UnknownError) Error() string {
	return fmt.Sprintf("user %q is unknown, expected a name in /etc/passwd or a numeric uid[:gid]", e.Name)
}

const (
	maxLine    = 64 * 1024
	maxLines   = 1_000_000
	maxGroups  = 65536
	defaultDir = "/"
)

// Lookup finds a user by name, by "uid", by "uid:gid" or by "name:group". An empty name means the user the agent itself
// runs as.
func (f Files) Lookup(name string) (Account, error) {
	if name == "" {
		name = strconv.Itoa(os.Geteuid())
		if a, err := f.find(name); err == nil || os.Geteuid() == 0 {
			return a, err
		}
		return Account{Name: name, UID: uint32(os.Geteuid()), GID: uint32(os.Getegid()), Home: defaultDir}, nil
	}
	return f.find(name)
}

func (f Files) find(name string) (Account, error) {
	user, group, hasGroup := strings.Cut(name, ":")
	if user == "" || strings.ContainsAny(name, "\x00\n") {
		return Account{}, &UnknownError{Name: name}
	}
	a, found, err := f.passwdEntry(user)
	if err != nil {
		return Account{}, err
	}
	if !found {
		uid, ok := parseID(user)
		if !ok {
			return Account{}, &UnknownError{Name: name}
		}
		a = Account{Name: user, UID: uid, GID: 0, Home: defaultDir}
		if !hasGroup && uid != 0 {
			// As "docker exec -u 1234": no entry means group 0 there; a group nobody granted is worse than an odd one.
			a.GID = uid
		}
	}
	if hasGroup {
		gid, err := f.groupID(group)
		if err != nil {
			return Account{}, err
		}
		a.GID = gid
		a.Groups = []uint32{gid}
		return a, nil
	}
	a.Groups, err = f.supplementary(a)
	return a, err
}

func parseID(s string) (uint32, bool) {
	// 2^32-1 means "no change" to the kernel.
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil || n == 1<<32-1 || (len(s) > 1 && s[0] == '0') {
		return 0, false
	}
	return uint32(n), true
}

func (f Files) passwdEntry(user string) (Account, bool, error) {
	var byName, byID *Account
	wanted, numeric := parseID(user)
	err := eachLine(f.Passwd, func(fields []string) bool {
		if len(fields) < 7 {
			return true
		}
		uid, ok := parseID(fields[2])
		gid, ok2 := parseID(fields[3])
		if !ok || !ok2 {
			return true
		}
		entry := &Account{Name: fields[0], UID: uid, GID: gid, Home: fields[5], Shell: fields[6]}
		if entry.Home == "" {
			entry.Home = defaultDir
		}
		if entry.Name == user {
			byName = entry
			return false
		}
		if numeric && byID == nil && uid == wanted {
			byID = entry
		}
		return true
	})
	if byName == nil {
		byName = byID
	}
	if byName == nil {
		return Account{}, false, err
	}
	return *byName, true, err
}

func (f Files) supplementary(a Account) ([]uint32, error) {
	groups := []uint32{a.GID}
	err := eachLine(f.Group, func(fields []string) bool {
		if len(fields) < 4 || len(groups) >= maxGroups {
			return true
		}
		gid, ok := parseID(fields[2])
		if ok && slices.Contains(strings.Split(fields[3], ","), a.Name) {
			groups = append(groups, gid)
		}
		return true
	})
	slices.Sort(groups)
	return slices.Compact(groups), err
}

func (f Files) groupID(group string) (uint32, error) {
	gid, found := parseID(group)
	err := eachLine(f.Group, func(fields []string) bool {
		if len(fields) < 3 || fields[0] != group {
			return true
		}
		id, ok := parseID(fields[2])
		if ok {
			gid, found = id, true
		}
		return !ok
	})
	if err == nil && !found {
		err = fmt.Errorf("group %q is unknown, expected a name in /etc/group or a number", group)
	}
	return gid, err
}

// TTYGroup is the group that owns terminals, if there is one.
func (f Files) TTYGroup() (uint32, bool) {
	gid, err := f.groupID("tty")
	return gid, err == nil
}

// eachLine calls visit for each line until it answers false. A file that is not there is empty.
func eachLine(path string, visit func(fields []string) bool) error {
	file, err := os.Open(path)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	return scan(file, visit)
}

func scan(r io.Reader, visit func(fields []string) bool) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 4096), maxLine)
	for n := 0; lines.Scan() && n < maxLines; n++ {
		line := lines.Text()
		if line == "" || line[0] == '#' || line[0] == '+' || line[0] == '-' {
			continue
		}
		if !visit(strings.Split(line, ":")) {
			return nil
		}
	}
	return lines.Err()
}

// Names maps ids to names, for listings. The lines of passwd and group begin alike, so path may be either.
func Names(path string) map[uint32]string {
	names := map[uint32]string{}
	_ = eachLine(path, func(fields []string) bool {
		if len(fields) < 3 {
			return true
		}
		if id, ok := parseID(fields[2]); ok {
			if _, taken := names[id]; !taken {
				names[id] = fields[0]
			}
		}
		return len(names) < maxGroups
	})
	return names
}
