# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""What fob-hub takes for pages, and its memory with 200 connections, as lines like pair's.

    hub_cost.py ROUNDS

The wall time is the client's, too; the CPU time is the hub's alone.
"""
import os
import pathlib
import socket
import sys
import time

sys.path.insert(0, str(pathlib.Path(os.environ["abs_top_srcdir"]) / "tests/hub"))
from hub import Browser, Hub, Invitation, until  # pylint: disable=wrong-import-position

PAGES = 500  # of one measurement
CONNECTIONS = 198
KEYS = {"client_id": "id-1", "client_secret": "hush"}


def cpu(hub):
    """In microseconds."""
    return int(pathlib.Path(f"/proc/{hub.process.pid}/schedstat").read_text("ascii").split()[0]) / 1000


def peak(hub):
    text = pathlib.Path(f"/proc/{hub.process.pid}/status").read_text("ascii")
    return int(next(line for line in text.splitlines() if line.startswith("VmHWM:")).split()[1])


def measure(hub, name, ask):
    begun, before = time.monotonic(), cpu(hub)
    for _ in range(PAGES):
        ask()
    print(f"{name}\t{(time.monotonic() - begun) * 1e6 / PAGES:.0f}\t{(cpu(hub) - before) / PAGES:.1f}\t{peak(hub)}")


def pages(rounds):
    hub = Hub()
    try:
        invitation = Invitation(hub)
        browser = Browser(hub, invitation)
        waiting = browser.post(KEYS).headers["location"]
        for _ in range(rounds):
            for name, path in (("a static page", "/style.css"), ("the form", browser.path), ("the wait page", waiting),
                               ("the state of a drop", waiting + ".json")):
                measure(hub, name, lambda path=path: browser.get(path))
    finally:
        hub.close()


def connections(name, head, body):
    """The peak with CONNECTIONS that have sent so much, while somebody sends a form."""
    hub = Hub()
    clients = []
    try:
        invitation = Invitation(hub)
        browser = Browser(hub, invitation)
        for n in range(CONNECTIONS):
            clients.append(socket.create_connection(("127.0.0.1", hub.port)))
            if head:
                clients[-1].sendall((f"POST {browser.path} HTTP/1.1\r\nHost: {hub.host}\r\nX-Forwarded-For: 10.0.0.{n % 20}\r\n"
                                     f"Cookie: {browser.cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                                     f"Content-Length: 65536\r\n\r\n").encode() + body)
        assert browser.post(KEYS).status == 303
        until(lambda: len(invitation.drops()) == 1)
        print(f"{name}\t0\t0\t{peak(hub)}")
    finally:
        for client in clients:
            client.close()
        hub.close()


pages(int(sys.argv[1]))
connections("200 idle connections", False, b"")
connections("200 forms without an end", True, b"f.client_id=" + 65000 * b"x")
