#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# The command: runs a CharlieHR made of sand, and tells it how to behave; see README.md here.
import argparse
import os
import subprocess
import sys

sys.dont_write_bytecode = True          # a checkout stays as it was

from certs import VARIANTS, CertError   # noqa: E402 - after the line above
from faults import KINDS                # noqa: E402
from sandbox import Sandbox, SandboxError, control, stop    # noqa: E402


def _count(text, most):
    number = int(text)
    if not 0 <= number <= most:
        raise ValueError
    return number


def port(text):
    """argparse type: a port number."""
    return _count(text, 65535)


def people(text):
    """argparse type: how many people the company has."""
    return _count(text, 100000)


def _serve_options(parser):
    parser.add_argument("--port", type=port, default=0, help="default: any free one")
    parser.add_argument("--people", type=people, default=312, help="default: 312")
    parser.add_argument("--client-id", help="default: as last time in DIR, else random")
    parser.add_argument("--client-secret", help="default: as last time in DIR, else random")
    parser.add_argument("--http", action="store_true", help="plain http on 127.0.0.1")
    parser.add_argument("--cert", choices=VARIANTS, default="good", help="default: good")
    parser.add_argument("--restricted", action="store_true",
                        help="keys without access to salaries and bank accounts")
    parser.add_argument("--ready-fd", type=int, help=argparse.SUPPRESS)


def _parser():
    parser = argparse.ArgumentParser(prog="charliehr.py", allow_abbrev=False,
                                     description="A CharlieHR to test against.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    texts = {"serve": "serve in the foreground", "start": "serve in the background",
             "stop": "end a running sandbox", "reset-keys": "make a new key pair",
             "fault": "make answers misbehave", "company": "change whose key it is"}
    made = {name: commands.add_parser(name, help=text, allow_abbrev=False)
            for name, text in texts.items()}
    for sub in made.values():
        sub.add_argument("--dir", required=True, type=os.path.abspath, help="the sandbox's folder")
    _serve_options(made["serve"])
    _serve_options(made["start"])
    made["fault"].add_argument("kind", metavar="KIND", choices=["none", *KINDS],
                               help="none, " + ", ".join(KINDS))
    made["fault"].add_argument("--times", type=int, help="default: until another or none")
    made["fault"].add_argument("--value", help="seconds, MiB or Retry-After")
    made["company"].add_argument("--id", required=True)
    made["company"].add_argument("--name", required=True)
    return parser


def _tell(fd, text):
    """Tells the waiting `start`, and lets go of it."""
    if fd is not None:
        with os.fdopen(fd, "w", encoding="utf-8") as pipe:
            pipe.write(text)


def _serve(options):
    def ready(url):
        print(url, flush=True)
        _tell(options.ready_fd, f"ready {url}")

    try:
        Sandbox(options).run(ready)
    except (SandboxError, CertError, OSError) as error:
        _tell(options.ready_fd, f"failed {error}")
        raise
    sys.stdout.flush()
    os._exit(0)                         # connections still open must not delay the end


def _start(options, arguments):
    folder = options.dir
    os.makedirs(folder, mode=0o700, exist_ok=True)
    ours, theirs = os.pipe()
    log = os.open(os.path.join(folder, "server.log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    command = [sys.executable, "-B", os.path.abspath(__file__), "serve", *arguments,
               "--dir", folder, "--ready-fd", str(theirs)]
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                              pass_fds=(theirs,), start_new_session=True)
    os.close(theirs)
    with os.fdopen(ours, encoding="utf-8") as pipe:
        word, _, text = pipe.read().partition(" ")
    if word != "ready":
        server.terminate()
        server.wait()
        raise SandboxError(text or f"the server ended at once; see {folder}/server.log")
    print(text)


def _run(options, arguments):
    if options.command == "serve":
        _serve(options)
    elif options.command == "start":
        _start(options, arguments)
    elif options.command == "stop":
        stop(options.dir)
    elif options.command == "reset-keys":
        pair = control(options.dir, {"do": "reset-keys"})
        print(f"client_id={pair['client_id']}\nclient_secret={pair['client_secret']}")
    elif options.command == "company":
        control(options.dir, {"do": "company", "id": options.id, "name": options.name})
    else:
        control(options.dir, {"do": "fault", "kind": options.kind, "times": options.times,
                              "value": options.value})


def main():
    """Exit status: 0 done, 1 failed (the reason is on stderr), 2 usage."""
    options = _parser().parse_args()
    try:
        _run(options, sys.argv[2:])
    except (SandboxError, CertError, OSError) as error:
        print(f"charliehr.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
