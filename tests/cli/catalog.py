# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""Links an account at each provider of the catalog, at a server that plays its rehearsals.

    catalog.py FOLDER FILE...

FOLDER is the one of providers' files that fob reads.  From a script each rehearsal that runs an
action is linked, and the action run; and one with a wrong credential.  On a terminal the first is.
"""
import os
import pathlib
import subprocess
import sys

SOURCE = pathlib.Path(os.environ["abs_top_srcdir"])
sys.path.insert(0, str(SOURCE / "tests/sandbox"))
import rehearsed  # noqa: E402  pylint: disable=wrong-import-position

BROWSER = ["curl", "-s", "-o", "/dev/null", "-w", "%{redirect_url}"]
ASKED_AT_END = "The address that the browser shows at the end: "


class Wrong(Exception):
    pass


def must(condition, *what):
    if not condition:
        raise Wrong(*what)


def sign_in(address):
    """The address at which a browser ends that signs in at ADDRESS."""
    return subprocess.run([*BROWSER, address], check=True, stdout=subprocess.PIPE, text=True).stdout


def link(words, fields, signs_in):
    """Link from a script; the exit status and the output."""
    with subprocess.Popen(["fob", "link", *words, "--stdin"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as fob:
        if signs_in:
            fob.stdin.write(fields + "\n")
            fob.stdin.flush()
            fields = sign_in(fob.stdout.readline().strip()) + "\n"
        return *fob.communicate(fields), fob.returncode


def set_app(file, fields):
    """Store the app's part of FIELDS; the rest is the account's."""
    names = {field["name"] for field in file.texts["fields"] if field.get("app") == "true"}
    app = {name: value for name, value in fields.items() if name in names}
    if app:
        subprocess.run(["fob", "app", file.name, "--stdin"], input=rehearsed.lines_of(app), check=True, text=True,
                       stdout=subprocess.DEVNULL)
    return {name: value for name, value in fields.items() if name not in names}


def prompt(field):
    """What is asked for FIELD of a provider's file."""
    title = field.get("title", field["name"])
    before, after = field.get("prefix", ""), field.get("suffix", "")
    if "default" in field:
        title += f" [{field['default']}]"
    elif "example" in field:
        title += f" (such as {before}{field['example']}{after})"
    elif before or after:
        title += f" ({before}NAME{after})"
    elif field.get("optional") == "true":
        title += " (may be empty)"
    return title + ": "


def steps(file, fields, signs_in):
    """The steps of terminal.py for a person who types FIELDS."""
    for field in file.texts["fields"]:
        if field.get("app") == "true":
            continue
        yield "expect=" + prompt(field)
        if field.get("secret") == "true":
            yield "echo=off"
        yield "send=" + fields.get(field["name"], "")
    if signs_in:
        yield "expect=" + ASKED_AT_END
        yield "echo=off"
        yield f"answer=grep -o '^http[^ ]*' | tail -n 1 | xargs {' '.join(BROWSER)}"


class Linked:
    """A provider's file at its server."""

    def __init__(self, file, server, folder):
        self.file, self.server, self.count = file, server, 0
        self.pem = server.pem.read_text(encoding="utf-8") if server.pem else ""
        rehearsed.write(folder / file.path.name, file.moved(server))

    def begin(self, rehearsal):
        self.server.play(rehearsal)
        self.count += 1
        return f"{self.file.name}-{self.count}", set_app(self.file, self.file.fields(rehearsal, self.pem))

    def end(self, rehearsal, said):
        wrong = self.server.folder / "wrong"
        must(not wrong.exists(), rehearsal.name, said, wrong.exists() and wrong.read_text(encoding="utf-8"))

    def script(self, rehearsal, status=0):
        account, fields = self.begin(rehearsal)
        out, err, code = link([self.file.name, account], rehearsed.lines_of(fields), rehearsal.sign_in)
        must(code == status, rehearsal.name, code, out, err)
        must(code or f"{account}: linked to" in out, rehearsal.name, out)
        for step in rehearsal.runs if code == 0 else ():
            words = [f"{name}={value}" for name, value in step.get("arguments", {}).items()]
            ran = subprocess.run(["fob", "run", account, step["run"], *words, "--format", "ndjson"], check=False,
                                 capture_output=True, text=True)
            must(ran.returncode == 0 and ran.stdout.count("\n") == int(step["items"]), rehearsal.name, ran)
        self.end(rehearsal, err)

    def terminal(self, rehearsal):
        account, fields = self.begin(rehearsal)
        shown = self.server.folder / "shown"
        ran = subprocess.run([sys.executable, SOURCE / "tests/cli/terminal.py", shown,
                              *steps(self.file, fields, rehearsal.sign_in), "--", "fob", "link", self.file.name, account],
                             check=False, capture_output=True, text=True)
        must(ran.returncode == 0 and f"{account}: linked to" in ran.stdout, rehearsal.name, ran)
        for field in self.file.texts["fields"]:
            value = fields.get(field["name"], "")
            must(field.get("secret") != "true" or len(value) < 4 or value not in shown.read_text(encoding="utf-8"), "shown", field)
        self.end(rehearsal, ran.stderr)


def try_file(linked):
    good = [one for one in linked.file.rehearsals if one.runs and one.link == "success"]
    must(good, "no rehearsal runs an action")
    for rehearsal in good:
        linked.script(rehearsal)
    linked.terminal(good[0])
    bad = [one for one in linked.file.rehearsals if one.link == "rejected" and len(one.calls) == 1]
    must(bad, "no wrong credential")
    linked.script(bad[0], 1)


def main():
    folder, here = pathlib.Path(sys.argv[1]), pathlib.Path.cwd()
    plain, tls, failed = rehearsed.Server(here), None, False
    for path in map(pathlib.Path, sys.argv[2:]):
        file = rehearsed.File(path)
        if file.certificate and not tls:
            tls = rehearsed.Server(here, rehearsed.make_pem(here))
        try:
            try_file(Linked(file, tls if file.certificate else plain, folder))
        except Wrong as wrong:
            failed = True
            print(f"{path.name}:", *wrong.args)
            (here / "wrong").unlink(missing_ok=True)
    return failed


sys.exit(main())
