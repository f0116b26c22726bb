# SPDX-License-Identifier: Apache-2.0
"""Postern as a user gets it: ./postern serve on the quickstart profile, which puts local processes behind it."""

import subprocess

from . import accounting, peers

CONFIG = """include file("{profile}")
postern {{
  state-directory = "{state}"
  listeners.ssh.address = "127.0.0.1:{port}"
  ssh.chacha = {chacha}
  # As MaxStartups for sshd: the load rows open thousands of connections from one address
  limits {{ unauthenticated = 10000, unauthenticated-per-source = 10000, connections = 20000 }}
}}
"""


class Postern(peers.Peer):
    name = "postern"
    user = "bench"
    program = peers.ROOT / "postern"

    def __init__(self, work, keys, chacha, folder="postern"):
        super().__init__(work, keys)
        self.base, self.chacha = work, chacha
        self.work = work / folder
        self.work.mkdir(exist_ok=True)
        self.log = self.work / "log"
        self.state = self.work / "state"
        self.second = None

    def home(self):
        """Where the distribution is; the first call builds it."""
        subprocess.run([self.program, "--version"], check=True, stdout=subprocess.DEVNULL)
        return max((peers.ROOT / "distribution" / "target").glob("postern-*/bin")).parent

    def command(self):
        home = self.home()
        config = self.work / "postern.conf"
        config.write_text(CONFIG.format(profile=home / "etc/profiles/quickstart.conf", state=self.state, port=self.port,
                                        chacha=self.chacha))
        return [str(home / "bin" / "postern"), "serve", "-c", str(config)]

    def start(self, patience=90):
        new = not self.state.exists()
        took = super().start(patience)
        if new:
            self.cli("user", "add", "bench")
            self.cli("key", "add", "--user", "bench", "--name", "bench", f"{self.keys.user}.pub")
            self.cli("sandbox", "add", "bench", "--owner", "bench", "--backend", "local")
        return took

    def cli(self, *words):
        result = subprocess.run([self.home() / "bin" / "postern", *words, "--state", self.state], capture_output=True,
                                text=True)
        if result.returncode:
            raise RuntimeError(f"postern {' '.join(words)}: {result.stderr.strip()}")
        return result.stdout

    def cheap_command(self):
        return [self.home() / "bin" / "postern", "sandbox", "list", "-o", "json", "--state", self.state]

    def another(self):
        """A second gateway with a state of its own, not running, which has run once."""
        if not self.second:
            self.second = Postern(self.base, self.keys, self.chacha, "second")
            self.second.start()
            self.second.stop()
        return self.second

    def memory(self):
        return accounting.heap_bytes(self.pid)

