# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""Providers, each of which behaves in its own way, for sweeps over many accounts.

    behaving.py PORTFILE LOG

Serves on a free loopback port until it is killed.  The first part of a path says how it behaves:
/good answers with the company, /no with 401, /half with either by the Client ID, /hang not at all,
/busy with 429 and Retry-After: 1 for the first two calls, /closed with 429 and Retry-After: 3600,
/slow after half a second, /held when there is a file LOG.go.  A line for each call goes to LOG: the behavior, the time, the Client ID.
"""
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

lock = threading.Lock()
counts = {}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body, headers=()):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def refuse(self, status, headers=()):
        self.answer(status, {"success": False, "error": "no"}, headers)

    def do_GET(self):
        how = self.path.split("/")[1]
        client = self.headers["Authorization"].removeprefix("Token token=").split(":")[0]
        with lock:
            counts[how] = counts.get(how, 0) + 1
            count = counts[how]
            with open(sys.argv[2], "a", encoding="ascii") as log:
                print(how, time.monotonic(), client, file=log)
        if how == "hang":
            time.sleep(600)
        elif how == "slow":
            time.sleep(0.5)
        elif how == "held":
            while not os.path.exists(sys.argv[2] + ".go"):
                time.sleep(0.02)
        if how == "busy" and count <= 2:
            self.refuse(429, [("Retry-After", "1")])
        elif how == "closed":
            self.refuse(429, [("Retry-After", "3600")])
        elif how == "no" or (how == "half" and client.startswith("bad")):
            self.refuse(401)
        else:
            self.answer(200, {"success": True, "data": {"id": "c1", "name": "Acme Ltd"}})

    def log_message(self, format, *args):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass


def main():
    server = Server(("127.0.0.1", 0), Handler)
    with open(sys.argv[1] + ".new", "w", encoding="ascii") as file:
        print(server.server_address[1], file=file)
    os.rename(sys.argv[1] + ".new", sys.argv[1])
    server.serve_forever()


if __name__ == "__main__":
    main()
