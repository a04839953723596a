# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""The system that conf/examples/sessionhr.sh talks to, until it is killed.

    sessionhr.py PORTFILE ANSWERFILE

Knows the user ada and one password; gives tickets, each good once, and sessions, numbered, of which
only the last is good.  Each request's method, path and session is a line on stdout.  ANSWERFILE has
members that replace those of the answer with a session, or "status", the answer to the company.
"""
import base64
import json
import pathlib
import sys
import urllib.parse

sys.dont_write_bytecode = True
import examplehr  # noqa: E402  pylint: disable=wrong-import-position

PASSWORD = 'Sesame "open" \\ 100%&'
TICKETS = set()
SESSIONS = []


def told():
    path = pathlib.Path(sys.argv[2])
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


class Stub(examplehr.Stub):
    def log_in(self):
        pair = base64.b64encode(f"ada:{PASSWORD}".encode()).decode()
        if self.headers.get("Authorization") != f"Basic {pair}":
            return 401, {}
        TICKETS.add(f"ticket+{len(SESSIONS)}/=")
        return 200, {"ticket": f"ticket+{len(SESSIONS)}/="}

    def begin_session(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        ticket = urllib.parse.parse_qs(body)["ticket"][0]
        if ticket not in TICKETS:
            return 401, {}
        TICKETS.remove(ticket)
        SESSIONS.append(f"s3ssion-{len(SESSIONS) + 1}")
        return 200, {"session": SESSIONS[-1], "seconds": 3600, "region": "eu2", **told()}

    def with_session(self):
        if not SESSIONS or self.headers.get("X-Session") != SESSIONS[-1]:
            return 401, {}
        if (self.command, self.path) == ("GET", "/eu2/v1/company"):
            return told().get("status", 200), {"id": "c-7", "name": "Acme Ltd"}
        if (self.command, self.path) == ("GET", "/eu2/v1/employees"):
            return 200, {"employees": [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Bo"}]}
        if (self.command, self.path) == ("DELETE", "/eu2/v1/session"):
            SESSIONS.append(None)
            return 200, {}
        return 404, {}

    def handle_request(self):
        print(self.command, self.path, self.headers.get("X-Session", "-"), flush=True)
        if (self.command, self.path) == ("POST", "/login"):
            self.answer(*self.log_in())
        elif (self.command, self.path) == ("POST", "/session"):
            self.answer(*self.begin_session())
        else:
            self.answer(*self.with_session())


if __name__ == "__main__":
    examplehr.main(Stub)
