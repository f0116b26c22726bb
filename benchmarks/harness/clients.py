# SPDX-License-Identifier: Apache-2.0
"""OpenSSH's own clients, with no configuration but what is said here."""

import subprocess
import time

NULL = subprocess.DEVNULL


class Failure(RuntimeError):
    """A client that ended with an error; the row says so instead of a number."""


def options(key, *more):
    given = ["-F", "none", "-i", str(key)]
    for option in ("IdentitiesOnly=yes", "IdentityAgent=none", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null",
                   "LogLevel=ERROR", "BatchMode=yes", "ControlMaster=no", *more):
        given += ["-o", option]
    return given


def ssh(peer, command, *more, key=None):
    return ["ssh", *options(key or peer.keys.user, *more), "-p", str(peer.port), f"{peer.user}@127.0.0.1", command]


def transport(peer):
    """The command that rsync is to reach the server with."""
    return " ".join(["ssh", *options(peer.keys.user), "-p", str(peer.port)])


def run(command, stdin=NULL, stdout=NULL, text=None, timeout=600):
    """Seconds that a client took."""
    begin = time.monotonic()
    result = subprocess.run(command, stdin=None if text is not None else stdin, input=text, stdout=stdout,
                            stderr=subprocess.PIPE, text=True, timeout=timeout)
    took = time.monotonic() - begin
    if result.returncode:
        raise Failure(f"{command[0]} ended with {result.returncode}: {result.stderr.strip()[-200:]}")
    return took


def sftp(peer, batch, timeout=600):
    command = ["sftp", "-q", *options(peer.keys.user), "-b", "-", "-P", str(peer.port), f"{peer.user}@127.0.0.1"]
    return run(command, text=batch, timeout=timeout)
