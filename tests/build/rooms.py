#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""The folders of src/ build on each other in one direction, and a file exports what others use.

Reads the symbols of all objects that were built, and the #include lines of their sources.  Prints
each fault, and ends with status 1 when there is one.
"""
import collections
import os
import re
import subprocess
import sys

SOURCE = os.environ.get("abs_top_srcdir", ".")
BUILD = os.environ.get("abs_top_builddir", SOURCE)

# libfob, bottom first: a folder uses those before it.
LIBFOB = [
    "src/util",
    "src/spool",
    "src/frame",
    "src/store",
    "src/core/config",
    "src/core/stack",
    "src/core/provider",
    "src/core/plugin",
    "src/core/session",
    "src/core/hook",
    "src/core/list",
    "src/core/log",
    "src/core/account",
    "src/core/sweep",
    "src/core/invitation",
    "src/core/inbox",
]
# What is built on libfob's public functions, and on which folders besides.
ABOVE = {
    "src/http": ["src/worker"],
    "src/cli": [],
    "src/fob/exec": [],
    "src/fob/request": ["src/cli"],
    "src/fob": ["src/cli", "src/fob/exec", "src/fob/request", "src/spool"],
    "src/worker": ["src/frame"],
    "src/renew": ["src/core/hook"],
    "src/store/postgresql": ["src/store"],  # headers alone: it links nothing of libfob
    "src/hub": ["src/spool"],
    "src/schema": ["src/core/config", "src/core/provider", "src/core/stack", "plugins/charliehr", "plugins/debug",
                   "plugins/exec", "plugins/http", "plugins/policy"],
    "plugins": ["src/http", "src/worker"],
}
PUBLIC = re.compile(r"fob_\w+$")

# Files that call each other, where that is right.
CIRCLES = []

# Exported names that begin otherwise than their file's name does, and why.
OTHER_NAMES = {
    "hook_name": "of the enum in stack.h",
    "blob_free": "of the struct that a file is read into",
    "run_options": "the options of another command in the same table",
    "main": "the C library calls it",
}

# Exported names that are looked up by name, and who does.
LOOKED_UP = {
    "requester_hook": "a worker",
}

Object = collections.namedtuple("Object", "source defined used")


def sources():
    """All C files, headers too, relative to the tree."""
    for top in ("src", "plugins"):
        for folder, _, names in os.walk(os.path.join(SOURCE, top)):
            for name in names:
                if name.endswith((".c", ".h")):
                    yield os.path.relpath(os.path.join(folder, name), SOURCE)


def above(folder):
    """What the folder, which is above libfob, may use besides it; None for an unknown one."""
    return ABOVE.get("plugins" if folder.startswith("plugins/") else folder)


def find_objects(known):
    """The newest object of each source: automake puts the program's name before the file's."""
    found = {}
    for top in ("src", "plugins"):
        for folder, _, names in os.walk(os.path.join(BUILD, top)):
            place = os.path.relpath(folder, BUILD)
            place = re.sub(r"/\.libs$", "", place)
            for name in names:
                source = os.path.join(place, name[:-2].rsplit("-", 1)[-1] + ".c")
                path = os.path.join(folder, name)
                if not name.endswith(".o") or source not in known:
                    continue
                if source not in found or os.path.getmtime(path) > os.path.getmtime(found[source]):
                    found[source] = path
    return found


def read_symbols(paths):
    """The defined and the used names of each object, by one nm, which takes most of its time to start."""
    text = subprocess.run(["nm", "-P", "-A", *paths], check=True, capture_output=True, text=True).stdout
    symbols = {path: (set(), set()) for path in paths}
    for line in text.splitlines():
        path, rest = line.split(": ", 1)
        name, kind = rest.split()[:2]
        if name.startswith("__"):
            continue  # a sanitizer's
        defined, used = symbols[path]
        if kind in "TDBRVWCGS":
            defined.add(name)
        elif kind == "U":
            used.add(name)
    return symbols


def may_use(user, used, name):
    """Whether the folder USER may use NAME, or a header when that is None, of the folder USED."""
    if user == used:
        return True
    if user in LIBFOB:
        return used in LIBFOB and LIBFOB.index(used) < LIBFOB.index(user)
    public = name is not None and PUBLIC.match(name) is not None
    if used == "src/util":
        return True
    if used in above(user):
        return public or used != "src/http"
    return public and used in LIBFOB


class Check:
    def __init__(self):
        self.files = sorted(sources())
        self.faults = []
        objects = find_objects(set(self.files))
        # Without libmicrohttpd there is no hub, and without libpq no PostgreSQL.
        absent = tuple(os.path.dirname(f) + "/" for f in ("src/hub/hub_main.c", "src/store/postgresql/postgresql.c")
                       if f not in objects)
        missing = [f for f in self.files if f.endswith(".c") and f not in objects and not f.startswith(absent)]
        for path in missing:
            self.fault(path, "has no object: build it first, or take it away")
        symbols = read_symbols(objects.values())
        self.objects = [Object(s, *symbols[p]) for s, p in sorted(objects.items())]
        self.definers = collections.defaultdict(list)
        for item in self.objects:
            for name in item.defined:
                self.definers[name].append(item.source)

    def fault(self, path, text):
        self.faults.append(f"{path}: {text}")

    def definer(self, item, name):
        """The source that gives NAME to the object ITEM; None for one outside."""
        found = [s for s in self.definers[name] if s != item.source]
        if not found or name in item.defined:
            return None
        user = os.path.dirname(item.source)
        near = [s for s in found if os.path.dirname(s) == user]
        right = near or [s for s in found if may_use(user, os.path.dirname(s), name)]
        return (right or found)[0]

    def check_folders(self):
        for path in self.files:
            folder = os.path.dirname(path)
            if folder not in LIBFOB + ["src/include/fob"] and above(folder) is None:
                self.fault(path, f"{folder} is not in the table of folders")

    def check_map(self):
        """The map has each folder; and each file that its text names exists."""
        path = os.path.join(SOURCE, "HACKING.md")
        if not os.path.exists(path):
            return
        with open(path, encoding="utf-8") as file:
            words = set(re.findall(r"`([\w/.-]+)`", file.read()))
        for folder in sorted({os.path.dirname(f) for f in self.files}):
            if folder + "/" not in words and not folder.startswith("plugins/"):
                self.fault("HACKING.md", f"lacks {folder}/")
        for word in sorted(words):
            if word.endswith(".c") and not any(f.endswith("/" + word) or f == word for f in self.files):
                self.fault("HACKING.md", f"names {word}, which does not exist")

    def check_arrows(self):
        for item in self.objects:
            user = os.path.dirname(item.source)
            for name in sorted(item.used):
                source = self.definer(item, name)
                if source is not None and not may_use(user, os.path.dirname(source), name):
                    self.fault(item.source, f"uses {name} of {source}, against the order")

    def check_includes(self):
        pattern = re.compile(r'#include "([\w-]+/[\w/.-]+)"')
        for path in self.files:
            user = os.path.dirname(path)
            with open(os.path.join(SOURCE, path), encoding="utf-8") as file:
                headers = pattern.findall(file.read())
            for header in headers:
                top = "plugins/" if os.path.exists(os.path.join(SOURCE, "plugins", header)) else "src/"
                used = os.path.dirname(top + header)
                if user != "src/include/fob" and not may_use(user, used, None):
                    self.fault(path, f"includes {header}, against the order")

    def check_circles(self):
        edges = {item.source: set() for item in self.objects}
        for item in self.objects:
            for name in item.used:
                source = self.definer(item, name)
                if source is not None:
                    edges[item.source].add(source)
        for circle in find_circles(edges):
            if circle not in CIRCLES:
                self.fault(min(circle), "in a circle: " + ", ".join(sorted(circle)))

    def check_names(self):
        public = read_words("src/include/fob")
        for item in self.objects:
            for name in sorted(item.defined):
                if name.startswith("fob_"):
                    if name not in public and name not in ("fob_plugin", "fob_engine"):
                        self.fault(item.source, f"exports {name}, which no public header has")
                elif name not in OTHER_NAMES and not begins_as(item.source, name):
                    self.fault(item.source, f"exports {name}, which does not begin as its file")

    def check_use(self):
        used = read_words("tests")
        for item in self.objects:
            used |= item.used - item.defined
        for item in self.objects:
            for name in sorted(item.defined - used):
                if not name.startswith("fob_") and name != "main" and name not in LOOKED_UP:
                    self.fault(item.source, f"exports {name}, which nothing else uses")

    def run(self):
        self.check_folders()
        if not self.faults:
            self.check_map()
            self.check_arrows()
            self.check_includes()
            self.check_circles()
            self.check_names()
            self.check_use()
        for fault in self.faults:
            print(fault)
        print(f"{len(self.objects)} objects, {len(self.faults)} faults")
        return 1 if self.faults else 0


def begins_as(source, name):
    """Whether NAME begins with the words of the file's name, or with the first of them: log_open in
    log_file.c, field_text in fields.c."""
    words = os.path.basename(source)[:-2].split("_")
    for count in range(1, len(words) + 1):
        begin = "_".join(words[:count])
        if any(name == b or name.startswith(b + "_") for b in (begin, begin.removesuffix("s"))):
            return True
    return False


def read_words(top):
    """All identifiers of the C files under TOP."""
    words = set()
    for folder, _, names in os.walk(os.path.join(SOURCE, top)):
        for name in names:
            if name.endswith((".c", ".h")):
                with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
                    words |= set(re.findall(r"\w+", file.read()))
    return words


def find_circles(edges):
    """The strongly connected sets of more than one (Tarjan)."""
    order, low, stack, circles = {}, {}, [], []

    def visit(node):
        order[node] = low[node] = len(order)
        stack.append(node)
        for other in sorted(edges[node]):
            if other not in order:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], order[other])
        if low[node] == order[node]:
            at = stack.index(node)
            if len(stack) - at > 1:
                circles.append(set(stack[at:]))
            del stack[at:]

    for node in sorted(edges):
        if node not in order:
            visit(node)
    return circles


if __name__ == "__main__":
    sys.exit(Check().run())
