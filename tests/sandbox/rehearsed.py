#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""A server that answers as a rehearsal of a provider's file says, for fob itself and not only fob check.

    rehearsed.py FILE REHEARSAL FOLDER <until-this-ends
    rehearsed.py --runs FILE            the names of the rehearsals that run actions

FOLDER gets the provider's file for this server, in which each https://HOST/PATH of the options is
http://127.0.0.1:PORT/HOST/PATH, as in the answers; "runs" with a line for each step that runs an
action: the number of items, the action and NAME=VALUE of its arguments, with tabs between them; and
last "fields" with lines NAME=VALUE, as --stdin takes them.
Calls are answered in order, of all steps; a call that is not the next one gets 501, and is written to "wrong".
"""
import http.server
import json
import pathlib
import re
import sys
import threading

import yaml


def calls_of(rehearsal):
    """The calls of all steps."""
    return [call for step in rehearsal["steps"] for call in step.get("calls", [])]


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers with the next call."""

    def answer(self):
        size = int(self.headers.get("Content-Length", 0))
        self.rfile.read(size)
        call = next(self.server.calls, None)
        wanted = call and {f"{method.upper()} {url}" for method, url in call["request"].items()}
        sent = f"{self.command} https:/{self.path}"
        headers = call["request"].get("headers", {}) if call else {}
        if not wanted or sent not in wanted or any(self.headers[name] != text for name, text in headers.items()):
            with open(self.server.folder / "wrong", "a", encoding="utf-8") as file:
                file.write(f"{sent}: {self.headers.as_string()}\n")
            self.reply({"status": 501, "text": "not the next call"})
        elif "fault" in call["answer"]:
            self.close_connection = True
        else:
            self.reply(call["answer"])

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def reply(self, answer):
        body = json.dumps(answer["json"], default=str).encode() if "json" in answer else answer.get("text", "").encode()
        body = body.replace(b"https://", self.server.url.encode() + b"/")
        self.send_response(answer["status"])
        headers = {"Content-Type": "application/json"} if "json" in answer else {}
        for name, text in {**headers, **answer.get("headers", {})}.items():
            self.send_header(name, text)
        if answer["status"] != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if answer["status"] != 204 else b"")

    def log_message(self, *_):
        pass


def moved(text, url):
    """The provider's file with its requests to URL, and without its rehearsals."""
    text = re.sub(r"^rehearsals:.*?(?=^[a-z]|\Z)", "", text, flags=re.M | re.S)
    return re.sub(r"^options:.*?(?=^[a-z]|\Z)", lambda part: part[0].replace("https://", url + "/"), text,
                  flags=re.M | re.S)


def runs_of(rehearsal):
    """A line for each step that runs an action."""
    lines = [[step.get("items", ""), step["run"], *(f"{name}={value}" for name, value in step.get("arguments", {}).items())]
             for step in rehearsal["steps"] if "run" in step]
    return "".join("\t".join(words) + "\n" for words in lines)


def main():
    if sys.argv[1] == "--runs":
        typed = yaml.load(pathlib.Path(sys.argv[2]).read_text(encoding="utf-8"), yaml.BaseLoader)
        print("".join(one["name"] + "\n" for one in typed.get("rehearsals", []) if runs_of(one)), end="")
        return
    path, name, folder = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
    text = path.read_text(encoding="utf-8")
    rehearsal, = (one for one in yaml.safe_load(text)["rehearsals"] if one["name"] == name)
    # Fields are texts: a key of digits keeps its zeros.
    typed, = (one for one in yaml.load(text, yaml.BaseLoader)["rehearsals"] if one["name"] == name)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.calls, server.folder = iter(calls_of(rehearsal)), folder
    server.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    fields = "".join(f"{key}={value}\n" for key, value in typed.get("fields", {}).items())
    (folder / path.name).write_text(moved(text, server.url), encoding="utf-8")
    (folder / path.name).chmod(0o600)
    (folder / "runs").write_text(runs_of(typed), encoding="utf-8")
    (folder / "fields.new").write_text(fields, encoding="utf-8")
    (folder / "fields.new").rename(folder / "fields")
    sys.stdin.read()


main()
