# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""The system that conf/examples/examplehr.sh talks to, until it is killed.

    examplehr.py PORTFILE ANSWERFILE

Knows the token "good-token" until it is deleted, and the company c-7.  Each request's method, path
and Authorization is a line on stdout.  A status in ANSWERFILE is the answer to whatever is asked.
"""
import http.server
import json
import os
import pathlib
import sys

ALIVE = {"Bearer good-token"}
EMPLOYEES = {"employees": [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Bo"}]}
COMPANY = {"id": "c-7", "name": "Acme\nLtd \u00e9"}


class Stub(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def handle_request(self):
        token = self.headers.get("Authorization", "")
        print(self.command, self.path, token, flush=True)
        told = pathlib.Path(sys.argv[2])
        if told.exists():
            self.answer(int(told.read_text(encoding="ascii")), {})
        elif token not in ALIVE:
            self.answer(401, {"error": "no such token"})
        elif (self.command, self.path) == ("GET", "/v1/company"):
            self.answer(200, COMPANY)
        elif (self.command, self.path) == ("DELETE", "/v1/token"):
            ALIVE.remove(token)
            self.answer(200, {})
        elif (self.command, self.path) == ("GET", "/v1/employees"):
            self.answer(200, EMPLOYEES)
        elif (self.command, self.path) == ("POST", "/v1/employees/2/notes"):
            note = self.rfile.read(int(self.headers["Content-Length"]))
            self.answer(201, {"noted": json.loads(note)["text"]})
        else:
            self.answer(404, {})

    def do_GET(self):
        self.handle_request()

    do_POST = do_DELETE = do_GET

    def log_message(self, *_):
        pass


def main(stub=Stub):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), stub) as server:
        with open(sys.argv[1] + ".new", "w", encoding="ascii") as file:
            print(server.server_port, file=file)
        os.rename(sys.argv[1] + ".new", sys.argv[1])
        server.serve_forever()


if __name__ == "__main__":
    main()
