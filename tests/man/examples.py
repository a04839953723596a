# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""Runs the EXAMPLES of every manual page against a sandbox, as a reader would type them.

    examples.py [PAGE...]

Before each block, `.Bd -literal` to `.Ed`, stands a comment that a reader of the page does not see:

    .\\" example: KIND [WORD...] [expect=TEXT to the end of the line]

    shell           run by `sh -eu`; blocks of a page share a home and run in order
      typed         on a terminal, where someone types the sandbox's pair
      reset         after somebody reset the keys at the sandbox
      needs=NAME    with the account NAME linked
      exit=N        ends with this status, not 0
      bare=TOOL     needs TOOL, which cannot look into a build with sanitizers
    yaml fob.yaml   a configuration without mistakes
    yaml provider   a provider's file without mistakes
    c file=NAME     compiled, kept as NAME for later blocks; run with args=WORD if it has a main()
    python          run by python3
    plugin file=NAME    compiled, and loaded by `fob check`
    frame           the bytes of a frame, of the type that expect= names
    text            not to be run

expect= must be in what a block prints.  A page's home has the files client_id and client_secret,
and what is asked of https://charliehr.com comes from the sandbox.
"""
import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ.get("abs_top_srcdir",
                                     pathlib.Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(SOURCE / "tests/worker"))
import frames  # pylint: disable=wrong-import-position
BUILD = pathlib.Path(os.environ.get("abs_top_builddir", os.getcwd())).resolve()
TOOLS = ("curl", "jq", "pkg-config")
LIMIT = 120  # seconds for one block
REAL = "https://charliehr.com/api/v1"
ESCAPES = {r"\e": "\\", r"\-": "-", r"\&": "", r"\(dq": '"'}


class Bad(Exception):
    pass


def compiler():
    """The build's compiler; by its path, since it may itself be called cc."""
    name, *options = os.environ.get("CC", "cc").split()
    return " ".join([shutil.which(name) or name, *options])


class Block:
    """One display of the EXAMPLES section, and what its comment says of it."""

    def __init__(self, line, comment):
        self.line = line
        self.text = ""
        words, _, self.expect = comment.partition(" expect=")
        self.kind, *words = words.split()
        self.flags = {word for word in words if "=" not in word}
        self.values = dict(word.split("=", 1) for word in words if "=" in word)

    def add(self, line):
        if line.startswith("."):
            raise Bad(f"line {self.line}: a macro inside the block: {line}")
        for escape in re.findall(r"\\(?:\(..|.)", line):
            if escape not in ESCAPES:
                raise Bad(f"line {self.line}: unknown escape {escape}")
        self.text += re.sub(r"\\(?:\(..|.)", lambda found: ESCAPES[found[0]], line) + "\n"


def blocks_of(page):
    """The blocks of a page's EXAMPLES, each of which must have its comment."""
    section, comment, block, blocks = "", None, None, []
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith(".Sh "):
            section = line[4:]
        if section != "EXAMPLES":
            continue
        if block is not None:
            if line == ".Ed":
                blocks.append(block)
                block = None
            else:
                block.add(line)
        elif line.startswith((".Bd", ".Dl", ".D1")):
            if comment is None or not line.startswith(".Bd -literal"):
                raise Bad(f'line {number}: {line} without a line .\\" example: before it')
            block = Block(number, comment)
        comment = line[12:] if line.startswith('.\\" example: ') else None
    if not blocks:
        raise Bad("no EXAMPLES with a block")
    return blocks


class Sandbox:
    def __init__(self, folder):
        self.folder = folder
        self.url = self.command("start").split()[-1]

    def command(self, *words):
        return subprocess.run([sys.executable, SOURCE / "tests/sandbox/charliehr.py", *words,
                               "--dir", self.folder], check=True, stdout=subprocess.PIPE,
                              text=True, timeout=LIMIT).stdout

    def read(self, name):
        return (self.folder / name).read_text().strip()


class Home:
    """One page's place: a configuration, a provider at the sandbox, and the build as installed."""

    def __init__(self, folder, sandbox):
        self.folder = folder
        self.sandbox = sandbox
        for name in ("bin", "plugins", "providers.d", "checked", "work", ".config/fob/providers.d"):
            (folder / name).mkdir(parents=True)
        self.work = folder / "work"
        for name in ("client_id", "client_secret"):
            (self.work / name).symlink_to(sandbox.folder / name)
        provider = (SOURCE / "conf/providers.d/charliehr.yaml").read_text().split("\nrehearsals:")[0] + "\n"
        self.write("providers.d/charliehr.yaml", provider.replace(
            f"base_url: {REAL}", f"base_url: {sandbox.url}\n  ca_file: {sandbox.folder}/ca.pem"))
        self.write("fob.yaml", self.config("store", f"providers.d, {folder}/.config/fob/providers.d")
                   + f"http: {{ ca_file: {sandbox.folder}/ca.pem }}\n"
                   f"hub: {{ url: https://connect.example.com, spool: {folder}/spool }}\n")
        self.write("bin/cc", f'#!/bin/sh\nexec {compiler()} "$@"\n').chmod(0o755)
        for name in ("fob", "fob-plugin", "fob-http"):
            self.write(f"{name}.pc", self.package(name))
        self.environment = dict(
            os.environ, HOME=str(folder), FOB_CONFIG=str(folder / "fob.yaml"),
            FOB_LIBEXEC=str(BUILD / ".libs"), LD_LIBRARY_PATH=str(BUILD / ".libs"),
            PATH=f"{folder}/bin:{BUILD}:{os.environ['PATH']}",
            PKG_CONFIG_PATH=f"{folder}:{os.environ.get('PKG_CONFIG_PATH', '')}",
            CURL_CA_BUNDLE=f"{sandbox.folder}/ca.pem", store=str(folder / "store"))

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def config(self, store, providers):
        return (f"store: {{ path: {self.folder}/{store} }}\nkey_file: {self.folder}/key-{store}\n"
                f"plugins: [ {BUILD}/.libs, {self.folder}/plugins ]\n"
                f"providers: [ {self.folder}/{providers} ]\n")

    def package(self, name):
        """A .pc file for the build folder."""
        makefile = (BUILD / "Makefile").read_text()
        sanitizers = " ".join(set(re.findall(r"-fsanitize=\S+", makefile)))
        return (f"plugindir={self.folder}/plugins\nproviderdir={self.folder}/providers.d\n"
                f"mandir={self.folder}/man\nlibdir={BUILD}/.libs\nName: {name}\nDescription: {name}\nVersion: 0\n"
                f"Cflags: -I{SOURCE}/src/include {sanitizers}\n"
                f"Libs: -L{BUILD}/.libs -l{name} {sanitizers}\n"
                + ("Requires: fob-plugin\n" if name == "fob-http" else ""))

    def run(self, command, status=0, expect=""):
        """Run a command; its session is gone afterwards, and what it said is returned."""
        with subprocess.Popen(command, cwd=self.work, env=self.environment, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, start_new_session=True) as process:
            try:
                said, _ = process.communicate(timeout=LIMIT)
            except subprocess.TimeoutExpired as late:
                raise Bad(f"not done after {LIMIT} s") from late
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
        shown = self.folder / "shown"
        if shown.exists():
            said += shown.read_text()
            shown.unlink()
        if process.returncode != status:
            raise Bad(f"ended with {process.returncode}, not {status}:\n{said}")
        if expect not in said:
            raise Bad(f"{expect!r} is not in:\n{said}")
        return said

    def link(self, account):
        if not (self.folder / "store/header").exists():
            self.run(["fob", "init"])
        if not (self.folder / "store/accounts" / account).exists():
            self.run(["fob", "link", "charliehr", account, "--field-file", "client_id=client_id",
                      "--field-file", "client_secret=client_secret"])

    def shell(self, block):
        script = self.write("block.sh", block.text.replace(REAL, self.sandbox.url))
        command = ["sh", "-eu", script]
        if "reset" in block.flags:
            self.sandbox.command("reset-keys")
        if "typed" in block.flags:
            steps = [step for name, title in (("client_id", "ID"), ("client_secret", "Secret"))
                     for step in (f"expect=\nClient {title}", f"send={self.sandbox.read(name)}")]
            command = [sys.executable, SOURCE / "tests/cli/terminal.py", "--all",
                       self.folder / "shown", *steps, "--", *command]
        self.run(command, int(block.values.get("exit", 0)), block.expect)

    def yaml(self, block):
        if "fob.yaml" in block.flags:
            path = self.write("example.yaml", block.text)
            self.run(["sh", "-c", f"fob --config {path} check || true"],
                     expect=f"ok: configuration {path}")
        else:
            self.check_provider(block.text, block.expect)

    def check_provider(self, text, expect=""):
        """A provider's file, beside no other: it must not touch the one at the sandbox."""
        name = re.search(r"^provider: *(\S+)", text, re.M)[1]
        text = text.replace("/etc/fob/sandbox-ca.pem", f"{self.sandbox.folder}/ca.pem")
        path = self.write(f"checked/{name}.yaml", text)
        config = self.write("checked.yaml", self.config("checked-store", "checked"))
        said = self.run(["sh", "-c", f"fob --config {config} check || true"],
                        expect=f"ok: provider {name}: {path}")
        # Programs, users and groups of the page that this machine does not have.
        absent = re.compile(r"(command|users?|groups): .*(No such file or directory|no such \w+)$")
        if any(line.startswith(str(path)) and not absent.search(line)
               for line in said.splitlines()):
            raise Bad(f"has mistakes:\n{said}")
        if expect not in said:
            raise Bad(f"{expect!r} is not in:\n{said}")
        path.unlink()

    def compile(self, block, output, *options):
        packages = ["fob-plugin"] if "fob/plugin.h" in block.text else ["fob"]
        packages = ["fob-http", "json-c"] if "fob/http.h" in block.text else packages
        path = self.work / block.values["file"]
        path.write_text(block.text, encoding="utf-8")
        flags = self.run(["pkg-config", "--cflags", "--libs", *packages]).split()
        self.run(["cc", "-Wall", "-Wextra", "-Werror", *options, "-o", output, path, *flags])

    def c(self, block):
        if re.search(r"^int main\(", block.text, re.M):
            self.compile(block, self.folder / "example")
            arguments = [block.values["args"]] if "args" in block.values else []
            if "build" in block.flags:
                return
            self.run([self.folder / "example", *arguments], expect=block.expect)
        else:
            self.compile(block, self.folder / "example.o", "-c")

    def sanitized(self):
        return "-fsanitize" in (self.folder / "fob.pc").read_text()

    def python(self, block):
        # A library with a sanitizer inside wants a program that has it, too.
        if self.sanitized():
            return
        script = self.write("block.py", block.text)
        self.run([sys.executable, script], expect=block.expect)

    def plugin(self, block):
        name = pathlib.Path(block.values["file"]).stem
        self.compile(block, self.folder / f"plugins/{name}.so", "-shared", "-fPIC")
        self.check_provider(f"provider: example\nfields:\n  - {{ name: token, secret: true }}\n"
                            f"plugin: {name}\n")

    def frame(self, block):
        page = frames.Page((SOURCE / "man/fob-worker.7").read_text(encoding="utf-8"))
        data = bytes.fromhex(block.text)
        items = data[frames.HEAD.size:]
        try:
            size, number, _ = page.decode_head(data[:frames.HEAD.size], False)
            page.decode_items(number, items)
        except frames.Refused as refused:
            raise Bad(f"is no frame: {refused}") from refused
        if size != len(items) or page.names[number] != block.expect:
            raise Bad(f"is a frame {page.names[number]} with {size} bytes, not {block.expect} with {len(items)}")

    def try_block(self, block):
        kinds = {"shell": self.shell, "yaml": self.yaml, "c": self.c, "plugin": self.plugin,
                 "python": self.python, "frame": self.frame, "text": lambda block: None}
        if block.kind not in kinds:
            raise Bad(f"{block.kind}: no kind of example")
        if "bare" in block.values and (self.sanitized() or shutil.which(block.values["bare"]) is None):
            return
        if "needs" in block.values:
            self.link(block.values["needs"])
        kinds[block.kind](block)


def try_page(page, home):
    """Try every block, also after one that failed."""
    failed = 0
    try:
        blocks = blocks_of(page)
    except Bad as bad:
        print(f"FAILED  {page.name}: {bad}")
        return 1
    for block in blocks:
        try:
            home.try_block(block)
            print(f"ok      {page.name}:{block.line} {block.kind}", flush=True)
        except Bad as bad:
            failed += 1
            print(f"FAILED  {page.name}:{block.line} {block.kind}: {bad}\n{block.text}", flush=True)
    return failed


def main(names):
    pages = sorted((SOURCE / "man").glob("*.[0-9]"))
    pages = [page for page in pages if not names or page.name in names]
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        print("not installed:", *missing)
        return 77
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, frame: sys.exit(1))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="man-examples-", dir=BUILD))
    try:
        sandbox = Sandbox(folder / "hr")
        try:
            failed = sum(try_page(page, Home(folder / page.name, sandbox)) for page in pages)
        finally:
            sandbox.command("stop")
    finally:
        shutil.rmtree(folder)
    return 1 if failed or not pages else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
