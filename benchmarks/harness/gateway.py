# SPDX-License-Identifier: Apache-2.0
"""Postern as a user gets it: ./postern serve with a configuration file of its own, local processes behind it."""

from . import peers


class Postern(peers.Peer):
    name = "postern"
    user = "bench"
    program = peers.ROOT / "postern"
