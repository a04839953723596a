# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""Checks the manual: each page by itself, and fob(1) against what `fob --help` says."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ.get("abs_top_srcdir",
                                     pathlib.Path(__file__).resolve().parents[2]))
BUILD = pathlib.Path(os.environ.get("abs_top_builddir", os.getcwd())).resolve()
ENVIRONMENT = dict(os.environ, FOB_LIBEXEC=str(BUILD / ".libs"), LD_LIBRARY_PATH=str(BUILD / ".libs"))
SECTIONS = ("NAME", "DESCRIPTION", "EXAMPLES", "SEE ALSO", "SECURITY CONSIDERATIONS")
GLOBAL = "Options of every command"
OWN_PAGES = {"store": "store", "export": "export", "import": "export", "new-provider": "new-provider",
             "app": "app", "key": "key", "unlock": "unlock", "lock": "unlock",
             "check": "check", "log": "log", "exec": "exec", "get": "get", "request": "request",
             "validate": "validate", "run": "run", "hook": "hook", "complete": "hook",
             "invite": "invite", "invitations": "invite", "inbox": "inbox",
             "link": "link", "edit": "link", "rename": "link", "suspend": "revoke",
             "resume": "revoke", "revoke": "revoke", "git-credential": "git-credential",
             "docker-credential": "git-credential"}  # fob-NAME(1)

failures = []


def demand(right, what):
    if not right:
        failures.append(what)
        print("FAILED ", what)


def output_of(*command):
    return subprocess.run(command, env=ENVIRONMENT, check=False, text=True, timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout


def check_page(page, pages, commands):
    text = page.read_text(encoding="utf-8")
    sections = re.findall(r"^\.Sh (.*)$", text, re.M)
    demand(text.startswith('.\\" SPDX-License-Identifier: LGPL-2.1-or-later\n'
                           '.\\" Copyright (C) 2026 The fob authors\n'),
           f"{page.name}: begins with license and copyright")
    for section in SECTIONS:
        demand(section in sections, f"{page.name}: has a section {section}")
    found = output_of("mandoc", "-T", "lint", "-W", "warning", page)
    demand(found == "", f"{page.name}: mandoc has nothing to warn of\n{found}")
    for name, number in re.findall(r"\bXr (fob\S*) (\d)", text):
        demand(f"{name}.{number}" in pages, f"{page.name}: there is a page {name}({number})")
    for name in re.findall(r"\b(?:Ic|Ql) fob ([a-z-]+)", text):
        demand(name in commands, f"{page.name}: there is a command fob {name}")


def options_in(text, indent):
    """Lines of an option and its argument, so far indented."""
    return re.findall(rf"^ {{{indent}}}(--[a-z-]+(?: [A-Z=-]+)?)(?:  .*)?$", text, re.M)


def read_help():
    """From `--help`: the options of each usage, and of all commands."""
    text = output_of(BUILD / "fob", "--help")
    names = re.findall(r"^  ([a-z][a-z-]*) ", text, re.M)
    usages = {GLOBAL: options_in(text, 2)}
    for name in names:
        own = output_of(BUILD / "fob", name, "--help").split(GLOBAL)[0]
        usage = re.match(r"Usage: (.*)", own)[1].replace(" [options]", "")
        usages[usage] = options_in(own, 2)
    return names, usages


def read_page():
    """The same, from the section COMMANDS of fob(1) as it is shown."""
    text = output_of("mandoc", "-T", "ascii", "-O", "width=120", SOURCE / "man/fob.1")
    text = re.sub(".\x08", "", text)
    text = re.search(r"^COMMANDS$(.*?)^\S", text, re.M | re.S)[1]
    parts = re.split(r"^ {3}(\S.*)$", text, flags=re.M)
    return {usage: options_in(part, 5) for usage, part in zip(parts[1::2], parts[2::2])}


def check_functions():
    """Every public function has a page that names it, or it is not public."""
    pages = "".join(page.read_text(encoding="utf-8") for page in (SOURCE / "man").glob("*.3"))
    named = set(re.findall(r'\bF[no] (\w+)(?: "|$)', pages, re.M))
    headers = sorted((SOURCE / "src/include/fob").glob("*.h"))
    text = "".join(header.read_text(encoding="utf-8") for header in headers)
    functions = re.findall(r"^FOB_API [^;=]*?\b(fob_\w+)\(", text, re.M)
    demand(len(functions) > 100, "the public headers have functions")
    for function in functions:
        demand(function in named, f"a page of section 3 has {function}()")


def check_own_page(usage, options):
    """A command with a page of its own, on which every option must be."""
    page = SOURCE / "man" / f"fob-{OWN_PAGES[usage.split()[1]]}.1"
    text = page.read_text(encoding="utf-8")
    for option in options:
        name = option.split()[0]
        demand(re.search(rf"^\.It Fl {name[1:]}\b", text, re.M), f"{page.name}: describes {name}")


def check_html(pages):
    """`make html` writes every page, and no link leads nowhere."""
    with tempfile.TemporaryDirectory() as folder:
        said = output_of("make", "-s", "-C", BUILD, "install-html", f"htmldir={folder}")
        written = {path.name: path.read_text(encoding="utf-8")
                   for path in pathlib.Path(folder).iterdir()}
    demand(set(written) == {f"{page.name}.html" for page in pages} | {"index.html"},
           f"make html writes a file for each page\n{said}")
    for name, text in written.items():
        for link in re.findall(r'href="([^"#][^"]*)"', text):
            demand(link.split("#")[0] in written or link.startswith("man:"),
                   f"{name}: the link {link} leads to a page")


def main():
    if shutil.which("mandoc") is None:
        print("mandoc is not installed")
        return 77
    commands, helped = read_help()
    written = read_page()
    pages = sorted((SOURCE / "man").glob("*.[0-9]"))
    listed = (SOURCE / "man/Makefile.am").read_text(encoding="utf-8")
    demand(SOURCE / "man/fob.1" in pages and len(commands) > 1, "there is something to check")
    for page in pages:
        check_page(page, [page.name for page in pages], commands + ["help"])
        demand(f"man/{page.name}" in listed.split(), f"{page.name}: is installed")
    written = {usage.replace(" ...", "..."): options for usage, options in written.items()}
    check_functions()
    check_html(pages)
    demand(list(written) == list(helped),
           f"fob(1) has the commands of --help:\n{list(written)}\n{list(helped)}")
    for usage, options in helped.items():
        if usage != GLOBAL and usage.split()[1] in OWN_PAGES:
            check_own_page(usage, options)
            continue
        demand(written.get(usage) == options,
               f"fob(1) has the options of {usage}:\n{written.get(usage)}\n{options}")
    print(len(pages), "pages,", len(commands), "commands,", len(failures), "failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
