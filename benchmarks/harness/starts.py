# SPDX-License-Identifier: Apache-2.0
"""How long a start takes: of the gateway until it listens, and of one command of the CLI."""

import dataclasses
import subprocess
import time
from typing import Callable

from .rows import Metric


@dataclasses.dataclass
class Start:
    """Not a comparison: the target is in seconds, so the ratio is target to measured and has to reach 1."""

    name: str
    metrics: list
    measure: Callable
    limit: float
    pairs: int = 10
    record: bool = False

    def sample(self, running, pairs):
        if "postern" not in running:
            return {}
        self.measure(running["postern"])
        return {"postern": [[self.measure(running["postern"])] for _ in range(pairs)],
                "sshd": [[self.limit] for _ in range(pairs)]}


def cold_start(peer):
    other = peer.another()
    try:
        return other.start()
    finally:
        other.stop()


def command(peer):
    begin = time.monotonic()
    subprocess.run(peer.cheap_command(), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - begin


def all_rows(_):
    yield Start("cold start of postern serve (beside it: the limit)", [Metric("to the banner", "s", 1.0)], cold_start, 1.0)
    yield Start("start of the CLI (beside it: the limit)", [Metric("postern sandbox list", "s", 1.0)], command, 0.4)
