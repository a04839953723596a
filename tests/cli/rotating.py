# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""A provider whose refresh tokens can be used once; whoever uses one twice loses the account.

    rotating.py FOLDER

The port is in FOLDER/port as soon as it listens; FOLDER/counts has the numbers of token calls, of
granted ones and of reused tokens.  These files change what it does: FOLDER/expires has the lifetime
of tokens in seconds, FOLDER/pause the seconds before an answer; FOLDER/forget makes it forget the
last tokens of the account that the file names, as a provider does that is restored from a backup.
Ends when stdin does.
"""
import http.server
import json
import pathlib
import sys
import threading
import time


class Rotating(http.server.ThreadingHTTPServer):
    request_queue_size = 64
    daemon_threads = True

    def __init__(self, folder):
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder = folder
        self.lock = threading.Lock()
        self.serials = {}
        self.gone = set()
        self.calls = self.grants = self.reuses = 0
        self.tell()

    def setting(self, name, otherwise):
        path = self.folder / name
        return float(path.read_text(encoding="ascii") or 0) if path.exists() else otherwise

    def forget(self):
        path = self.folder / "forget"
        with self.lock:
            if path.exists():
                self.serials[path.read_text(encoding="ascii").strip()] -= 1
                path.unlink()

    def tell(self):
        new = self.folder / "counts.new"
        new.write_text(f"{self.calls} {self.grants} {self.reuses}\n", encoding="ascii")
        new.replace(self.folder / "counts")

    def grant(self, account):
        serial = self.serials[account]
        return {"token": f"access-{account}-{serial}", "refresh_token": f"refresh-{account}-{serial}",
                "expires_in": int(self.setting("expires", 3600))}

    def link(self, account):
        with self.lock:
            self.gone.discard(account)
            self.serials[account] = self.serials.get(account, 0) + 10
            return self.grant(account)

    def exchange(self, token):
        """The answer to one refresh token; None for a refusal."""
        _, account, number = token.split("-")
        with self.lock:
            self.calls += 1
            if account not in self.gone and int(number) < self.serials[account]:
                self.reuses += 1
                self.gone.add(account)
            answer = None
            if account not in self.gone and int(number) == self.serials[account]:
                self.grants += 1
                self.serials[account] += 1
                answer = self.grant(account)
            self.tell()
        time.sleep(self.setting("pause", 0))
        return answer

    def knows(self, header):
        kind, account, number = header.removeprefix("Bearer ").split("-")
        return kind == "access" and account not in self.gone and int(number) <= self.serials[account]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def send(self, status, value):
        content = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path == "/link":
            self.send(200, self.server.link(body))
            return
        self.server.forget()
        answer = self.server.exchange(body)
        if answer is None:
            self.send(400, {"error": "invalid_grant"})
        else:
            self.send(200, answer)

    def do_GET(self):
        self.server.forget()
        good = self.server.knows(self.headers["Authorization"])
        self.send(200 if good else 401, {"id": 1})

    def log_message(self, format, *args):
        pass


def serve(folder):
    server = Rotating(folder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    new = folder / "port.new"
    new.write_text(str(server.server_port), encoding="ascii")
    new.replace(folder / "port")
    return server


if __name__ == "__main__":
    serve(pathlib.Path(sys.argv[1]))
    sys.stdin.read()
