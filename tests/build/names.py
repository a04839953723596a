#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""How well names tell things apart: one word for one thing, so that perf, gdb and grep tell which.

Prints the figures and what they are made of, and ends with status 1 when one is over its limit.
The limits are kmod's and OpenSSH's; a figure that fell takes its limit along.
"""
import collections
import os
import re
import sys

SOURCE = os.environ.get("abs_top_srcdir", ".")

# In per cent of all functions; and how many.
REPEATED_MAX = 2.0
ONE_WORD_MAX = 1.0
STRANGERS_MAX = 0
TAGS_MAX = 0
# An opaque type of the headers that two libraries have.
TWO_TAGS = {"fob_handle"}
FILES_MAX = 0

TOKEN = re.compile(r"""
      /\*.*?\*/ | //[^\n]*                              # comments
    | ^[ \t]*\#(?:\\\n|/\*.*?\*/|[^\n])*                # directives
    | "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*'             # texts
    | (?P<word>[A-Za-z_]\w*) | (?P<sign>[^\s\w])
""", re.S | re.M | re.X)


def tokens(text):
    return [m.group() for m in TOKEN.finditer(text) if m.group("word") or m.group("sign")]


def closing(words, at):
    """The index behind the bracket that closes the one at AT."""
    depth = 0
    while at < len(words):
        depth += (words[at] in "({[") - (words[at] in ")}]")
        at += 1
        if depth == 0:
            break
    return at


def definitions(text):
    """The functions of the C text, those of them that are static, and the tags of its structures."""
    words = tokens(text)
    functions, statics, tags = [], [], []
    at = begin = 0
    while at < len(words):
        if words[at] in ("struct", "union", "enum") and words[at + 2:at + 3] == ["{"]:
            tags.append(words[at + 1])
        if words[at] == "{":
            at = begin = closing(words, at)  # bodies, and members: no functions are in there
            continue
        if words[at] == ";":
            begin = at
        if words[at] == "(":
            end = closing(words, at)
            if words[end:end + 1] == ["{"] and re.match(r"[A-Za-z_]", words[at - 1]):
                functions.append(words[at - 1])
                if "static" in words[begin:at]:
                    statics.append(words[at - 1])
            at = end
            continue
        at += 1
    return functions, statics, tags


def c_files():
    for top in ("src", "plugins"):
        for folder, _, names in os.walk(os.path.join(SOURCE, top)):
            for name in sorted(names):
                if name.endswith((".c", ".h")):
                    yield os.path.join(folder, name)


def repeated(names):
    counts = collections.Counter(names)
    return {name: count for name, count in sorted(counts.items()) if count > 1}


def is_of_file(name, path):
    """Whether the function's name begins with its file's, or with a word of that."""
    base = os.path.splitext(os.path.basename(path))[0]
    return any(name == noun or name.startswith(noun + "_") for noun in [base, *base.split("_")])


def show(what, names, figure, most, unit):
    print(f"{what}: {figure}{unit} (limit {most}): {' '.join(names)}")
    return figure > most


def main():
    functions, strangers, tags = [], [], []
    files = list(c_files())
    for path in files:
        with open(path, encoding="utf-8") as file:
            more_functions, statics, more_tags = definitions(file.read())
        functions += more_functions
        if path.endswith(".c"):
            strangers += [name for name in statics if not is_of_file(name, path)]
        tags += more_tags
    # The function that every program has, and every plugin.
    functions = [name for name in functions if name != "main"]
    again = repeated(functions)
    short = sorted({name for name in functions if "_" not in name})
    again_tags = repeated([tag for tag in tags if tag not in TWO_TAGS])
    # A public header may be named as the code behind it: it is included by <fob/...>.
    again_files = repeated(os.path.basename(path) for path in files if "/src/include/" not in path)
    per_cent = 100 / len(functions)
    over = [
        show("functions named as another", [f"{n}:{c}" for n, c in again.items()],
             round(sum(again.values()) * per_cent, 1), REPEATED_MAX, " %"),
        show("functions of one word", short,
             round(sum("_" not in name for name in functions) * per_cent, 1), ONE_WORD_MAX, " %"),
        show("static functions without a word of their file's name", strangers, len(strangers),
             STRANGERS_MAX, ""),
        show("tags defined twice", again_tags, len(again_tags), TAGS_MAX, ""),
        show("files named as another", again_files, len(again_files), FILES_MAX, ""),
    ]
    print(f"{len(functions)} functions")
    return 1 if any(over) else 0


if __name__ == "__main__":
    sys.exit(main())
