# SPDX-License-Identifier: Apache-2.0
"""What is measured. A measurement gives one number for each of its metrics, from one peer."""

import dataclasses
import pathlib
import shutil
import statistics
import subprocess
import time
from typing import Callable, Optional

from . import accounting, clients
from .peers import helper_json

CIPHERS = ("chacha20-poly1305@openssh.com", "aes128-gcm@openssh.com", "aes256-gcm@openssh.com",
           "aes128-ctr", "aes192-ctr", "aes256-ctr")


@dataclasses.dataclass
class Metric:
    """`target` is the ratio of DESIGN section 11, how many times better than sshd; None is for the record."""

    suffix: str
    unit: str
    target: Optional[float] = None
    lower: bool = True


@dataclasses.dataclass
class Measurement:
    name: str
    metrics: list
    measure: Callable
    pairs: int = 10
    # Also run on the peers that are there for the record
    record: bool = False


@dataclasses.dataclass
class Setting:
    """Sizes, and where files lie; `short` only proves that everything works."""

    short: bool
    work: pathlib.Path
    helper: str

    @property
    def big(self):
        return (32 if self.short else 1024) << 20

    @property
    def files(self):
        return 100 if self.short else 5000

    def scaled(self, full, short):
        return short if self.short else full


def with_cpu(peer, action):
    before = peer.cpu()
    wall = action()
    return [wall, peer.cpu() - before]


def wall_and_cpu(wall=None, cpu=None):
    return [Metric("wall", "s", wall), Metric("server CPU", "s", cpu)]


def download(setting, *options):
    command = f"head -c {setting.big} /dev/zero"
    return lambda peer: with_cpu(peer, lambda: clients.run(clients.ssh(peer, command, *options)))


def upload(setting, *options):
    def action(peer):
        with open(setting.work / "big", "rb") as source:
            return clients.run(clients.ssh(peer, "cat >/dev/null", *options), stdin=source)
    return lambda peer: with_cpu(peer, lambda: action(peer))


def transfers(setting):
    targets = {"chacha20-poly1305@openssh.com": (2.0, 2.0)} | {c: (2.0, 1.5) for c in CIPHERS if "gcm" in c}
    for cipher in CIPHERS:
        down, up = targets.get(cipher, (None, None))
        size = f"{setting.big >> 20} MiB"
        record = cipher in CIPHERS[:2]
        yield Measurement(f"download {size}, {cipher}", wall_and_cpu(down, down), download(setting, f"Ciphers={cipher}"),
                          record=record)
        yield Measurement(f"upload {size}, {cipher}", wall_and_cpu(up, up), upload(setting, f"Ciphers={cipher}"),
                          record=record)
    yield Measurement("exec head -c, stock ssh", wall_and_cpu(1.0, 1.0), download(setting))
    yield Measurement("exec cat >/dev/null, stock ssh", wall_and_cpu(1.0, 1.0), upload(setting))


def emptied(path):
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


def files(setting):
    remote, local = setting.work / "remote", setting.work / "local"

    def batch(lines):
        def action(peer):
            emptied(setting.work / "in")
            emptied(setting.work / "out")
            return with_cpu(peer, lambda: clients.sftp(peer, lines))
        return action

    def rsync(source):
        def action(peer):
            target = emptied(setting.work / "in")
            return with_cpu(peer, lambda: clients.run(
                ["rsync", "-rW", "--inplace", "-e", clients.transport(peer), f"{peer.user}@127.0.0.1:{source}", f"{target}/"]))
        return action

    def random_reads(peer):
        return with_cpu(peer, lambda: helper_json(
            setting.helper, "sftp", *address(peer), "-path", setting.work / "big",
            "-count", setting.scaled(8000, 200))["seconds"])

    size, count = f"{setting.big >> 20} MiB", setting.files
    yield Measurement(f"SFTP get {size}", wall_and_cpu(1.5, 1.5), batch(f"get {setting.work}/big {setting.work}/in/big\n"),
                      record=True)
    yield Measurement(f"SFTP put {size}", wall_and_cpu(1.5, 1.5), batch(f"put {setting.work}/big {setting.work}/out/big\n"),
                      record=True)
    yield Measurement(f"SFTP get {count} x 1 KiB", wall_and_cpu(1.2, 1.2), batch(f"get -r {remote} {setting.work}/in/\n"))
    yield Measurement(f"SFTP put {count} x 1 KiB", wall_and_cpu(1.2, 1.2),
                      batch(f"lcd {local.parent}\nput -r {local.name} {setting.work}/out/\n"))
    yield Measurement("SFTP random 4 KiB reads, one at a time", wall_and_cpu(1.2, 1.2), random_reads, record=True)
    yield Measurement(f"rsync {size}", wall_and_cpu(), rsync(setting.work / "big"))
    yield Measurement(f"rsync {count} x 1 KiB", wall_and_cpu(), rsync(remote))


def address(peer):
    return ["-address", f"127.0.0.1:{peer.port}", "-user", peer.user, "-key", str(peer.keys.user)]


def logins(setting):
    count = setting.scaled(20, 2)

    def stock(key):
        def measure(peer):
            file = key(peer)
            before = peer.cpu()
            walls = [clients.run(clients.ssh(peer, "true", key=file)) for _ in range(count)]
            return [statistics.median(walls) * 1000, (peer.cpu() - before) / count * 1000]
        return measure

    def many(peer):
        result = helper_json(setting.helper, "logins", *address(peer), "-clients", 32, "-count", setting.scaled(300, 32))
        return [result["perSecond"]]

    metrics = [Metric("wall p50", "ms", 6.0), Metric("server CPU", "ms", 4.0)]
    yield Measurement("login, public key", metrics, stock(lambda peer: peer.keys.user), record=True)
    yield Measurement("login, certificate", metrics, stock(lambda peer: peer.keys.certified))
    yield Measurement("logins, 32 clients", [Metric("rate", "1/s", None, lower=False)], many, record=True)


def memory(setting):
    def idle(count, *flags):
        def measure(peer):
            before = peer.memory()
            process = subprocess.Popen([setting.helper, "idle", *address(peer), "-count", str(count), *flags],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            try:
                if not process.stdout.readline():
                    raise clients.Failure(f"{count} idle connections could not be opened")
                time.sleep(setting.scaled(2, 0.2))
                return [(peer.memory() - before) / count / 1024]
            finally:
                process.stdin.close()
                process.wait(60)
                peer.cpu()
        return measure

    for count in (1000, 5000) if not setting.short else (20,):
        pairs = 3
        yield Measurement(f"memory, idle connection of {count}", [Metric("each", "KiB", 34.0)], idle(count), pairs=pairs)
        yield Measurement(f"memory, idle session of {count}", [Metric("each", "KiB")], idle(count, "-sessions"),
                          pairs=pairs)


def latency(setting):
    count = setting.scaled(3000, 100)

    def measure(*flags):
        def one(peer):
            result = helper_json(setting.helper, "echo", *address(peer), "-count", count, *flags)
            return [result["p50"], result["p99"], result["p999"]]
        return one

    def metrics():
        return [Metric("p50", "us", 1.0), Metric("p99", "us", 1.0), Metric("p99.9", "us")]

    yield Measurement("keystroke echo, idle", metrics(), measure(), record=True)
    yield Measurement("keystroke echo, beside a download", metrics(), measure("-beside-bulk"), record=True)


def throughput(setting):
    def forward(peer):
        return with_cpu(peer, lambda: helper_json(
            setting.helper, "forward", *address(peer), "-mib", setting.big >> 20, "-port", FORWARD_PORT)["seconds"])

    def bulk(peer):
        result = helper_json(setting.helper, "bulk", *address(peer), "-count", setting.scaled(200, 5),
                             "-seconds", setting.scaled(5, 1))
        peer.cpu()
        return [result["mibPerSecond"], result["fairness"]]

    def far(peer):
        relay = subprocess.Popen([setting.helper, "relay", "-to", f"127.0.0.1:{peer.port}", "-round-trip", "100ms"],
                                 stdout=subprocess.PIPE, text=True)
        try:
            import json
            port = json.loads(relay.stdout.readline())["port"]
            near = clients.ssh(peer, f"head -c {setting.big // 16} /dev/zero", "Ciphers=aes128-gcm@openssh.com")
            near[near.index("-p") + 1] = str(port)
            return [clients.run(near)]
        finally:
            relay.kill()
            relay.wait()

    yield Measurement(f"forwarded port, {setting.big >> 20} MiB", wall_and_cpu(), forward, record=True)
    yield Measurement(f"{setting.scaled(200, 5)} downloads at once",
                      [Metric("sum", "MiB/s", None, lower=False), Metric("fairness", "", None, lower=False)], bulk, pairs=5)
    yield Measurement(f"download {setting.big >> 24} MiB at 100 ms round trip", [Metric("wall", "s")], far, pairs=5)


# Postern's policy names the port that forwards may reach
FORWARD_PORT = 28917


def prepare(setting):
    """Files to move, in memory where the machine has that."""
    big = setting.work / "big"
    if not big.exists() or big.stat().st_size != setting.big:
        with open(big, "wb") as out:
            block = bytes(range(256)) * 4096
            for _ in range(setting.big // len(block)):
                out.write(block)
    for name in ("remote", "local"):
        folder = setting.work / name
        if not folder.is_dir() or len(list(folder.iterdir())) != setting.files:
            emptied(folder)
            for i in range(setting.files):
                (folder / f"file-{i:05}").write_bytes(bytes([i % 256]) * 1024)


def all_rows(setting):
    for group in (transfers, files, logins, latency, throughput, memory):
        yield from group(setting)
