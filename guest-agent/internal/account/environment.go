// SPDX-License-Identifier: Apache-2.0

package account

import (
	"os"
	"strings"
)

const (
	rootPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	userPath = "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games"
)

// Environment is an ordered set of variables.
type Environment struct {
	names  []string
	values map[string]string
}

// NewEnvironment starts from the variables of base ("NAME=value"), which for a container is what its image sets, and
// replaces those that belong to a person. Variables of the agent's own are left out.
func NewEnvironment(base []string, a Account, shell string) *Environment {
	e := &Environment{values: map[string]string{}}
	for _, entry := range base {
		name, value, ok := strings.Cut(entry, "=")
		if ok && name != "" && !strings.HasPrefix(name, "POSTERN_") {
			e.Set(name, value)
		}
	}
	for _, name := range []string{"MAIL", "OLDPWD", "PWD", "SHLVL", "TERM", "XDG_RUNTIME_DIR", "_"} {
		e.unset(name)
	}
	e.Set("HOME", a.Home)
	e.Set("USER", a.Name)
	e.Set("LOGNAME", a.Name)
	e.Set("SHELL", shell)
	if e.Get("PATH") == "" {
		path := userPath
		if a.UID == 0 {
			path = rootPath
		}
		e.Set("PATH", path)
	}
	return e
}

// Set adds or replaces.
func (e *Environment) Set(name, value string) {
	if _, ok := e.values[name]; !ok {
		e.names = append(e.names, name)
	}
	e.values[name] = value
}

func (e *Environment) unset(name string) {
	if _, ok := e.values[name]; !ok {
		return
	}
	delete(e.values, name)
	kept := e.names[:0]
	for _, n := range e.names {
		if n != name {
			kept = append(kept, n)
		}
	}
	e.names = kept
}

// Get is empty for what is not set.
func (e *Environment) Get(name string) string { return e.values[name] }

// List gives "NAME=value" entries.
func (e *Environment) List() []string {
	list := make([]string, 0, len(e.names))
	for _, name := range e.names {
		list = append(list, name+"="+e.values[name])
	}
	return list
}

// ShellOf gives the account's shell if it is there, else /bin/sh.
func ShellOf(a Account) string {
	if a.Shell != "" {
		if info, err := os.Stat(a.Shell); err == nil && !info.IsDir() {
			return a.Shell
		}
	}
	return "/bin/sh"
}
