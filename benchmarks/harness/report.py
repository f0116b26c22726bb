# SPDX-License-Identifier: Apache-2.0
"""The table, the JSON and the plot."""

import os
import re
import subprocess

from . import stats

ENOUGH = 10


def machine():
    with open("/proc/cpuinfo") as file:
        info = file.read()
    flags = set(re.search(r"^flags\s*:(.*)$", info, re.M).group(1).split()) if "flags" in info else set()
    model = re.search(r"^model name\s*:\s*(.*)$", info, re.M)
    known = ("aes", "vaes", "avx2", "avx512f", "avx512ifma", "vpclmulqdq", "sha_ni", "bmi2", "adx")
    ssh = subprocess.run(["ssh", "-V"], capture_output=True, text=True).stderr.strip()
    return {"cores": os.cpu_count(), "cpu": model.group(1) if model else "unknown",
            "flags": [flag for flag in known if flag in flags], "kernel": os.uname().release, "client": ssh,
            "load": os.getloadavg()[0]}


def row(measurement, metric, index, samples):
    """One line of the table out of the samples of all peers."""
    def values(peer):
        return [sample[index] for sample in samples.get(peer, [])]

    ours, theirs = values("postern"), values("sshd")
    result = {"name": f"{measurement.name}, {metric.suffix}", "unit": metric.unit, "target": metric.target,
              "ratio": None, "interval": None, "holds": None, "pairs": min(len(ours), len(theirs)),
              "better": "lower" if metric.lower else "higher"}
    for peer in samples:
        result[peer] = stats.statistics.median(values(peer)) if values(peer) else None
    if ours and theirs:
        paired = min(len(ours), len(theirs))
        ours, theirs = ours[:paired], theirs[:paired]
        result["ratio"] = stats.ratio(ours, theirs, metric.lower)
        result["interval"] = stats.interval(ours, theirs, metric.lower)
        if metric.target is not None and paired >= ENOUGH:
            result["holds"] = result["interval"][1] >= metric.target
    return result


def number(value):
    if value is None:
        return "-"
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def table(rows):
    """Text; `ratio` is how many times better Postern is than sshd."""
    header = ["row", "unit", "Postern", "sshd", "Go", "AsyncSSH", "ratio", "95 % interval", "target", "holds"]
    lines = [header]
    for each in rows:
        interval = "-" if each["interval"] is None else "{:.2f} .. {:.2f}".format(*each["interval"])
        holds = {True: "yes", False: "NO", None: "-"}[each["holds"]]
        lines.append([each["name"], each["unit"], number(each.get("postern")), number(each.get("sshd")),
                      number(each.get("go")), number(each.get("asyncssh")),
                      "-" if each["ratio"] is None else f"{each['ratio']:.2f}", interval,
                      "-" if each["target"] is None else f"{each['target']:.2f}", holds])
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    return "\n".join("  ".join(cell.ljust(width) if i < 2 else cell.rjust(width)
                               for i, (cell, width) in enumerate(zip(line, widths))).rstrip() for line in lines)


PLOT = """
import json, sys
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plot
rows = [row for row in json.load(open(sys.argv[1]))["rows"] if row["ratio"] is not None][::-1]
figure, axes = plot.subplots(figsize=(11, 1 + 0.26 * len(rows)))
for place, row in enumerate(rows):
    low, high = row["interval"]
    colour = {True: "#2a7f3f", False: "#b3261e", None: "#5b6770"}[row["holds"]]
    axes.barh(place, row["ratio"], color=colour, height=0.6)
    axes.plot([low, high], [place, place], color="black", linewidth=1)
    if row["target"] is not None:
        axes.plot([row["target"]] * 2, [place - 0.4, place + 0.4], color="black", linewidth=2)
axes.axvline(1, color="black", linewidth=0.6, linestyle=":")
axes.set_xscale("log")
axes.set_yticks(range(len(rows)), [row["name"] for row in rows], fontsize=7)
axes.set_ylim(-0.7, len(rows) - 0.3)
axes.set_xlabel("times better than OpenSSH's sshd (line: 95 % interval; bar: target)")
figure.tight_layout()
figure.savefig(sys.argv[2], dpi=130)
"""


def plot(python, json_file, png_file):
    subprocess.run([python, "-c", PLOT, str(json_file), str(png_file)], check=True, capture_output=True)
