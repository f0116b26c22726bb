# SPDX-License-Identifier: Apache-2.0
"""CPU time and memory of a server, with all the processes that it has started."""

import os
import re
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")


def _stat(pid):
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()


def descendants(pid):
    """All live processes below this one, those under another session leader too."""
    children = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                fields = _stat(name)
            except OSError:
                continue
            if fields[0] != "Z":
                children.setdefault(int(fields[1]), []).append(int(name))
    found, queue = [], [pid]
    while queue:
        for child in children.get(queue.pop(), []):
            found.append(child)
            queue.append(child)
    return found


def cpu_seconds(pid):
    """User and system time of the process, of its living descendants, and of those that it has waited for."""
    total = 0
    for each in [pid, *descendants(pid)]:
        try:
            total += sum(int(ticks) for ticks in _stat(each)[11:15])
        except OSError:
            continue
    return total / TICKS


def settle(pid, keep=frozenset(), patience=10):
    """Waits until the processes started for a connection are gone, so that their time has been added to the server's."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if not set(descendants(pid)) - set(keep):
            return True
        time.sleep(0.02)
    return False


def pss_bytes(pid):
    """Proportional set size: pages that processes share are counted once."""
    total = 0
    for each in [pid, *descendants(pid)]:
        try:
            with open(f"/proc/{each}/smaps_rollup") as file:
                total += int(re.search(r"^Pss:\s+(\d+)", file.read(), re.M).group(1)) * 1024
        except (OSError, AttributeError):
            continue
    return total


def resident_bytes(pid):
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(r"^VmRSS:\s+(\d+)", file.read(), re.M).group(1)) * 1024


def heap_bytes(pid):
    """The live heap of a JVM: what a full collection leaves."""
    jcmd = os.path.join(os.path.dirname(os.readlink(f"/proc/{pid}/exe")), "jcmd")
    for _ in range(2):
        subprocess.run([jcmd, str(pid), "GC.run"], check=True, stdout=subprocess.DEVNULL)
    info = subprocess.run([jcmd, str(pid), "GC.heap_info"], check=True, capture_output=True, text=True).stdout
    # One line for G1 and for ZGC, one for each generation of the others
    return sum(int(kib) * 1024 for kib in re.findall(
        r"^\s*(?:garbage-first heap|ZHeap|DefNew|Tenured|PSYoungGen|ParOldGen)\b.*?used (\d+)K", info,
        re.M))
