# SPDX-License-Identifier: Apache-2.0
"""The servers that are compared. Each is started on a free port of 127.0.0.1 and stopped by its process id."""

import getpass
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time

from . import accounting

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_banner(port, process, patience):
    """Returns when the server greets as an SSH server."""
    begin = time.monotonic()
    while time.monotonic() - begin < patience:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode} before it listened")
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as connection:
                connection.settimeout(5)
                if connection.recv(4) == b"SSH-":
                    return
        except OSError:
            time.sleep(0.005)
    raise RuntimeError(f"no SSH banner on port {port} within {patience} s")


class Peer:
    """One server. `user` is what its clients call themselves; `log` is where to look when it fails."""

    name = ""
    user = getpass.getuser()

    def __init__(self, work, keys):
        self.work = work / self.name
        self.work.mkdir(parents=True, exist_ok=True)
        self.keys = keys
        self.port = free_port()
        self.process = None
        self.log = self.work / "log"
        self.own = frozenset()

    def command(self):
        raise NotImplementedError

    def start(self, patience=90):
        with open(self.log, "ab") as log:
            command = self.command()
            begin = time.monotonic()
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            start_new_session=True, env=self.environment())
        wait_for_banner(self.port, self.process, patience)
        took = time.monotonic() - begin
        # What runs now belongs to the server itself, not to a connection
        self.settled_children()
        return took

    def settled_children(self):
        time.sleep(0.1)
        self.own = frozenset(accounting.descendants(self.pid))

    def environment(self):
        return dict(os.environ)

    @property
    def pid(self):
        return self.process.pid

    def cpu(self):
        accounting.settle(self.pid, self.own)
        return accounting.cpu_seconds(self.pid)

    def memory(self):
        """Bytes by the measure that fits this kind of server."""
        return accounting.pss_bytes(self.pid)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class OpenSsh(Peer):
    name = "sshd"

    def command(self):
        config = self.work / "sshd_config"
        lines = [
            f"ListenAddress 127.0.0.1:{self.port}",
            f"HostKey {self.keys.host}",
            f"PidFile {self.work}/pid",
            f"AuthorizedKeysFile {self.keys.authorized}",
            f"TrustedUserCAKeys {self.keys.authority}.pub",
            "StrictModes no",
            "UsePAM no",
            "PermitRootLogin yes",
            "PasswordAuthentication no",
            "KbdInteractiveAuthentication no",
            # The load rows open thousands of connections in a few seconds
            "MaxStartups 10000",
            # bash would read ~/.bashrc in every command, and the row would measure what is in there
            "SetEnv SHLVL=2",
            "Subsystem sftp /usr/lib/openssh/sftp-server",
        ]
        config.write_text("\n".join(lines) + "\n")
        if os.getuid() == 0:
            os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
        return [shutil.which("sshd") or "/usr/sbin/sshd", "-D", "-f", str(config), "-E", str(self.log)]


class Go(Peer):
    name = "go"

    def __init__(self, work, keys, helper):
        super().__init__(work, keys)
        self.helper = helper

    def command(self):
        return [self.helper, "serve", "-address", f"127.0.0.1:{self.port}", "-host-key", str(self.keys.host),
                "-authorized", f"{self.keys.user}.pub"]


class AsyncSsh(Peer):
    name = "asyncssh"

    def __init__(self, work, keys, python):
        super().__init__(work, keys)
        self.python = python

    def command(self):
        return [self.python, str(HERE / "asyncssh_server.py"), str(self.port), str(self.keys.host), f"{self.keys.user}.pub"]


class Keys:
    """A host key, a user's key, and a certificate for it."""

    def __init__(self, work):
        work.mkdir(parents=True, exist_ok=True)
        self.host, self.user, self.authority = work / "host", work / "user", work / "ca"
        for path in (self.host, self.user, self.authority):
            if not path.exists():
                subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", path.name, "-f", path], check=True)
        self.authorized = work / "authorized_keys"
        shutil.copy(f"{self.user}.pub", self.authorized)
        # A certificate for a key of its own: OpenSSH would offer one beside the plain key by itself
        self.certified = work / "certified"
        if not self.certified.exists():
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.certified], check=True)
        subprocess.run(["ssh-keygen", "-q", "-s", self.authority, "-I", "bench", "-n", f"{getpass.getuser()},bench", "-V",
                        "-5m:+1d", f"{self.certified}.pub"], check=True)


def environment_of_tests():
    """Where the slower peers' libraries and the plot's live; made once, from the network."""
    home = ROOT / ".build" / "benchmarks-python"
    python = home / "bin" / "python"
    stamp = home / "complete"
    wanted = (HERE.parent / "requirements.txt").read_text()
    if stamp.exists() and stamp.read_text() == wanted:
        return str(python)
    try:
        subprocess.run([sys.executable, "-m", "venv", home], check=True, capture_output=True)
        subprocess.run([python, "-m", "pip", "-q", "install", "-r", HERE.parent / "requirements.txt"], check=True,
                       capture_output=True, timeout=300)
    except (subprocess.SubprocessError, OSError) as e:
        print(f"benchmarks: AsyncSSH and the plot are left out: {e}", file=sys.stderr)
        return None
    stamp.write_text(wanted)
    return str(python)


def build_helper():
    """The client for many connections, compiled when its sources are newer."""
    out = ROOT / ".build" / "bench"
    out.parent.mkdir(exist_ok=True)
    sources = list((HERE.parent / "go").glob("*.*"))
    if not out.exists() or out.stat().st_mtime < max(source.stat().st_mtime for source in sources):
        subprocess.run(["go", "build", "-o", str(out), "."], cwd=HERE.parent / "go", check=True)
    return str(out)


def helper_json(helper, *arguments, timeout=600):
    result = subprocess.run([helper, *map(str, arguments)], capture_output=True, text=True, timeout=timeout)
    if result.returncode:
        raise RuntimeError(result.stderr.strip())
    return json.loads(result.stdout)
