# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""A fob-hub with a spool of its own, invitations written by src/spool, and the owner's side of drops.

As root, the hub runs as another user, as it must; else with --insecure-loopback as this one.
"""
import base64
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.parse

BUILD = pathlib.Path(os.environ.get("abs_top_builddir", ".")).resolve()
TOOL = BUILD / "tests/spool/spool_tool"
PROGRAM = BUILD / "fob-hub"
USER = 65534
LIMIT = 60  # seconds, which only guard against hanging


def tool(*arguments, text=None):
    done = subprocess.run([TOOL, *arguments], input=text, capture_output=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"spool_tool {arguments}: {done.stderr.decode()}")
    return done.stdout


def lines(values):
    """NAME=VALUE lines for spool_tool."""
    return "".join(f"{name}={str(value).replace(chr(10), chr(92) + 'n')}\n" for name, value in values).encode()


def until(what, limit=LIMIT):
    """Wait until WHAT() is true, and return it."""
    end = time.monotonic() + limit
    while True:
        found = what()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError("it does not happen")
        time.sleep(0.02)


class Answer:
    def __init__(self, raw):
        head, _, self.body = raw.partition(b"\r\n\r\n")
        self.raw = raw
        first, *rest = head.decode("latin-1").split("\r\n")
        self.status = int(first.split()[1]) if first else 0
        self.headers = {}
        for line in rest:
            name, _, value = line.partition(": ")
            self.headers.setdefault(name.lower(), value)
        self.text = self.body.decode("utf-8", "replace")


class Invitation:
    KEYS = (("field", "client_id"), ("title", "Client ID"), ("example", "abc-123"),
            ("field", "client_secret"), ("title", "Client Secret"), ("secret", "true"))

    def __init__(self, hub, fields=KEYS, **values):
        self.hub = hub
        self.private, self.public = tool("keys").decode().split()
        self.raw = tool("token").decode().strip()
        self.hash, _, _, _, self.token = tool("names", self.raw, "", "", "00" * 16).decode().split()
        self.id = self.hash[:32]
        self.values = {
            "id": self.id, "hash": self.hash, "kind": "link", "expires": int(time.time()) + 3600,
            "key": base64.urlsafe_b64encode(bytes.fromhex(self.public)).decode().rstrip("="),
            "provider": "charliehr", "title": "CharlieHR", "from": "Payroll bureau", "to": "Jane Doe",
            "label": "Acme Ltd", "guide": "You need to be an Admin.\n1. Sign in at https://charliehr.com.\n2. Copy the keys.",
            **values}
        self.fields = fields
        self.write()

    def write(self, **values):
        self.values.update(values)
        tool("card", self.hub.spool, self.id, text=lines([*self.values.items(), *self.fields]))

    def result(self, state, nonce=None, **values):
        browser = tool("names", self.raw, "", "", nonce or "00" * 16).decode().split()[3]
        pairs = [("id", self.id), ("state", state), ("browser", browser), ("expires", self.values["expires"])]
        tool("result", self.hub.spool, self.id, text=lines([*pairs, *values.items()]))

    def drops(self):
        """Their names, without that which a drop has before it is complete."""
        names = (path.name for path in (self.hub.spool / "inbox").iterdir())
        return sorted(name for name in names if re.fullmatch("[0-9a-f]{32}", name))

    def open(self, drop):
        """The entries of a drop, as its owner opens it."""
        content = (self.hub.spool / "inbox" / drop).read_bytes()
        found = dict(line.split("=") for line in tool("open", self.private, self.id, drop, text=content).decode().split())
        return {name: value if name == "kind" else bytes.fromhex(value) for name, value in found.items()}


class Hub:
    net = 10  # of the clients' addresses

    def __init__(self, *options, wrap=(), strace=(), proxy=True, **site):
        self.root = os.geteuid() == 0
        self.client = 0
        self.make(**site)
        self.options = ["--spool", self.spool, "--insecure-loopback", *options]
        if proxy:
            self.options.append("--behind-proxy")
        self.wrap = wrap
        self.strace = ["strace", "-f", "-qq", "-o", self.top / "trace", *strace] if strace else []
        self.start()

    def make(self, **site):
        """A spool with this site, and a listener."""
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="fob-hub."))
        self.top.chmod(0o755)
        self.spool = self.top / "spool"
        self.log = self.top / "log"
        tool("create", self.spool, str(USER if self.root else os.getegid()))
        self.listen()
        tool("site", self.spool, "site.json",
             text=lines({"url": self.url, "name": "Payroll bureau", "contact": "hr@example.com",
                         "privacy": "https://example.com/privacy", **site}.items()))

    def listen(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.listener.getsockname()[1]
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.host}"

    def start(self):
        ids = {"user": USER, "group": USER, "extra_groups": []} if self.root else {}
        trace = self.strace
        if trace and self.root:
            # As another user, it could not see the memory of a process that must not be dumped.
            ids, trace = {}, [*trace, "-u", pwd.getpwuid(USER).pw_name]
        fd = self.listener.fileno()
        script = f'exec env LISTEN_FDS=1 LISTEN_PID=$$ "$@" 3<&{fd}'
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([*trace, *self.wrap, "sh", "-c", script, "sh", PROGRAM, *self.options],
                                            pass_fds=[fd], stdout=log, stderr=log, cwd="/",
                                            env={**os.environ, "TZ": "UTC", "ASAN_OPTIONS": "detect_leaks=0"}, **ids)

    def calls(self):
        """What strace saw of the program fob-hub: the name of each call, and the rest of the line."""
        text = (self.top / "trace").read_text(encoding="utf-8", errors="replace")
        return re.findall(r"(?m)^\d+ +(\w+)\((.*)$", text)

    def stop(self, how=None):
        if self.strace and how is None:
            # strace itself ends with its child.
            children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
            until(lambda: self.process.poll() is not None or children.read_text("ascii"))
            for child in children.read_text("ascii").split() if self.process.poll() is None else ():
                os.kill(int(child), signal.SIGTERM)
        elif how is None:
            self.process.terminate()
        else:
            self.process.send_signal(how)
        return self.process.wait(LIMIT)

    def close(self):
        code = self.stop() if self.process.poll() is None else self.process.returncode
        self.listener.close()
        if code != 0:
            sys.stderr.write(self.log.read_text())
        shutil.rmtree(self.top)
        return code

    def connect(self, sender):  # pylint: disable=unused-argument
        return socket.create_connection(("127.0.0.1", self.port), timeout=LIMIT)

    def send(self, raw, sender="127.0.0.1"):
        """What comes back for the bytes RAW until the connection is closed."""
        with self.connect(sender) as connection:
            got = b""
            try:
                connection.sendall(raw)
                while True:
                    part = connection.recv(65536)
                    if not part:
                        break
                    got += part
            except (ConnectionError, ssl.SSLError):
                pass
            return got

    def request(self, method, path, headers=(), body=b"", **given):
        """One request, each from an address of its own unless FROM is given."""
        self.client += 1
        address = given.get("sender", f"{self.net}.{self.client >> 16}.{self.client >> 8 & 255}.{self.client & 255}")
        head = [f"{method} {path} HTTP/1.1", f"Host: {self.host}", f"X-Forwarded-For: {address}", *headers]
        if method == "POST":
            head += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        return Answer(self.send("\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body, address))


class Browser:
    """A person's browser, as far as fob-hub knows one."""

    def __init__(self, hub, invitation):
        self.hub = hub
        self.invitation = invitation
        answer = hub.request("GET", f"/i/{invitation.token}")
        assert answer.status == 303, answer.raw
        assert answer.headers["location"] == f"/s/{invitation.id}"
        self.cookie = answer.headers["set-cookie"].split(";")[0]
        nonce = self.cookie.split(".")[-1]
        self.nonce = base64.urlsafe_b64decode(nonce + "==").hex()
        self.path = f"/s/{invitation.id}"

    def get(self, path=None, headers=()):
        return self.hub.request("GET", path or self.path, [f"Cookie: {self.cookie}", *headers])

    def hidden(self):
        """The hidden fields of the form."""
        page = self.get()
        assert page.status == 200, page.raw
        return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))

    def post(self, values, headers=(), hidden=None, **given):
        body = urllib.parse.urlencode({**{f"f.{n}": v for n, v in values.items()}, **(hidden or self.hidden())})
        return self.post_raw(body.encode(), headers, **given)

    def post_raw(self, body, headers=(), **given):
        return self.hub.request("POST", self.path, [f"Cookie: {self.cookie}", *headers], body, **given)
