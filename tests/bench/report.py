# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""Judges what pair measured.

    report.py LIMIT... <MEASUREMENTS

A LIMIT is "NAME<=2.0*OTHER", "NAME*20<=OTHER", "NAME - PART<=1.3*OTHER", "NAME<=2.3*the CPU of OTHER", "NAME<=8MiB",
"NAME<=30ms", "NAME<=60us CPU of 5000" or "NAME<=5% of a core".  Where there are two names it is the median of the
ratio round by round; the others are of the peak memory, the median time, and the median CPU time, of one of so many, or
as a share of the time.  Ends with 1 when a limit is missed.
"""
import re
import statistics
import sys

RATIO = re.compile(r"(.+)<=([\d.]+)\*(.+)")
FASTER = re.compile(r"(.+)\*([\d.]+)<=(.+)")
BESIDES = re.compile(r"(.+) - (.+)<=([\d.]+)\*(.+)")
TIME = re.compile(r"(.+)<=([\d.]+)ms")
CPU = re.compile(r"(.+)<=([\d.]+)us CPU of (\d+)")
CPU_RATIO = re.compile(r"(.+)<=([\d.]+)\*the CPU of (.+)")
SHARE = re.compile(r"(.+)<=([\d.]+)% of a core")
MEMORY = re.compile(r"(.+)<=([\d.]+)MiB")


def read(lines):
    runs = {}
    for line in lines:
        name, wall, cpu, peak = line.rstrip("\n").split("\t")
        runs.setdefault(name, []).append((float(wall), float(cpu), int(peak)))
    return runs


def ratio(runs, one, other, what=0):
    return statistics.median(a[what] / b[what] for a, b in zip(runs[one], runs[other]))


def judge(runs, limit):
    """What was found, and whether it is within the limit."""
    if match := FASTER.fullmatch(limit):
        found = ratio(runs, match[3], match[1])
        return f"{match[1]} is {found:.1f} x as fast as {match[3]} (at least {match[2]})", \
            found >= float(match[2])
    if match := BESIDES.fullmatch(limit):
        found = statistics.median((a[0] - b[0]) / c[0] for a, b, c in
                                  zip(runs[match[1]], runs[match[2]], runs[match[4]]))
        return f"{match[1]} takes {found:.2f} x {match[4]} besides {match[2]} (at most {match[3]})", \
            found <= float(match[3])
    if match := CPU.fullmatch(limit):
        found = statistics.median(run[1] for run in runs[match[1]]) / int(match[3])
        return f"{match[1]} takes {found:.1f} us of CPU for each of {match[3]} (at most {match[2]})", \
            found <= float(match[2])
    if match := CPU_RATIO.fullmatch(limit):
        found = ratio(runs, match[1], match[3], 1)
        return f"{match[1]} takes {found:.2f} x the CPU of {match[3]} (at most {match[2]})", \
            found <= float(match[2])
    if match := SHARE.fullmatch(limit):
        found = statistics.median(100 * run[1] / run[0] for run in runs[match[1]])
        return f"{match[1]} takes {found:.1f} % of a core (at most {match[2]})", found <= float(match[2])
    if match := TIME.fullmatch(limit):
        found = statistics.median(run[0] for run in runs[match[1]]) / 1000
        return f"{match[1]} takes {found:.1f} ms (at most {match[2]})", found <= float(match[2])
    if match := RATIO.fullmatch(limit):
        found = ratio(runs, match[1], match[3])
        return f"{match[1]} takes {found:.2f} x {match[3]} (at most {match[2]})", \
            found <= float(match[2])
    if match := MEMORY.fullmatch(limit):
        found = max(run[2] for run in runs[match[1]]) / 1024
        return f"{match[1]} takes {found:.1f} MiB (at most {match[2]})", found <= float(match[2])
    sys.exit(f"report.py: not a limit: {limit}")


def main():
    runs = read(sys.stdin)
    print(f"{'program':34}{'wall us':>10}{'least':>10}{'most':>10}{'cpu us':>10}{'KiB':>8}")
    for name, all_runs in runs.items():
        walls = [run[0] for run in all_runs]
        print(f"{name:34}{statistics.median(walls):10.0f}{min(walls):10.0f}{max(walls):10.0f}"
              f"{statistics.median(run[1] for run in all_runs):10.0f}"
              f"{max(run[2] for run in all_runs):8}")
    missed = 0
    for limit in sys.argv[1:]:
        text, good = judge(runs, limit)
        print(f"{'ok    ' if good else 'MISSED'}  {text}")
        missed += not good
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
