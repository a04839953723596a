# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# A running sandbox: its folder, its key pair, its listeners and its control socket.
import contextlib
import fcntl
import json
import os
import re
import resource
import secrets
import signal
import socket
import string
import threading
import time

import certs
from api import BASE, Api
from data import Company
from faults import BadFault, Faults
from server import Listener, RequestLog, tls_context

ALPHABET = string.ascii_letters + string.digits


class SandboxError(Exception):
    """The sandbox cannot do what was asked; the text says why."""


def write_atomically(path, text):
    """Replaces PATH by TEXT at once; readable by its owner only."""
    fresh = path + ".new"
    fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        file.write(text)
    os.rename(fresh, path)


def read_line(path):
    """The first line of PATH without its end; None when there is no such file."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.readline().rstrip("\n")
    except FileNotFoundError:
        return None


def _random_text(length):
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


class Sandbox:
    """Everything of one sandbox; its files are in FOLDER."""

    def __init__(self, options):
        self.folder = options.dir
        self.options = options
        self.faults = Faults()
        self.api = Api(Company(options.people), options.restricted)
        self.stopping = threading.Event()
        self.origins = {}

    def path(self, name):
        """A file of the sandbox."""
        return os.path.join(self.folder, name)

    def _lock(self):
        """Held while the process lives, so that there is one sandbox a folder."""
        self.lock_fd = os.open(self.path("lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self.lock_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SandboxError(f"a sandbox is running in {self.folder} already") from None

    def set_keys(self, client_id, client_secret):
        """Makes this the one pair that is accepted."""
        for name, value in (("client id", client_id), ("client secret", client_secret)):
            if not re.fullmatch(r"[!-~]{1,512}", value):
                raise SandboxError(f"the {name} must be printable ASCII without spaces")
        if ":" in client_id:
            raise SandboxError("the client id must not contain a colon")
        self.api.token = f"{client_id}:{client_secret}"
        write_atomically(self.path("client_id"), client_id + "\n")
        write_atomically(self.path("client_secret"), client_secret + "\n")

    def reset_keys(self):
        """CharlieHR's Reset Keys: the old pair is dead when this returns."""
        pair = {"client_id": _random_text(24), "client_secret": _random_text(48)}
        self.set_keys(**pair)
        return pair

    def _listen(self):
        pairs = certs.make(self.path("tls"), self.options.cert)
        with open(self.path("tls/ca.pem"), encoding="ascii") as file:
            write_atomically(self.path("ca.pem"), file.read())
        plain = self.options.http
        main_tls, other_tls = (None, None) if plain else map(tls_context, pairs)
        self.log = RequestLog(self.path("requests.jsonl"))
        listeners = [Listener("main", self.options.port, main_tls, self),
                     Listener("plain", 0, None, self), Listener("elsewhere", 0, other_tls, self)]
        main, cleartext, other = (listener.port for listener in listeners)
        # The other origin has a good certificate too: only its name and port give it away.
        if plain:
            self.origins = {"main": f"http://127.0.0.1:{main}",
                            "elsewhere": f"http://localhost:{other}"}
        else:
            self.origins = {"main": f"https://localhost:{main}",
                            "elsewhere": f"https://127.0.0.1:{other}"}
        self.origins["plain"] = f"http://127.0.0.1:{cleartext}"
        return listeners

    def run(self, ready):
        """Serves until told to stop; calls READY with the URL once it listens."""
        os.umask(0o077)
        os.makedirs(self.folder, mode=0o700, exist_ok=True)
        self._lock()
        self._remove("url", "url_plain", "url_elsewhere", "pid", "control")
        self.set_keys(self.options.client_id or read_line(self.path("client_id"))
                      or _random_text(24),
                      self.options.client_secret or read_line(self.path("client_secret"))
                      or _random_text(48))
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(signum, lambda *_: self.stopping.set())
        try:
            listeners = self._listen()
            control = control_server(self.folder)
            threading.Thread(target=self._control, args=(control,), daemon=True).start()
            for listener in listeners:
                listener.start()
            write_atomically(self.path("pid"), f"{os.getpid()}\n")
            for name in ("plain", "elsewhere"):
                write_atomically(self.path("url_" + name), self.origins[name] + BASE + "\n")
            write_atomically(self.path("url"), self.origins["main"] + BASE + "\n")
            ready(self.origins["main"] + BASE)
            self.stopping.wait()
        finally:
            self._remove("url", "url_plain", "url_elsewhere", "pid", "control")

    def _remove(self, *names):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.path(name))

    def _control(self, server):
        while True:
            try:
                sock, _ = server.accept()
                with sock, sock.makefile("rwb") as file:
                    sock.settimeout(60)
                    file.write(json.dumps(self._obey(json.loads(file.readline()))).encode())
            except (OSError, ValueError):       # whoever asked went away; the next may not
                continue

    def _obey(self, order):
        try:
            if order["do"] == "reset-keys":
                return self.reset_keys()
            if order["do"] == "company":
                with self.api.lock:
                    self.api.data.company.update(id=order["id"], name=order["name"])
                return {}
            self.faults.set(order["kind"], order["times"], order["value"])
            return {}
        except (BadFault, SandboxError, OSError) as error:
            return {"error": str(error)}


def _control_path(folder):
    """(descriptor, path) of the control socket; its own path may be too long for an address."""
    fd = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    return fd, f"/proc/self/fd/{fd}/control"


def control_server(folder):
    """The listening control socket of FOLDER."""
    fd, path = _control_path(folder)
    try:
        server = socket.socket(socket.AF_UNIX)
        server.bind(path)
        server.listen(64)
        return server
    finally:
        os.close(fd)


def control(folder, order):
    """Has the sandbox running in FOLDER carry out ORDER; returns its reply."""
    try:
        fd, path = _control_path(folder)
        try:
            with socket.socket(socket.AF_UNIX) as sock:
                sock.settimeout(60)
                sock.connect(path)
                sock.sendall(json.dumps(order).encode() + b"\n")
                with sock.makefile("rb") as file:
                    reply = json.loads(file.read())
        finally:
            os.close(fd)
    except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError):
        raise SandboxError(f"no sandbox is running in {folder}") from None
    except (OSError, ValueError) as error:
        raise SandboxError(f"the sandbox in {folder} did not reply: {error}") from None
    if "error" in reply:
        raise SandboxError(reply["error"])
    return reply


def stop(folder):
    """Ends the sandbox of FOLDER and waits until its process is gone; none there is no error."""
    try:
        lock = os.open(os.path.join(folder, "lock"), os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        end, told = time.monotonic() + 60, False
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                pass
            # While the lock is held, the pid in the file is its holder's.
            pid = read_line(os.path.join(folder, "pid"))
            if pid and not told:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGTERM)
                told = True
            if time.monotonic() > end:
                raise SandboxError(f"the sandbox in {folder} did not end")
            time.sleep(0.01)
    finally:
        os.close(lock)
