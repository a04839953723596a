#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""A PostgreSQL server of its own for a test: in a temporary folder, on a Unix socket and on 127.0.0.1.

From Python: the class Server.  From others: `server.py serve` starts one, and obeys the lines of its standard input;
what it prints for each ends with the line "ok", or with one that begins with "failed".  The first answer are the
settings, as NAME=VALUE.  The commands:

    start, stop              the server, in good order
    kill, pause, resume      all of its processes at once
    sql DATABASE STATEMENT   as the superuser
    hold DATABASE STATEMENT  the same in the background; returns when the statement has begun
    file DATABASE PATH       the same, with the statements of a file
    restore DATABASE FROM    make DATABASE anew, as a copy of FROM
    certificate VARIANT      the server's: good, expired, wrong-host, self-signed, other-ca
    setting LINE             of postgresql.conf, in force when this has returned
    rule KIND WORD           what the proxy does to the next message of a client that has WORD (see Proxy)
    rules                    how many rules were used

Everything is gone when the process has ended, however it does.  Status 77: no server is installed.

Roles: owner, the superuser, by the socket only; fob, with a password; idle, without rights; certified, by its
certificate.  The databases fob, which belongs to the role fob, and strict, which does not.
"""
import glob
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "sandbox"))
import certs  # pylint: disable=wrong-import-position

LIMIT = 30
PASSWORD = "pass word's \\ of fob"
PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/libexec/postgresql*", "/usr/local/pgsql/bin")


class ServerError(Exception):
    """The server did not do as told; the text says what."""


def until(what, condition):
    """Wait until CONDITION is true, and return what it is."""
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.01)
    raise ServerError(f"not within {LIMIT} s: {what}")


def find_programs():
    """The folder of the newest server's programs; None without one."""
    found = [p for place in PLACES for p in glob.glob(place) if os.access(p + "/initdb", os.X_OK)]
    found.sort(key=lambda p: [int(n) for n in re.findall(r"\d+", p)])
    beside = shutil.which("initdb")
    return found[-1] if found else os.path.dirname(beside) if beside else None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def children(pid):
    """The processes that PID has started."""
    try:
        return [int(c) for c in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]
    except OSError:
        return []


def send_signal(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def server_account():
    """Arguments of Popen for another user when this is root, who may run no server."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise ServerError("no user to run the server as")


def guard(folder):
    """A process that ends the server in FOLDER and removes it when the returned descriptor is closed."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid > 0:
        os.close(reader)
        return pid, writer
    try:
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        null = os.open("/dev/null", os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        os.dup2(reader, 3)
        os.closerange(4, 1024)
        os.read(3, 1)
        for file in pathlib.Path(folder).glob("*/postmaster.pid"):
            pid = int(file.read_text("ascii").split()[0])
            pids = [pid, *children(pid)]
            for each in pids:
                send_signal(each, signal.SIGKILL)
            until("the server ends", lambda p=pids: not any(os.path.exists(f"/proc/{e}") for e in p))
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os._exit(0)


class Server:
    """One server.  SETTINGS are lines for postgresql.conf; MAKE makes the data folder in place of initdb."""

    def __init__(self, settings=(), make=None):
        self.programs = find_programs()
        if self.programs is None:
            raise FileNotFoundError("no PostgreSQL server is installed (Debian's package postgresql)")
        self.account = server_account()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fob-pg.", dir="/tmp" if self.account else None))
        self.folder.chmod(0o711)
        self.guardian, self.guarded = guard(self.folder)
        self.data, self.run, self.certs = (self.folder / n for n in ("data", "run", "certs"))
        self.port = free_port()
        self.process = None
        self.owned(self.data, 0o700)
        self.owned(self.run, 0o755)
        self.make_certificates()
        (make or self.make_data)()
        self.configure(settings)

    def owned(self, path, mode):
        """A folder of the server's user."""
        path.mkdir(mode=mode)
        path.chmod(mode)
        if self.account:
            os.chown(path, self.account["user"], self.account["group"])

    def program(self, name, *words, **options):
        return subprocess.run([f"{self.programs}/{name}", *words], check=True, capture_output=True, text=True,
                              timeout=LIMIT, cwd="/", **{**self.account, **options})

    def make_data(self):
        self.program("initdb", "-N", "-D", str(self.data), "-A", "trust", "-U", "owner", "-E", "UTF8", "--locale=C")

    def make_certificates(self):
        certs.make_cas(self.certs)
        for stem in ("good", "expired"):
            certs.issue(self.certs, "client-" + stem, stem, "certified", "DNS:certified")
        certs.issue(self.certs, "client-other-ca", "other-ca", "certified", "DNS:certified")
        certs.issue(self.certs, "server", "good")

    def give_certificate(self):
        """The server wants a key of its own user."""
        for name, mode in (("server.pem", 0o644), ("server.key", 0o600), ("ca.pem", 0o644)):
            path = self.data / name
            path.unlink(missing_ok=True)
            shutil.copyfile(self.certs / name, path)
            path.chmod(mode)
            if self.account:
                os.chown(path, self.account["user"], self.account["group"])

    def configure(self, settings):
        self.give_certificate()
        lines = [f"port = {self.port}", "listen_addresses = '127.0.0.1'", f"unix_socket_directories = '{self.run}'",
                 "ssl = on", "ssl_cert_file = 'server.pem'", "ssl_key_file = 'server.key'", "ssl_ca_file = 'ca.pem'",
                 # Tests kill the server, not the machine.
                 "fsync = off", "shared_buffers = 16MB", "max_connections = 60", "logging_collector = off",
                 "log_min_messages = warning", *settings]
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        (self.data / "pg_hba.conf").write_text(
            "local all all trust\n"
            "local replication all trust\n"
            "hostssl all certified 127.0.0.1/32 cert\n"
            "host all all 127.0.0.1/32 scram-sha-256\n"
            "host replication all 127.0.0.1/32 scram-sha-256\n", "utf-8")

    def set_up(self):
        """The roles and databases, of a new server."""
        quoted = PASSWORD.replace("'", "''")
        self.sql("postgres", "SET standard_conforming_strings = on",
                 f"CREATE ROLE fob LOGIN PASSWORD '{quoted}'", f"CREATE ROLE idle LOGIN PASSWORD '{quoted}'",
                 "CREATE ROLE certified LOGIN", "CREATE DATABASE fob OWNER fob", "CREATE DATABASE strict")

    def start(self):
        log = open(self.folder / "log", "ab")  # pylint: disable=consider-using-with
        with log:
            self.process = subprocess.Popen(  # pylint: disable=consider-using-with
                [f"{self.programs}/postgres", "-D", str(self.data)], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                cwd="/", start_new_session=True, **self.account)
        until("the server starts", self.is_ready)

    def is_ready(self):
        if self.process.poll() is not None:
            raise ServerError("the server does not start: " + (self.folder / "log").read_text("utf-8")[-2000:])
        try:
            lines = (self.data / "postmaster.pid").read_text("ascii").splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and int(lines[0]) == self.process.pid and lines[7].strip() in ("ready", "standby")

    def pids(self):
        return [self.process.pid, *children(self.process.pid)]

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(LIMIT)

    def kill(self):
        """All processes at once, as when the machine fails."""
        self.pause()
        pids = self.pids()
        for pid in pids:
            send_signal(pid, signal.SIGKILL)
        self.process.wait(LIMIT)
        until("its processes end", lambda: not any(os.path.exists(f"/proc/{p}") for p in pids))

    def pause(self):
        for pid in (self.process.pid, *children(self.process.pid)):
            send_signal(pid, signal.SIGSTOP)

    def resume(self):
        for pid in reversed(self.pids()):
            send_signal(pid, signal.SIGCONT)

    def psql(self, database, *words, **options):
        return self.program("psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", str(self.run), "-p", str(self.port),
                            "-U", "owner", "-d", database, *words, **options).stdout

    def sql(self, database, *statements):
        return self.psql(database, *(word for s in statements for word in ("-c", s)))

    def hold(self, database, statement):
        """Make a statement, which does not end soon, in the background."""
        process = subprocess.Popen(  # pylint: disable=consider-using-with
            [f"{self.programs}/psql", "-XAtqc", statement, "-h", str(self.run), "-p", str(self.port), "-U", "owner",
             database], cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env={"PGAPPNAME": "hold"})
        until("it holds", lambda: self.sql(database, "SELECT 1 FROM pg_stat_activity WHERE application_name = 'hold'"
                                                     " AND wait_event = 'PgSleep'"))
        threading.Thread(target=process.wait, daemon=True).start()

    def restore(self, database, origin):
        """DATABASE becomes a copy of ORIGIN, as from a backup."""
        self.sql("postgres", f"DROP DATABASE IF EXISTS {database} WITH (FORCE)",
                 f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{origin}'",
                 f"CREATE DATABASE {database} TEMPLATE {origin} OWNER fob")

    def certificate(self, variant):
        """Serve another certificate, to all who connect after this has returned."""
        certs.issue(self.certs, "server", variant)
        self.give_certificate()
        self.reload()

    def reload(self):
        before = self.sql("postgres", "SELECT pg_conf_load_time()")
        self.process.send_signal(signal.SIGHUP)
        until("the server reloads", lambda: self.sql("postgres", "SELECT pg_conf_load_time()") != before)

    def set(self, line):
        """A line of postgresql.conf."""
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as file:
            file.write(line + "\n")
        self.reload()

    def end(self):
        os.close(self.guarded)
        if self.process is not None:
            self.process.wait(LIMIT)
        os.waitpid(self.guardian, 0)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()


class Proxy:
    """Passes on what clients and the server at PORT say, in the clear, except what its rules are about.

    A rule is (KIND, WORD), and used once, by the next message of a client that has WORD in it:

    refuse   close both connections in place of passing it on
    cut      pass it on, and close both when the server has answered
    swallow  pass it on, and nothing that the server says after it
    part     pass on its first half, and close both
    """

    def __init__(self, port):
        self.target = port
        self.rules = []
        self.used = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def rule(self, kind, word):
        self.rules.append((kind, word.encode()))

    def accept(self):
        while True:
            client = self.listener.accept()[0]
            try:
                server = socket.create_connection(("127.0.0.1", self.target), LIMIT)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            pair = {"client": client, "server": server, "kind": None}
            threading.Thread(target=self.upward, args=(pair,), daemon=True).start()
            threading.Thread(target=self.downward, args=(pair,), daemon=True).start()

    @staticmethod
    def close(pair):
        for end in ("client", "server"):
            try:
                pair[end].shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def upward(self, pair):
        try:
            while data := pair["client"].recv(65536):
                for rule in self.rules:
                    if rule[1] in data:
                        pair["kind"] = rule[0]
                        self.rules.remove(rule)
                        self.used += 1
                        break
                if pair["kind"] == "refuse":
                    break
                if pair["kind"] == "part":
                    pair["server"].sendall(data[:len(data) // 2])
                    break
                pair["server"].sendall(data)
        except OSError:
            pass
        if pair["kind"] == "swallow":
            pair["client"].close()
        self.close(pair)

    def downward(self, pair):
        try:
            while data := pair["server"].recv(65536):
                if pair["kind"] == "cut":
                    break
                if pair["kind"] != "swallow":
                    pair["client"].sendall(data)
        except OSError:
            pass
        if pair["kind"] != "swallow":
            self.close(pair)


def obey(server, proxy, line):
    """Do what a line of standard input says; returns what to print."""
    word, _, rest = line.partition(" ")
    if word in ("start", "stop", "kill", "pause", "resume"):
        getattr(server, word)()
        return ""
    if word == "sql":
        return server.sql(*rest.split(" ", 1))
    if word == "file":
        database, path = rest.split(" ", 1)
        return server.psql(database, input=pathlib.Path(path).read_text("utf-8"))
    if word == "hold":
        server.hold(*rest.split(" ", 1))
        return ""
    if word in ("restore", "certificate"):
        getattr(server, word)(*rest.split())
        return ""
    if word == "setting":
        server.set(rest)
        return ""
    if word == "rule":
        proxy.rule(*rest.split(" ", 1))
        return ""
    if word == "rules":
        return f"{proxy.used}\n"
    raise ServerError(f"what is {word}?")


def serve():
    with Server() as server:
        server.start()
        server.set_up()
        proxy = Proxy(server.port)
        print(f"folder={server.folder}\nsocket={server.run}\nport={server.port}\nproxy={proxy.port}\n"
              f"certs={server.certs}\npassword={PASSWORD}\nprograms={server.programs}\nok", flush=True)
        for line in sys.stdin:
            try:
                print(obey(server, proxy, line.rstrip("\n")), end="")
                print("ok", flush=True)
            except subprocess.CalledProcessError as error:
                print("failed: " + " ".join(error.stderr.split()), flush=True)
            except ServerError as error:
                print("failed: " + " ".join(str(error).split()), flush=True)


if __name__ == "__main__":
    if sys.argv[1:] != ["serve"]:
        sys.exit(f"usage: {sys.argv[0]} serve")
    try:
        serve()
    except FileNotFoundError as missing:
        print(missing, file=sys.stderr)
        sys.exit(77)
