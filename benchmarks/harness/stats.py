# SPDX-License-Identifier: Apache-2.0
"""Medians of alternating pairs, and how sure their ratio is."""

import random
import statistics


def ratio(ours, theirs, lower_is_better):
    """How much better we are than they: above 1 is better, whatever is measured."""
    a, b = statistics.median(ours), statistics.median(theirs)
    if lower_is_better:
        a, b = b, a
    return a / b if b else float("inf")


def interval(ours, theirs, lower_is_better, rounds=4000):
    """The 95 % bootstrap interval of the ratio: pairs are drawn again, with repetition; the seed is fixed."""
    source = random.Random(20250101)
    count = len(ours)
    ratios = []
    for _ in range(rounds):
        drawn = [source.randrange(count) for _ in range(count)]
        ratios.append(ratio([ours[i] for i in drawn], [theirs[i] for i in drawn], lower_is_better))
    ratios.sort()
    return ratios[int(0.025 * rounds)], ratios[int(0.975 * rounds) - 1]
