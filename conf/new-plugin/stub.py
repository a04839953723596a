# SPDX-License-Identifier: 0BSD
# Copyright (C) 2026 The fob authors
"""Runs a command with a made-up @NAME@ on this machine, whose URL is in STUB_URL.

    stub.py COMMAND...

YOURS: make it answer as your system does.
"""
import http.server
import json
import os
import subprocess
import sys
import threading

TOKEN = "good-token"
alive = {TOKEN}


class Stub(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body=None):
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def token(self):
        return self.headers.get("Authorization", "").removeprefix("Bearer ")

    def do_GET(self):
        if self.token() not in alive:
            self.answer(401, {"error": "this token is not known"})
        elif self.path == "/me":
            self.answer(200, {"id": "user-1", "name": "Ann Admin"})
        else:
            self.answer(404, {"error": "there is nothing here"})

    def do_DELETE(self):
        if self.token() not in alive:
            self.answer(401, {"error": "this token is not known"})
        elif self.path == "/token":
            alive.remove(self.token())
            self.answer(200, {})
        else:
            self.answer(404, {"error": "there is nothing here"})

    def log_message(self, *_):
        pass


def main():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stub) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        environment = dict(os.environ, STUB_URL=f"http://127.0.0.1:{server.server_port}",
                           STUB_TOKEN=TOKEN)
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
