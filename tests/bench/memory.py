# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""The peak memory of a command and its workers together, as a line like pair's.

    memory.py NAME COMMAND [ARGUMENT...]

Every 20 ms, it adds up the proportional set sizes of the command and of all processes that come from it: a page that
several of them share counts once.  The output of COMMAND goes to /dev/null.
"""
import contextlib
import ctypes
import os
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36


def children(parent):
    for task in os.listdir(f"/proc/{parent}/task"):
        with open(f"/proc/{parent}/task/{task}/children", encoding="ascii") as file:
            yield from map(int, file.read().split())


def size(process):
    """In KiB, with all that come from it."""
    found = 0
    # Any of them may end meanwhile.
    with contextlib.suppress(OSError):
        with open(f"/proc/{process}/smaps_rollup", encoding="ascii") as file:
            found += sum(int(line.split()[1]) for line in file if line.startswith("Pss:"))
    with contextlib.suppress(OSError):
        found += sum(size(child) for child in children(process))
    return found


def main():
    # Workers are no children of fob: they become this process's.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    peak = 0
    with subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as command:
        while command.poll() is None:
            peak = max(peak, sum(map(size, list(children(os.getpid())))))
            time.sleep(0.02)
    print(f"{sys.argv[1]}\t0\t0\t{peak}")
    return command.returncode


sys.exit(main())
