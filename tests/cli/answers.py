# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""A provider that gives prepared answers in turn, whatever it is asked.

    answers.py FOLDER

Request number N gets FOLDER/N as JSON, with the status and the headers that FOLDER/N.head has, if
there is one; after the last, the last again.  The port is in FOLDER/port as soon as it listens, and
FOLDER/asked has a line for each request: method, target, body; FOLDER/heads has their headers.  Ends
when stdin does.
"""
import http.client
import http.server
import os
import pathlib
import sys
import threading

FOLDER = pathlib.Path(sys.argv[1])


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    asked = 0

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        with open(FOLDER / "asked", "a", encoding="utf-8") as file:
            print(self.command, self.path, body, file=file)
        with open(FOLDER / "heads", "a", encoding="utf-8") as file:
            print(self.headers, file=file)
        Handler.asked += 1
        number = Handler.asked
        while not (FOLDER / str(number)).exists():
            number -= 1
        content = (FOLDER / str(number)).read_bytes()
        head = FOLDER / f"{number}.head"
        status, *lines = head.read_text().splitlines() if head.exists() else ["200"]
        self.send_response(int(status))
        for line in lines:
            self.send_header(*line.split(": ", 1))
        if not any(line.startswith("Content-Type:") for line in lines):
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def log_message(self, *_):
        pass


def main():
    http.client._MAXLINE = 1 << 20  # of a header with a long key: pylint: disable=protected-access
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (FOLDER / "port.new").write_text(f"{server.server_port}\n")
    os.rename(FOLDER / "port.new", FOLDER / "port")
    sys.stdin.buffer.read()


if __name__ == "__main__":
    main()
