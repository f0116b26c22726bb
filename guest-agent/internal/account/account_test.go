// SPDX-License-Identifier: Apache-2.0

package account

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
)

func testFiles(t *testing.T) Files {
	t.Helper()
	dir := t.TempDir()
	f := Files{Passwd: filepath.Join(dir, "passwd"), Group: filepath.Join(dir, "group")}
	write := func(path, text string) {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(f.Passwd, `# a comment
root:x:0:0:root:/root:/bin/bash
broken line
alice:x:1000:100:Alice,,,:/home/alice:/bin/zsh
worker:x:-1:1::/:
nohome:x:1001:1001:::
4242:x:7:7::/seven:/bin/sh
+nis::::::
`)
	write(f.Group, "root:x:0:\nusers:x:100:\nwheel:x:10:root,alice\naudio:x:29:alice,bob\nalicex:x:30:alicex\ntty:x:5:\n")
	return f
}

func TestLookup(t *testing.T) {
	f := testFiles(t)
	for name, want := range map[string]Account{
		"alice":       {Name: "alice", UID: 1000, GID: 100, Groups: []uint32{10, 29, 100}, Home: "/home/alice", Shell: "/bin/zsh"},
		"1000":        {Name: "alice", UID: 1000, GID: 100, Groups: []uint32{10, 29, 100}, Home: "/home/alice", Shell: "/bin/zsh"},
		"alice:audio": {Name: "alice", UID: 1000, GID: 29, Groups: []uint32{29}, Home: "/home/alice", Shell: "/bin/zsh"},
		"nohome":      {Name: "nohome", UID: 1001, GID: 1001, Groups: []uint32{1001}, Home: "/"},
		"5000":        {Name: "5000", UID: 5000, GID: 5000, Groups: []uint32{5000}, Home: "/"},
		"5000:6000":   {Name: "5000", UID: 5000, GID: 6000, Groups: []uint32{6000}, Home: "/"},
		// a name made of digits comes before the number
		"4242": {Name: "4242", UID: 7, GID: 7, Groups: []uint32{7}, Home: "/seven", Shell: "/bin/sh"},
		"root": {Name: "root", UID: 0, GID: 0, Groups: []uint32{0, 10}, Home: "/root", Shell: "/bin/bash"},
	} {
		if got, err := f.Lookup(name); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, %v", name, got, err)
		}
	}
	for _, name := range []string{"nobody-here", "worker", "+nis", "-1", "4294967295", "4294967296", "007", ":5", "a\x00b", "al ice"} {
		var unknown *UnknownError
		if got, err := f.Lookup(name); !errors.As(err, &unknown) {
			t.Errorf("%q: %+v, %v", name, got, err)
		}
	}
	if _, err := f.Lookup("alice:no-such-group"); err == nil {
		t.Error("an unknown group was accepted")
	}
}

func TestLookupWithoutFiles(t *testing.T) {
	f := Files{Passwd: "/no/such/passwd", Group: "/no/such/group"}
	if a, err := f.Lookup("0"); err != nil || a.UID != 0 || a.GID != 0 || a.Home != "/" {
		t.Errorf("%+v, %v", a, err)
	}
	if a, err := f.Lookup(""); err != nil || int(a.UID) != os.Geteuid() {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestEnvironment(t *testing.T) {
	a := Account{Name: "alice", UID: 1000, Home: "/home/alice"}
	e := NewEnvironment([]string{"PATH=/opt/go/bin", "HOME=/root", "TERM=dumb", "POSTERN_SECRET=x", "GOPATH=/go", "odd"}, a, "/bin/sh")
	e.Set("LANG", "C")
	want := []string{"PATH=/opt/go/bin", "HOME=/home/alice", "GOPATH=/go", "USER=alice", "LOGNAME=alice", "SHELL=/bin/sh", "LANG=C"}
	if got := e.List(); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if e := NewEnvironment(nil, Account{}, "/bin/sh"); e.Get("PATH") != rootPath {
		t.Errorf("PATH of root %q", e.Get("PATH"))
	}
	if e := NewEnvironment(nil, a, "/bin/sh"); e.Get("PATH") != userPath {
		t.Errorf("PATH of a user %q", e.Get("PATH"))
	}
}

func TestShellOf(t *testing.T) {
	for shell, want := range map[string]string{"": "/bin/sh", "/bin/sh": "/bin/sh", "/no/such/shell": "/bin/sh", "/tmp": "/bin/sh"} {
		if got := ShellOf(Account{Shell: shell}); got != want {
			t.Errorf("%q: %q", shell, got)
		}
	}
}
