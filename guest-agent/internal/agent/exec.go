// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"postern.dev/guest-agent/internal/account"
	"postern.dev/guest-agent/internal/mux"
	"postern.dev/guest-agent/internal/proc"
	"postern.dev/guest-agent/internal/wire"
)

// command is what is to be started: who, what, where.
type command struct {
	user account.Account
	path string
	argv []string
	env  []string
	cwd  string
}

func (a *Agent) exec(s *mux.Stream, m wire.OpenMessage) error {
	user, err := lookup(m.User)
	if err != nil {
		return err
	}
	if err := errors.Join(checkText("command", m.Args...), checkText("cwd", m.Cwd)); err != nil {
		return err
	}
	shell := account.ShellOf(user)
	env, err := environment(user, shell, m)
	if err != nil {
		return err
	}
	c := command{user: user, env: env.List()}
	switch m.Form {
	case wire.FormShell:
		c.path, c.argv = shell, []string{"-" + filepath.Base(shell)}
	case wire.FormCommand:
		c.path, c.argv = shell, []string{filepath.Base(shell), "-c", m.Args[0]}
	default:
		c.argv = m.Args
	}
	if c.cwd, err = workingDirectory(user, m.Cwd); err != nil {
		return err
	}
	if c.path == "" {
		if c.path, err = search(m.Args[0], env.Get("PATH"), c.cwd); err != nil {
			return err
		}
	}
	return a.run(s, c, m.Pty)
}

// sftp runs the agent's own SFTP server as the user, in a process of its own because a process has one user.
func (a *Agent) sftp(s *mux.Stream, m wire.OpenMessage) error {
	user, err := lookup(m.User)
	if err != nil {
		return err
	}
	env, err := environment(user, account.ShellOf(user), m)
	if err != nil {
		return err
	}
	cwd, err := workingDirectory(user, m.Cwd)
	if err != nil {
		return err
	}
	return a.run(s, command{user: user, path: "/proc/self/exe", argv: []string{"postern-agent", "sftp-server"}, env: env.List(), cwd: cwd}, nil)
}

func environment(user account.Account, shell string, m wire.OpenMessage) (*account.Environment, error) {
	env := account.NewEnvironment(os.Environ(), user, shell)
	if m.Pty != nil && m.Pty.Term != "" {
		env.Set("TERM", m.Pty.Term)
	}
	for _, v := range m.Env {
		if err := checkText("environment", v.Name, v.Value); err != nil {
			return nil, err
		}
		if v.Name == "" || strings.ContainsRune(v.Name, '=') {
			return nil, failure(wire.Invalid, nil, "environment name %q, expected no '=' and at least one character", v.Name)
		}
		env.Set(v.Name, v.Value)
	}
	return env, nil
}

// workingDirectory is the wanted directory, or the home directory, or, like sshd where that is not usable, the root.
func workingDirectory(user account.Account, wanted string) (string, error) {
	usable := func(dir string) error {
		return proc.AsUser(user, func() error {
			var stat unix.Stat_t
			return unix.Stat(dir+"/.", &stat) // needs the right to enter it
		})
	}
	if wanted != "" {
		if err := usable(wanted); err != nil {
			return "", failure(classify(err), err, "cannot enter directory %q", wanted)
		}
		return wanted, nil
	}
	if usable(user.Home) == nil {
		return user.Home, nil
	}
	return "/", nil
}

// search finds a command as execvp does: in PATH unless the name holds a slash. Whether the user may execute what was
// found is for the kernel to say.
func search(name, path, cwd string) (string, error) {
	if strings.ContainsRune(name, '/') {
		return name, nil
	}
	if name == "" {
		return "", failure(wire.NotFound, syscall.ENOENT, "command %q", name)
	}
	candidate := ""
	for _, dir := range filepath.SplitList(path) {
		if dir == "" {
			dir = "."
		}
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(cwd, dir)
		}
		file := filepath.Join(dir, name)
		info, err := os.Stat(file)
		if err != nil || info.IsDir() {
			continue
		}
		if info.Mode()&0o111 != 0 {
			return file, nil
		}
		if candidate == "" {
			candidate = file
		}
	}
	if candidate == "" {
		return "", failure(wire.NotFound, syscall.ENOENT, "command %q", name)
	}
	return candidate, nil
}

func (c command) attributes(io stdio) *syscall.ProcAttr {
	attr := &syscall.ProcAttr{Dir: c.cwd, Env: c.env, Files: io.childFiles(), Sys: &syscall.SysProcAttr{}}
	if os.Geteuid() == 0 {
		attr.Sys.Credential = &syscall.Credential{Uid: c.user.UID, Gid: c.user.GID, Groups: c.user.Groups}
	}
	if io.terminal != nil {
		attr.Sys.Setctty = true
	}
	return attr
}

// start runs c, as execvp does also when the file is a script without a "#!" line.
func (a *Agent) start(c command, io stdio) (*proc.Process, error) {
	p, err := a.reaper.Start(c.path, c.argv, c.attributes(io))
	if errors.Is(err, syscall.ENOEXEC) {
		argv := append([]string{"sh", c.path}, c.argv[1:]...)
		p, err = a.reaper.Start("/bin/sh", argv, c.attributes(io))
	}
	if err == nil {
		return p, nil
	}
	class := classify(err)
	if class == wire.NotPermitted || class == wire.Invalid {
		class = wire.NotExecutable
	}
	return nil, failure(class, err, "cannot run %q", c.argv[0])
}
