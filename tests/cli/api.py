# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""Calls every function of the public headers with NULL for each pointer in turn, with unknown flags,
with numbers outside of enums, with structs without their size, and those for hooks with an application's
handle, for api.bats.

api.py INCLUDE HTTP   the headers' folder, and libfob-http; the account acme must be there, a second
                      one is not needed.  What the headers declare must be what the libraries export.
"""
import ctypes
import pathlib
import re
import subprocess
import sys

INVALID = 18
# Pointers that may be NULL, as the headers say.
OPTIONAL = {
    "fob_open": {"config"}, "fob_set_log": {"fn"}, "fob_set_wait": {"fn"}, "fob_set_conversation": {"conv"},
    "fob_copy_store": {"progress"}, "fob_start": {"provider", "conv"}, "fob_create_store": {"passphrase"}, "fob_account_field": {"secret"}, "fob_token": {"ends"},
    "fob_app_open": {"conv"}, "fob_field_name": {"secret"}, "fob_log_open": {"filter"}, "fob_converse": {"replies"},
    "fob_fail": {"handle"}, "fob_invite": {"pin", "invitation"}, "fob_invite_again": {"invitation"}, "fob_mistake": {"option"}, "fob_request_new": {"arguments"}, "fob_set_data": {"destroy"}, "fob_http_body": {"size"},
}
# Whatever the caller gets back from a callback; void * is his own.
OWN = {"data"}
# What an int is that is no code; and what stands for an account that is not there.
NUMBERS = {"fob_http_status": 0}
STANDINS = {"fob_account_status": 1}
FLAGS = 1 << 30
# These begin with a number of the interface, or their size is in another struct.
UNSIZED = {"fob_plugin", "fob_option"}
# These take a struct only from the library.
LENT = {"fob_action_argument", "fob_request_new"}


def declarations(folder):
    for header in sorted(pathlib.Path(folder, "fob").glob("*.h")):
        with open(header, encoding="utf-8") as file:
            text = re.sub(r"/\*.*?\*/|#.*?(?<!\\)\n", " ", file.read(), flags=re.S)
        for found in re.finditer(r"FOB_API\s+([^;(]*?)(\w+)\(([^;]*?)\)\s*(?:__attribute__[^;]*)?;", text):
            result, name, rest = (" ".join(part.split()) for part in found.groups())
            depth, parameters, start = 0, [], 0
            for at, letter in enumerate(rest + ","):
                depth += (letter == "(") - (letter == ")")
                if letter == "," and depth == 0:
                    parameters.append(rest[start:at].strip())
                    start = at + 1
            yield name, result, [one for one in parameters if one not in ("void", "...")]


def structs(folder):
    """The structs that have members, and whether they begin with their size."""
    text = "".join(path.read_text(encoding="utf-8") for path in pathlib.Path(folder, "fob").glob("*.h"))
    found = re.findall(r"^struct (\w+) \{\n([^}]*)", re.sub(r"/\*.*?\*/", "", text, flags=re.S), re.M)
    return {name: members.split(";")[0].split() == ["size_t", "size"] for name, members in found}


def name_of(parameter):
    found = re.search(r"\(\*(\w+)\)", parameter) or re.search(r"(\w+)(?:\[\w*\])?$", parameter)
    return found.group(1)


def is_pointer(parameter):
    return "*" in parameter or "[" in parameter


def struct_of(parameter):
    found = re.match(r"(?:const )?struct (\w+)", parameter)
    return found and found.group(1)


class World:
    def __init__(self, http, sized):
        self.sized = sized
        self.fob = ctypes.CDLL("libfob.so.0", mode=ctypes.RTLD_GLOBAL)
        self.http = ctypes.CDLL(http)
        self.plugin = ctypes.CDLL("libfob-plugin.so.0")
        self.plugin.fob_error.restype = ctypes.c_char_p
        self.fob.fob_error.restype = self.fob.fob_error_hint.restype = ctypes.c_char_p
        self.kept = []
        self.context = ctypes.c_void_p()
        assert self.fob.fob_open(None, ctypes.byref(self.context)) == 0, self.fob.fob_error()
        self.handle = self.start()
        assert self.fob.fob_authorize(self.handle, b"test", 1 << 4) == 0, self.fob.fob_error()

    def start(self):
        handle = ctypes.c_void_p()
        assert self.fob.fob_start(self.context, None, b"acme", None, ctypes.byref(handle)) == 0
        return handle

    def is_plugins(self, name):
        """Whether only plugins have the function, whose handles are made in a worker."""
        return not hasattr(self.fob, name)

    def error(self, name=""):
        by_plugin = name and self.is_plugins(name) and not name.startswith("fob_http_")
        return (self.plugin if by_plugin else self.fob).fob_error().decode()

    def function(self, name):
        if name.startswith("fob_http_"):
            return getattr(self.http, name)
        return getattr(self.plugin if self.is_plugins(name) else self.fob, name)

    def value(self, parameter):
        """Something that is not NULL, of the parameter's type."""
        kind = parameter.rsplit(name_of(parameter), 1)[0].strip()
        if not is_pointer(parameter):
            return ctypes.c_int64(1)
        if kind == "struct fob_context *" or kind == "const struct fob_context *":
            return self.context
        if kind.removeprefix("const ") == "struct fob_handle *":
            return self.handle
        if kind.removeprefix("const ") == "struct fob_secret *":
            secret = ctypes.c_void_p()
            assert self.fob.fob_secret_new(b"x", ctypes.c_size_t(1), ctypes.byref(secret)) == 0
            return secret
        if kind == "const char *":
            return ctypes.c_char_p(b"acme")
        if "_fn *" in kind or "(*" in kind:
            call = ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 0)
            self.kept.append(call)
            return call
        self.kept.append(ctypes.create_string_buffer(4096))
        if self.sized.get(struct_of(parameter)):
            self.kept[-1][0] = ctypes.sizeof(ctypes.c_size_t)
        return ctypes.cast(self.kept[-1], ctypes.c_void_p)

    def call(self, name, result, parameters, index, instead):
        arguments = [self.value(one) for one in parameters]
        arguments[index] = instead
        function = self.function(name)
        function.restype = ctypes.c_int if result == "int" or result.startswith("enum") else \
            ctypes.c_bool if result == "bool" else None if result == "void" else ctypes.c_int64
        if result.endswith("char *"):
            function.restype = ctypes.c_char_p
        print(name, name_of(parameters[index]), flush=True)
        return function(*arguments)


def check_null(world, name, result, parameters):
    for index, parameter in enumerate(parameters):
        argument = name_of(parameter)
        if not is_pointer(parameter) or argument in OWN or argument in OPTIONAL.get(name, ()):
            continue
        if world.is_plugins(name) and index > 0:
            continue
        got = world.call(name, result, parameters, index, None)
        if result == "int" and name not in NUMBERS:
            wanted = f"{name}: {argument} must not be NULL"
            if got != INVALID or not world.error(name).startswith(wanted):
                yield f"{name}({argument} = NULL): {got}, {world.error(name)}"
        elif got not in (None, 0, False, b"", STANDINS.get(name)):
            yield f"{name}({argument} = NULL): {got}"


def check_handle(world, name, result, parameters):
    """A hook's function refuses an application's handle."""
    if not world.is_plugins(name) or not parameters or "struct fob_handle *" not in parameters[0]:
        return
    got = world.call(name, result, parameters, 0, world.handle)
    if result == "int":
        if got != INVALID or "the handle is not " not in world.error(name):
            yield f"{name}(an application's handle): {got}, {world.error(name)}"
    elif got not in (None, 0, b"") and name != "fob_is_over":
        yield f"{name}(an application's handle): {got}"


def check_numbers(world, name, result, parameters):
    for index, parameter in enumerate(parameters):
        if world.is_plugins(name):
            continue
        if parameter == "unsigned flags":
            instead = FLAGS
        elif parameter.startswith("enum ") and not is_pointer(parameter):
            instead = 9999
        else:
            continue
        got = world.call(name, result, parameters, index, instead)
        if result == "int" and got != INVALID:
            yield f"{name}({parameter} = {instead}): {got}, {world.error()}"


def check_sizes(world, name, result, parameters):
    for index, parameter in enumerate(parameters):
        sized = world.sized.get(struct_of(parameter))
        if not sized or name in LENT:
            continue
        if parameter.count("*") > 1 or (world.is_plugins(name) and index > 0):
            continue
        empty = ctypes.create_string_buffer(64)
        got = world.call(name, result, parameters, index, empty)
        wanted = f"{name}: {name_of(parameter)} does not begin with its size"
        if got != INVALID or world.error() != wanted:
            yield f"{name}({parameter} = {{ 0 }}): {got}, {world.error()}"


def exported(library):
    lines = subprocess.run(["nm", "-D", "--defined-only", library], check=True, text=True,
                           stdout=subprocess.PIPE).stdout.split("\n")
    return {line.split()[2].split("@")[0] for line in lines if " T fob_" in line}


def main():
    world = World(sys.argv[2], structs(sys.argv[1]))
    declared = list(declarations(sys.argv[1]))
    names = {name for name, _, _ in declared}
    libraries = set()
    for library in ("libfob-http.so.0", "libfob.so.0", "libfob-plugin.so.0"):
        libraries |= exported(sys.argv[2].replace("libfob-http.so.0", library))
    faults = [f"{name}: declared or exported, but not both" for name in sorted(names ^ libraries)]
    faults += [f"struct {name} does not begin with its size" for name, sized in world.sized.items()
               if not sized and name not in UNSIZED]
    for name, result, parameters in declared:
        faults += check_null(world, name, result, parameters)
        faults += check_handle(world, name, result, parameters)
        faults += check_numbers(world, name, result, parameters)
        faults += check_sizes(world, name, result, parameters)
    for fault in faults:
        print(fault, file=sys.stderr)
    print(len(declared), "functions")
    sys.exit(len(faults) > 0)


main()
