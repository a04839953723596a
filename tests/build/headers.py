#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""The public headers: each compiles alone, as C and as C++, and is installed; each declaration says
since which version it is there, and a function's symbol is in the node of that version, in each library.

Prints each fault, and ends with status 1 when there is one.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

SOURCE = pathlib.Path(os.environ.get("abs_top_srcdir", "."))
FOLDER = SOURCE / "src/include/fob"
WARNINGS = ("-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only")
MAPS = ("src/core/libfob.map", "src/http/libfob-http.map", "src/worker/libfob-plugin.map")

DECLARATIONS = {
    "function": r"FOB_API [^;(]*?\b(\w+)\(",
    "object": r"FOB_API extern [^;(]*?\b(\w+);",
    "type": r"typedef [^;(]*?\b(\w+)\(",
    "struct": r"struct (\w+) \{",
    "enum": r"enum (\w+) \{",
    "macro": r"#define (FOB_(?!\w+_H$)(?!API )\w+)",
}


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


def items(text):
    """Each declaration of a header, as (kind, name, line number, the comment above).

    What stands below a declaration without a comment between has the same comment.
    """
    comment, lines, at = "", text.split("\n"), 0
    while at < len(lines):
        line, begin = lines[at], at
        if line.startswith("/*"):
            while "*/" not in lines[at]:
                at += 1
            words = " ".join(" ".join(lines[begin:at + 1]).replace("*", " ").split()).strip("/ ")
            comment = comment if words.startswith("clang-format") else words
        elif not line:
            comment = ""
        for kind, pattern in DECLARATIONS.items():
            whole = "\n".join(lines[at:at + 8]) if kind in ("function", "type") else line
            found = re.match(pattern, whole, re.S)
            if found and not line.startswith("/*"):
                yield kind, found[1], begin + 1, comment
                break
        at += 1


def nodes():
    """The versions that each exported symbol belongs to, by the names of the nodes."""
    versions = {}
    for path in MAPS:
        text = re.sub(r"#.*", "", (SOURCE / path).read_text(encoding="utf-8"))
        for version, body in re.findall(r"^FOB_(?:HTTP_)?([\d.]+) \{(.*?)^\}", text, re.S | re.M):
            for symbol in re.findall(r"\b(fob_\w+);", body):
                versions.setdefault(symbol, set()).add(version)
    return versions


def check_since(name, text, versions):
    for kind, what, line, comment in items(text):
        since = re.search(r"\bSince (\d+\.\d+)\.$", comment)
        if since is None:
            yield f"{name}:{line}: the comment of {what} does not end with Since and a version"
        elif kind == "function" and versions.get(what) != {since[1]}:
            symbols = ", ".join(sorted(versions.get(what, ["in no library"])))
            yield f"{name}:{line}: {what} is since {since[1]}, its symbol {symbols}"


def main():
    names = sorted(path.name for path in FOLDER.glob("*.h"))
    installed = (SOURCE / "src/include/Makefile.am").read_text(encoding="utf-8")
    faults = [f"{name}: is not installed" for name in names
              if f"src/include/fob/{name}" not in installed.split()]
    versions = nodes()
    for name in names:
        faults += check_since(name, (FOLDER / name).read_text(encoding="utf-8"), versions)
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
