#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""The public headers: each compiles alone, as C and as C++, and is installed.

Prints each fault, and ends with status 1 when there is one.
"""
import os
import pathlib
import shutil
import subprocess
import sys

SOURCE = pathlib.Path(os.environ.get("abs_top_srcdir", "."))
FOLDER = SOURCE / "src/include/fob"
WARNINGS = ("-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only")


def compilers():
    yield [*os.environ.get("CC", "cc").split(), "-std=c11", "-x", "c"]
    for name in "c++", "g++", "clang++":
        if shutil.which(name):
            yield [name, "-std=c++11", "-x", "c++"]
            return


def check_alone(header, compiler):
    """The compiler's complaint of a file that includes HEADER and nothing else; "" for none."""
    done = subprocess.run([*compiler, *WARNINGS, f"-I{SOURCE}/src/include", "-"], check=False,
                          input=f"#include <fob/{header}>\n", text=True, capture_output=True)
    return done.stderr if done.returncode != 0 else ""


def main():
    names = sorted(path.name for path in FOLDER.glob("*.h"))
    installed = (SOURCE / "src/include/Makefile.am").read_text(encoding="utf-8")
    faults = [f"{name}: is not installed" for name in names
              if f"src/include/fob/{name}" not in installed.split()]
    for compiler in compilers():
        for name in names:
            complaint = check_alone(name, compiler)
            if complaint:
                faults.append(f"{name}: does not compile alone:\n{complaint}")
    for fault in faults:
        print(fault)
    print(f"{len(names)} headers, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
